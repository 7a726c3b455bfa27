import { resolve } from 'node:path'
import type { LoadedSettings } from '../config/settings.ts'
import type { Marketplace } from '../marketplace.ts'
import type { Emit } from '../model/events.ts'
import type { PriceTable } from '../pipeline/cost/price-table.ts'
import { settingsFolder } from './open-validation.ts'
import type { RunTools } from '../pipeline/run-state.ts'
import type { System } from '../system/system.ts'

interface TemplateParts {
  /** What a run is handed. */
  tools(): Promise<RunTools>
  /** The file that the settings name for prices; absolute. */
  prices: string | undefined
  cwd: string
  emit: Emit
}

/** The file of prices that the settings name, relative to where they stand. */
export function pricesFile(loaded: LoadedSettings, system: System): string | undefined {
  const { prices } = loaded.settings.cost
  return prices === 'none' ? undefined : resolve(settingsFolder(loaded, system), prices)
}

/** The prices of a file, or those of the program. */
export async function openPrices(file: string | undefined): Promise<PriceTable> {
  if (file === undefined) return (await import('../pipeline/cost/shipped-prices.ts')).SHIPPED_PRICES
  const { readPriceTable } = await import('../pipeline/cost/price-table.ts')
  return readPriceTable(file)
}

/** What can be asked of a template before it is run. Each question loads what it needs, and nothing is written. */
export const openTemplates = ({ tools, prices, cwd, emit }: TemplateParts): Marketplace['templates'] => ({
  async table(template) {
    const [{ environmentTable }, { loadTemplate }, { templateFolder }] = await Promise.all([
      import('../pipeline/environment-table.ts'),
      import('../pipeline/generators/template-folder.ts'),
      import('../pipeline/run-input.ts'),
    ])
    return environmentTable(loadTemplate(await templateFolder(template, await tools())))
  },
  async compare({ template, sides }, signal = new AbortController().signal) {
    const [{ compareRuns }, { previewRun }] = await Promise.all([
      import('../pipeline/compare-runs.ts'),
      import('../pipeline/preview-run.ts'),
    ])
    const given = await tools()
    const made = []
    for (const { env, label = env, ...input } of sides) {
      const run = await previewRun({ ...input, template, envs: [env] }, given, signal)
      const [draft] = run.drafts
      if (draft) made.push({ label, run, draft })
    }
    return compareRuns(made, given)
  },
  async cost({ prices: named, ...query }, signal = new AbortController().signal) {
    const { costReport } = await import('../pipeline/cost/cost-report.ts')
    const file = named === undefined ? prices : resolve(cwd, named)
    return costReport(query, { table: await openPrices(file), from: file ?? 'shipped' }, await tools(), signal)
  },
  async deployments(query) {
    const { deployments } = await import('../pipeline/deployments.ts')
    return deployments(query, await tools())
  },
  deployed: (end) => emit('deploy.ended', end),
  prices: () => openPrices(prices),
})
