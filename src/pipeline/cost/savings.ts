import type { CostLine } from '../../model/cost.ts'
import { allResources } from '../generators/arm-resources.ts'
import { isType, memberOf } from '../middleware/edit-template.ts'
import type { CostRequest } from './cost-analyzer.ts'

/** What could be had for less, told only where the template itself shows it. */
export function savingsIn({ template, env, prices }: CostRequest, lines: readonly CostLine[]): string[] {
  const isProd = env === 'prod'
  const resources = allResources(template)
  const found: string[] = []
  for (const one of resources.filter((each) => isType(each, 'Microsoft.OperationalInsights/workspaces'))) {
    if (memberOf(one, 'properties.workspaceCapping.dailyQuotaGb') === undefined) {
      found.push(`${one.name} takes in as much as is sent: a daily quota bounds the bill.`)
    }
  }
  for (const { name, sku, monthly } of lines) {
    if (!isProd && /^(premium|ep\d|p\d)/i.test(sku) && monthly > 0) {
      found.push(
        `${name} is ${sku} in ${env}, ${monthly} ${prices.currency} a month: a smaller tier may do outside production.`,
      )
    }
    if (!isProd && /_(grs|gzrs|ragrs)$/i.test(sku)) {
      found.push(`${name} copies its data to a second region in ${env}: Standard_LRS halves its price.`)
    }
  }
  const total = lines.reduce((sum, one) => sum + one.monthly, 0)
  const hasBudget = resources.some((one) => isType(one, 'Microsoft.Consumption/budgets'))
  if (total > 0 && !hasBudget) found.push('There is no budget: one with an alert costs nothing.')
  return found
}
