import type { CostEstimate, CostLine, UnknownCost } from '../../model/cost.ts'
import type { CostAnalyzer, CostRequest } from './cost-analyzer.ts'
import { isFree, priceOf } from './price-table.ts'
import { factsOf } from './resource-facts.ts'
import { savingsIn } from './savings.ts'
import { scopedResources } from './scoped-resources.ts'

const HOURS = 730
const cents = (value: number): number => Math.round(value * 100) / 100

/** A line for each resource with a price, and those the table does not know. */
function linesOf(request: CostRequest): { lines: CostLine[]; unknown: UnknownCost[] } {
  const { template, parameters, prices, layerOf } = request
  const lines: CostLine[] = []
  const unknown: UnknownCost[] = []
  for (const { resource: one, read } of scopedResources(template, parameters)) {
    const facts = factsOf(one, read)
    const what = { layer: layerOf(one), type: one.type, name: one.name, sku: facts.sku }
    const price = priceOf(prices, one.type, facts.sku)
    const units = price && facts.units(price.per)
    if (price && units !== undefined) {
      const { monthly, watts = 0, use, basis } = price
      const told = { ...(use === undefined ? {} : { use }), ...(basis === undefined ? {} : { basis }) }
      lines.push({ ...what, units, monthly: cents(monthly * units), watts: cents(watts * units), ...told })
    } else if (price !== undefined || !isFree(prices, one.type)) unknown.push(what)
  }
  return { lines, unknown }
}

/** Sums by layer, in the order in which the layers first come. */
function layersOf(lines: readonly CostLine[]): CostEstimate['layers'] {
  const sums = new Map<string, { layer: string; monthly: number; resources: number }>()
  for (const { layer, monthly } of lines) {
    const sum = sums.get(layer) ?? { layer, monthly: 0, resources: 0 }
    sums.set(layer, { layer, monthly: cents(sum.monthly + monthly), resources: sum.resources + 1 })
  }
  return [...sums.values()]
}

function analyze(request: CostRequest): CostEstimate {
  const { env, region, prices } = request
  const { lines, unknown } = linesOf(request)
  const kWh = cents((lines.reduce((sum, one) => sum + one.watts, 0) * HOURS) / 1000)
  const grams = Object.hasOwn(prices.grid, region) ? prices.grid[region] : undefined
  return {
    analyzer: priceTableAnalyzer.id,
    env,
    region,
    currency: prices.currency,
    monthly: cents(lines.reduce((sum, one) => sum + one.monthly, 0)),
    layers: layersOf(lines),
    lines,
    unknown,
    kWh,
    kgCo2: grams === undefined ? null : cents((kWh * grams) / 1000),
    basis: `prices of ${prices.date} for ${prices.region}, ${prices.basis}`,
    savings: savingsIn(request, lines),
  }
}

/** The program's own analyzer: a table of prices, no guesses. */
export const priceTableAnalyzer: CostAnalyzer = {
  id: 'price-table',
  title: 'a local table of prices with its date',
  analyze,
}
