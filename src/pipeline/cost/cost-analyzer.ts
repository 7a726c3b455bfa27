import type { CostEstimate } from '../../model/cost.ts'
import type { ArmResource, ArmTemplate } from '../generators/arm-template.ts'
import type { PriceTable } from './price-table.ts'
import { priceTableAnalyzer } from './price-table-analyzer.ts'

/** The name of the extension point by which others add an analyzer. */
export const COST_ANALYZER_POINT = 'azmp.costAnalyzer'

/** One environment, generated, and the prices of the settings. */
export interface CostRequest {
  env: string
  region: string
  template: ArmTemplate
  /** Answers of this environment; what they leave out has the default of the template. */
  parameters: Readonly<Record<string, unknown>>
  /** The layer that made a resource; its provider where layers are not known. */
  layerOf(resource: ArmResource): string
  prices: PriceTable
}

/**
 * Works out what an environment costs. It tells a type or SKU it has no price for as unknown, and guesses none. The
 * same request gives the same estimate: the report it goes into is the same for the same inputs.
 */
export interface CostAnalyzer {
  id: string
  /** One line for people. */
  title: string
  analyze(request: CostRequest): CostEstimate | Promise<CostEstimate>
}

/** Analyzers that come with the program. */
const BUILTIN: readonly CostAnalyzer[] = [priceTableAnalyzer]

/** Ours and those of others, in order; one with the id of another takes its place. */
export function costAnalyzers(others: readonly CostAnalyzer[] = []): CostAnalyzer[] {
  const byId = new Map([...BUILTIN, ...others].map((one) => [one.id, one]))
  return [...byId.values()]
}

/** Every estimate of an environment; that of the program's own table, or what took its place, comes first. */
export async function estimates(
  request: CostRequest,
  analyzers: readonly CostAnalyzer[] = costAnalyzers(),
): Promise<CostEstimate[]> {
  const made: CostEstimate[] = []
  for (const one of analyzers) made.push(await one.analyze(request))
  return made
}
