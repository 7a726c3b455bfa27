import type { CostEstimate } from '../../model/cost.ts'
import { costAnalyzers, estimates } from '../cost/cost-analyzer.ts'
import { costRequest } from '../cost/cost-request.ts'
import type { Middleware } from '../pipeline.ts'
import { placeOf } from '../places.ts'
import type { RunState, RunTools } from '../run-state.ts'
import { addSection, withoutTemplate } from './edit-template.ts'

const PLACE = placeOf('finops-analysis')

function carbonLine({ kgCo2, kWh, region }: CostEstimate): string {
  if (kgCo2 === null) return `Carbon a month: not told, the table has no grid figure for "${region}".`
  return `Carbon a month: ${kgCo2} kg CO2 (estimate: ${kWh} kWh of fixed units in ${region}).`
}

/** Type and SKU of what has no price, each once. */
const unknownWords = ({ unknown }: CostEstimate): string[] =>
  [...new Set(unknown.map(({ type, sku }) => `${type}${sku ? ` (${sku})` : ''}`))].toSorted()

function linesOf(estimate: CostEstimate): string[] {
  const { monthly, currency, basis, lines, savings } = estimate
  const unknown = unknownWords(estimate)
  const byUse = lines.filter((one) => one.use !== undefined)
  return [
    `Fixed cost a month: ${monthly} ${currency} (${basis}).`,
    carbonLine(estimate),
    ...lines.filter((one) => one.monthly > 0).map((one) => `${one.type} ${one.sku}: ${one.monthly} ${currency}`),
    ...(byUse.length > 0
      ? [`Besides, by use: ${[...new Set(byUse.map((one) => `${one.type} ${one.use}`))].join('; ')}.`]
      : []),
    ...(unknown.length > 0 ? [`Not in the table: ${unknown.join(', ')}.`] : []),
    ...savings.map((text) => `saving: ${text}`),
  ]
}

/** Costs and carbon of an environment by the analyzers there are, with the basis of each figure; nothing is guessed. */
export const finops = (run: RunState, tools: Pick<RunTools, 'prices' | 'costAnalyzers'>): Middleware => ({
  ...PLACE,
  skip: withoutTemplate,
  async process(draft, next) {
    const request = await costRequest(run, draft, tools)
    const [own, ...others] = await estimates(request, costAnalyzers(tools.costAnalyzers))
    if (own) {
      const further = others.map((one) => `${one.analyzer}: ${one.monthly} ${one.currency} a month (${one.basis}).`)
      addSection(draft, {
        id: PLACE.id,
        title: 'Cost and carbon',
        lines: [...linesOf(own), ...further],
        data: { ...own, ...(others.length > 0 ? { others } : {}) },
      })
    }
    await next()
  },
})
