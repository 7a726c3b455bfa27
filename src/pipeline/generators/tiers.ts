import { itemManifest } from '../../model/errors.ts'
import type { Finding } from '../../model/report.ts'
import type { Component, Environment, Environments } from './environments.ts'
import { isMade } from './features.ts'

/** Whether a tier that cannot do what is used of it is raised, or generated as it was asked for. */
export const TIER_MODES = ['effective', 'requested'] as const
export type TierMode = (typeof TIER_MODES)[number]

const FIT_RULE = 'Tiers-Must-Fit-What-Is-Used'
const FLOOR_RULE = 'Tiers-Should-Not-Be-Below-The-Table'

/** Tiers of all components: what was asked for, what is generated, and what is to be said of it. */
export interface Tiers {
  requested: Record<string, string>
  tiers: Record<string, string>
  findings: Finding[]
}

function needsOf(component: Component, environment: Environment): string[] {
  const further = Object.entries(component.needsWhen).filter(([setting]) => environment.settings[setting] === true)
  return [...component.needs, ...further.flatMap(([, needs]) => needs)]
}

const rankOf = (component: Component, tier: string): number => component.ladder.findIndex((step) => step.tier === tier)

/** The lowest tier from the one asked for on that can do what is used. */
function fitting(component: Component, requested: string, needs: readonly string[]): string {
  const from = rankOf(component, requested)
  const fit = component.ladder.slice(Math.max(0, from)).find((step) => needs.every((need) => step.can.includes(need)))
  if (from < 0 || !fit) throw itemManifest('tiers table', `no tier of ${component.title} fits ${requested}`)
  return fit.tier
}

const finding = (rule: string, level: 'error' | 'warning' | 'note', message: string): Finding => ({
  rule,
  level,
  severity: level === 'error' ? 'critical' : level === 'warning' ? 'medium' : 'info',
  file: 'mainTemplate.json',
  line: 1,
  column: 1,
  message,
})

/** What is said of one component, and its tier. */
function judge(component: Component, facts: { table: string; requested: string; needs: string[]; mode: TierMode }) {
  const { table, requested, needs, mode } = facts
  const { title } = component
  const findings: Finding[] = []
  if (rankOf(component, requested) < rankOf(component, table)) {
    findings.push(finding(FLOOR_RULE, 'warning', `${title}: ${requested} was asked for, and the table says ${table}.`))
  }
  const fit = fitting(component, requested, needs)
  if (fit === requested) return { tier: requested, findings }
  const lacks = component.ladder.find((step) => step.tier === requested)?.can ?? []
  const missing = needs.filter((need) => !lacks.includes(need)).join(' and no ')
  const said =
    mode === 'effective'
      ? finding(
          FIT_RULE,
          'note',
          `${title}: ${requested} was asked for and ${fit} is used, because ${requested} has no ${missing}.`,
        )
      : finding(FIT_RULE, 'error', `${title}: ${requested} has no ${missing}, which is used; it needs ${fit}.`)
  return { tier: mode === 'effective' ? fit : requested, findings: [...findings, said] }
}

/** Tiers of an environment. A component whose feature is off has one too, and nothing is said of it. */
export function resolveTiers(
  all: Environments,
  environment: Environment,
  { parameters, mode }: { parameters: Record<string, unknown>; mode: TierMode },
): Tiers {
  const made: Tiers = { requested: {}, tiers: {}, findings: [] }
  for (const [name, component] of Object.entries(all.components)) {
    const table = environment.tiers[name]
    if (table === undefined) continue
    const own = component.parameter === undefined ? undefined : parameters[component.parameter]
    const requested = typeof own === 'string' && own !== '' ? own : table
    const { tier, findings } = judge(component, { table, requested, needs: needsOf(component, environment), mode })
    made.requested[name] = requested
    made.tiers[name] = tier
    if (isMade(name, environment, all)) made.findings.push(...findings)
  }
  return made
}
