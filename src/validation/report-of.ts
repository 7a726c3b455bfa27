import { SCANNERS, type Finding, type Gate, type HostVerdict, type Report, type StepReport } from '../model/report.ts'
import { CLEAR_FROM, partsOf, scoreOf, statusOf, type Parts } from '../model/score.ts'
import type { Times } from './inspection.ts'
import { MANIFEST_RULE } from './manifest-rule.ts'
import type { Rule } from './rule.ts'

export interface Outcome {
  findings: readonly Finding[]
  states: Report['rules']
  times: Times
  rules: readonly Rule[]
  /** What a step is skipped for, when it is. */
  isLeftOut(step: (typeof SCANNERS)[number]): boolean
  /** Whether the times are told. */
  isTraced: boolean
  hostVersions?: readonly number[] | undefined
}

/** What a report says beside its findings: steps, parts, gates, status, and a verdict for each host. */
export function judged(outcome: Outcome): Pick<Report, 'score' | 'parts' | 'status' | 'steps' | 'gates' | 'hosts'> {
  const { findings, hostVersions } = outcome
  const parts = partsOf(findings)
  const score = scoreOf(findings)
  const status = statusOf(findings)
  const hosts = hostVersions?.map((version) => verdictOf(version, outcome))
  const steps: StepReport[] = [
    ...SCANNERS.map((step) => stepOf(step, outcome)),
    { step: 'score', state: 'run', score },
    { step: 'status', state: 'run', status },
  ]
  return { score, parts, status, steps, gates: gatesOf(parts, outcome, hosts), ...(hosts ? { hosts } : {}) }
}

function stepOf(step: (typeof SCANNERS)[number], outcome: Outcome): StepReport {
  const { findings, states, times, rules, isTraced, isLeftOut } = outcome
  const own = new Map(rules.filter((rule) => rule.step === step).map((rule) => [rule.name, rule]))
  const isOwn = (name: string): boolean => own.has(name) || (step === 'structure' && name === MANIFEST_RULE)
  const ran = states.filter(({ rule, state }) => state === 'run' && isOwn(rule))
  const found = findings.filter((one) => (one.step ?? 'quality') === step)
  if (!ran.length && !found.length) {
    const why = states.find(({ rule, reason }) => reason !== undefined && isOwn(rule))?.reason
    return { step, state: 'skipped', reason: isLeftOut(step) ? 'not asked for' : (why ?? 'no rule of it applies here') }
  }
  const sections: Record<string, number> = {}
  for (const { rule } of ran) {
    const section = own.get(rule)?.section
    if (section === undefined) continue
    sections[section] = (sections[section] ?? 0) + found.filter((one) => one.rule === rule).length
  }
  return {
    step,
    state: 'run',
    rules: ran.length,
    findings: found.length,
    ...(Object.keys(sections).length ? { sections } : {}),
    ...(isTraced ? times[step] : {}),
  }
}

/** Whether the newest of some hosts has the rule of a finding; with none named all count. */
export function hostFilter(rules: readonly Rule[], versions?: readonly number[]): (finding: Finding) => boolean {
  if (!versions?.length) return () => true
  const newest = Math.max(...versions)
  const later = new Set(rules.filter(({ since = 1 }) => since > newest).map(({ name }) => name))
  return ({ rule }) => !later.has(rule)
}

function verdictOf(version: number, { findings, rules }: Outcome): HostVerdict {
  const left = findings.filter(hostFilter(rules, [version]))
  return { version, status: statusOf(left), score: scoreOf(left), findings: left.length }
}

/** The gates (inventory S29.8 to S29.13) as far as a validation can tell; it runs nothing. */
function gatesOf(parts: Parts, outcome: Outcome, hosts: readonly HostVerdict[] | undefined): Gate[] {
  const { findings, states, isLeftOut } = outcome
  const byPart = (gate: Gate['gate'], part: keyof Parts, isSkipped: boolean): Gate => {
    if (isSkipped) return { gate, state: 'skipped', reason: 'its step was not asked for' }
    const isClear = parts[part] >= CLEAR_FROM
    return { gate, state: isClear ? 'passed' : 'failed', reason: `${part} ${parts[part]}, ${CLEAR_FROM} is wanted` }
  }
  const licence = findings.find(({ rule }) => rule === 'License-Should-Be-SPDX')
  const isRead = states.some(({ rule, state }) => rule === 'License-Should-Be-SPDX' && state === 'run')
  const broken = hosts?.filter(({ status }) => status === 'failed').map(({ version }) => version) ?? []
  const gates: Gate[] = [
    byPart('security', 'security', isLeftOut('security')),
    byPart('code quality', 'quality', isLeftOut('quality') && isLeftOut('structure')),
    { gate: 'performance', state: 'skipped', reason: 'a validation runs nothing' },
    hosts
      ? {
          gate: 'compatibility',
          state: broken.length ? 'failed' : 'passed',
          reason: broken.length
            ? `failed on host ${broken.join(', ')}`
            : `host ${hosts.map((one) => one.version).join(', ')}`,
        }
      : { gate: 'compatibility', state: 'skipped', reason: 'no version of the host was asked for' },
    byPart('documentation', 'documentation', isLeftOut('quality')),
    isRead
      ? {
          gate: 'licence',
          state: licence ? 'failed' : 'passed',
          reason: licence?.message ?? 'an SPDX expression or none',
        }
      : { gate: 'licence', state: 'skipped', reason: 'there is no manifest to read it from' },
  ]
  const failed = gates.filter(({ state }) => state === 'failed').map(({ gate }) => gate)
  const reason = failed.length ? `failed: ${failed.join(', ')}` : 'no gate failed'
  return [...gates, { gate: 'overall', state: failed.length ? 'failed' : 'passed', reason }]
}
