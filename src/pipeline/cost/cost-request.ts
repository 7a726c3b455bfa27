import type { Draft } from '../../model/draft.ts'
import type { ArmTemplate } from '../generators/arm-template.ts'
import { layerFinder } from '../layer-of.ts'
import { readTemplate, withoutTemplate } from '../middleware/edit-template.ts'
import type { RunState, RunTools } from '../run-state.ts'
import type { CostRequest } from './cost-analyzer.ts'
import type { PriceTable } from './price-table.ts'

/** The prices of the settings, or those of the program. */
const pricesOf = async ({ prices }: Pick<RunTools, 'prices'>): Promise<PriceTable> =>
  prices ? prices() : (await import('./shipped-prices.ts')).SHIPPED_PRICES

/** The template of an environment, also where it is not among the files because another format was asked for. */
export function templateOf(run: Pick<RunState, 'made'>, draft: Draft): ArmTemplate {
  const made = run.made.get(draft.env)?.template
  return made && withoutTemplate(draft) !== undefined ? made : readTemplate(draft)
}

/** What there is to price of one environment of a run. */
export async function costRequest(
  run: Pick<RunState, 'template' | 'made'>,
  draft: Draft,
  tools: Pick<RunTools, 'prices'>,
): Promise<CostRequest> {
  return {
    env: draft.env,
    region: run.template.environments.environments[draft.env]?.location ?? '',
    template: templateOf(run, draft),
    parameters: draft.parameters,
    layerOf: layerFinder(run.made.get(draft.env)?.layers ?? []),
    prices: await pricesOf(tools),
  }
}
