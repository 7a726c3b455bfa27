import type { Draft } from '../../model/draft.ts'
import type { ArmResource, Generated } from '../generators/arm-template.ts'
import { readTemplate } from '../middleware/edit-template.ts'
import type { RunState, RunTools } from '../run-state.ts'
import type { CostRequest } from './cost-analyzer.ts'
import type { PriceTable } from './price-table.ts'

/** The prices of the settings, or those of the program. */
export const pricesOf = async ({ prices }: Pick<RunTools, 'prices'>): Promise<PriceTable> =>
  prices ? prices() : (await import('./shipped-prices.ts')).SHIPPED_PRICES

/** `Microsoft.ServiceBus/namespaces` is of the provider `ServiceBus`. */
export const providerOf = ({ type }: Pick<ArmResource, 'type'>): string =>
  (type.split('/', 1)[0] ?? type).replace(/^Microsoft\./i, '')

/** Which layer made a resource, by what was generated; resources are told apart by type and name. */
function layerFinder(made: Generated | undefined): CostRequest['layerOf'] {
  const keyOf = ({ type, name }: ArmResource): string => `${type.toLowerCase()} ${name}`
  const layers = new Map(
    (made?.layers ?? []).flatMap(({ name, resources }) => resources.map((one) => [keyOf(one), name] as const)),
  )
  return (one) => layers.get(keyOf(one)) ?? providerOf(one)
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
    template: readTemplate(draft),
    parameters: draft.parameters,
    layerOf: layerFinder(run.made.get(draft.env)),
    prices: await pricesOf(tools),
  }
}
