import type { Draft } from '../../model/draft.ts'
import { allResources } from '../generators/arm-resources.ts'
import type { ArmResource, ArmTemplate } from '../generators/arm-template.ts'
import type { Middleware } from '../pipeline.ts'
import { placeOf } from '../places.ts'
import type { RunState } from '../run-state.ts'
import { addSection, isType, memberOf, readTemplate, textOf, withoutTemplate } from './edit-template.ts'
import { FREE, GRID_GRAMS, PRICES, PRICES_OF, type Price } from './prices.ts'

const PLACE = placeOf('finops-analysis')
const HOURS = 730
const cents = (value: number): number => Math.round(value * 100) / 100

interface CostLine {
  type: string
  name: string
  sku: string
  units: number
  usd: number
  watts: number
  use?: string
}

/** A SKU is often a parameter: what was answered, or its default. */
function valueOf(text: unknown, template: ArmTemplate, draft: Draft): string {
  const [, name] = /^\[parameters\('([^']+)'\)\]$/.exec(textOf(text)) ?? []
  if (name === undefined) return textOf(text)
  const given = Object.hasOwn(draft.parameters, name) ? draft.parameters[name] : template.parameters[name]?.defaultValue
  return typeof given === 'string' ? given : ''
}

function skuOf(one: ArmResource, template: ArmTemplate, draft: Draft): string {
  const sku = memberOf(one, 'sku.name') ?? memberOf(one, 'properties.sku.name')
  return valueOf(sku, template, draft)
}

function priceOf(type: string, sku: string): Price | undefined {
  const table = Object.hasOwn(PRICES, type) ? PRICES[type] : undefined
  if (!table) return undefined
  return Object.hasOwn(table, sku) ? table[sku] : table['*']
}

const isFree = (type: string): boolean =>
  FREE.some((one) => (one.endsWith('/') ? type.startsWith(one) : type === one)) || (parts(type) > 2 && !PRICES[type])
const parts = (type: string): number => type.split('/').length

/** A line for each resource with a price, and the names of those that the table does not know. */
function costs(template: ArmTemplate, draft: Draft): { lines: CostLine[]; unknown: string[] } {
  const lines: CostLine[] = []
  const unknown: string[] = []
  for (const one of allResources(template)) {
    const type = one.type.toLowerCase()
    const sku = skuOf(one, template, draft)
    const price = priceOf(type, sku)
    if (price) {
      const capacity = memberOf(one, 'sku.capacity')
      const units = typeof capacity === 'number' && capacity > 0 ? capacity : 1
      const { usd, watts = 0, use } = price
      const line = { type: one.type, name: one.name, sku, units, usd: cents(usd * units), watts: watts * units }
      lines.push({ ...line, ...(use === undefined ? {} : { use }) })
    } else if (!isFree(type)) unknown.push(`${one.type}${sku ? ` (${sku})` : ''}`)
  }
  return { lines, unknown: [...new Set(unknown)].toSorted() }
}

/** What could be had for less, told only where the template itself shows it. */
function savings(template: ArmTemplate, lines: readonly CostLine[], draft: Draft): string[] {
  const isProd = draft.env === 'prod'
  const found: string[] = []
  for (const one of allResources(template).filter((each) => isType(each, 'Microsoft.OperationalInsights/workspaces'))) {
    if (memberOf(one, 'properties.workspaceCapping.dailyQuotaGb') === undefined) {
      found.push(`${one.name} takes in as much as is sent: a daily quota bounds the bill.`)
    }
  }
  for (const { name, sku, usd } of lines) {
    if (!isProd && /^(premium|ep\d|p\d)/i.test(sku) && usd > 0) {
      found.push(`${name} is ${sku} in ${draft.env}, ${usd} USD a month: a smaller tier may do outside production.`)
    }
    if (!isProd && /_(grs|gzrs|ragrs)$/i.test(sku)) {
      found.push(`${name} copies its data to a second region in ${draft.env}: Standard_LRS halves its price.`)
    }
  }
  const total = lines.reduce((sum, one) => sum + one.usd, 0)
  const hasBudget = allResources(template).some((one) => isType(one, 'Microsoft.Consumption/budgets'))
  if (total > 0 && !hasBudget) found.push('There is no budget: one with an alert costs nothing.')
  return found
}

/** Costs and carbon of an environment by a table of prices, with the basis of each figure; nothing is guessed. */
export const finops = (run: RunState): Middleware => ({
  ...PLACE,
  skip: withoutTemplate,
  async process(draft, next) {
    const template = readTemplate(draft)
    const { lines, unknown } = costs(template, draft)
    const region = run.template.environments.environments[draft.env]?.location ?? ''
    const usd = cents(lines.reduce((sum, one) => sum + one.usd, 0))
    const kWh = cents((lines.reduce((sum, one) => sum + one.watts, 0) * HOURS) / 1000)
    const grams = Object.hasOwn(GRID_GRAMS, region) ? GRID_GRAMS[region] : undefined
    const kgCo2 = grams === undefined ? undefined : cents((kWh * grams) / 1000)
    const advice = savings(template, lines, draft)
    const byUse = lines.filter((one) => one.use !== undefined)
    const basis = `prices of ${PRICES_OF} for West US 2, pay-as-you-go, ${HOURS} hours; no quote`
    addSection(draft, {
      id: PLACE.id,
      title: 'Cost and carbon',
      lines: [
        `Fixed cost a month: ${usd} USD (${basis}).`,
        kgCo2 === undefined
          ? `Carbon a month: not told, the table has no grid figure for "${region}".`
          : `Carbon a month: ${kgCo2} kg CO2 (estimate: ${kWh} kWh of fixed units at ${grams} g a kWh in ${region}).`,
        ...lines.filter((one) => one.usd > 0).map((one) => `${one.type} ${one.sku}: ${one.usd} USD`),
        ...(byUse.length > 0
          ? [`Besides, by use: ${[...new Set(byUse.map((one) => `${one.type} ${one.use}`))].join('; ')}.`]
          : []),
        ...(unknown.length > 0 ? [`Not in the table: ${unknown.join(', ')}.`] : []),
        ...advice.map((text) => `saving: ${text}`),
      ],
      data: { usd, kWh, kgCo2: kgCo2 ?? null, region, basis, lines, unknown, savings: advice },
    })
    await next()
  },
})
