import type { Finding, SuppressedFinding, Suppression } from '../model/report.ts'
import { fingerprintOf, placeFrom, type Baseline } from './baseline.ts'
import { MANIFEST_RULE } from './manifest-rule.ts'
import { fits, type Policy, type PolicySuppression, type RulePolicy } from './policy.ts'
import { ruleKey } from './rule.ts'
import type { Waiver } from './waivers.ts'

/** The name under which mistakes in suppressions are told. */
const SUPPRESSION_RULE = 'Souk-Suppressions'

export interface Counting {
  /** Absolute path of what was validated. */
  target: string
  waivers: readonly Waiver[]
  policy?: Policy | undefined
  baseline?: Baseline | undefined
  /** Names of all rules there are. */
  ruleNames: readonly string[]
  /** ms since 1970. */
  now: number
  /** Whether all rules were run: only then a suppression that met nothing is of no use. */
  isWhole: boolean
}

/** A suppression from wherever, with what it met. */
interface Measure {
  kind: Suppression['kind']
  rules: readonly string[]
  reason: string
  until?: string | undefined
  /** Where it is written. */
  place: { file: string; line: number; column: number }
  covers(finding: Finding): boolean
  uses: number
}

/** The findings that count, with what is wrong with the suppressions themselves, and those that do not count. */
export function countFindings(
  found: readonly Finding[],
  counting: Counting,
): { findings: Finding[]; suppressed: SuppressedFinding[] } {
  const { policy, baseline } = counting
  const measures = [
    ...counting.waivers.map(ofWaiver),
    ...(policy?.suppressions ?? []).map((one) => ofPolicy(one, policy)),
  ]
  const valid = measures.filter((one) => one.reason !== '' && !isOver(one, counting.now) && isDate(one.until))
  const left = new Map(baseline?.known)
  const findings: Finding[] = []
  const suppressed: SuppressedFinding[] = []
  for (const raw of found) {
    const finding = judged(raw, policy?.rules ?? [])
    if (!finding) continue
    const measure = valid.find((one) => one.covers(finding))
    const suppression = measure ? said(measure) : known(finding, { baseline, left, target: counting.target })
    if (measure) measure.uses++
    if (suppression) suppressed.push({ ...finding, suppression })
    else findings.push(finding)
  }
  return { findings: [...findings, ...mistakesIn(measures, counting)], suppressed }
}

/** The finding as the policy wants it counted; undefined when its rule is off. The last line that fits decides. */
function judged(finding: Finding, rules: readonly RulePolicy[]): Finding | undefined {
  const key = ruleKey(finding.rule)
  const last = rules.findLast(
    ({ rule, files }) =>
      (rule === '*' || ruleKey(rule) === key) && (!files.length || files.some((one) => fits(one, finding.file))),
  )
  if (!last) return finding
  if (last.isOff) return undefined
  const { level = finding.level, severity = finding.severity } = last
  // A severity of the user's own decides the cost, also where the rule has one.
  const { points, ...rest } = finding
  return { ...rest, level, severity, ...(points === undefined || last.severity ? {} : { points }) }
}

const isMeant = (rules: readonly string[], rule: string): boolean =>
  rules.some((one) => one === '*' || ruleKey(one) === ruleKey(rule))

function ofWaiver({ rules, reason, until, file, line, column, from, to }: Waiver): Measure {
  const isFrom = (one: Finding): boolean =>
    one.line > from.line || (one.line === from.line && one.column >= from.column)
  const isTo = (one: Finding): boolean => one.line < to.line || (one.line === to.line && one.column < to.column)
  const covers = (one: Finding): boolean => one.file === file && isFrom(one) && isTo(one) && isMeant(rules, one.rule)
  return { kind: 'inline', rules, reason, until, place: { file, line, column }, covers, uses: 0 }
}

function ofPolicy(
  { rules, reason, until, file, path, line, column }: PolicySuppression,
  policy: Policy | undefined,
): Measure {
  const covers = (one: Finding): boolean =>
    isMeant(rules, one.rule) &&
    (file === undefined || fits(file, one.file)) &&
    (path === undefined || (one.path !== undefined && fits(path, one.path, true)))
  return { kind: 'policy', rules, reason, until, place: { file: policy?.file ?? '', line, column }, covers, uses: 0 }
}

const said = ({ kind, reason, until }: Measure): Suppression => ({
  kind,
  reason,
  ...(until === undefined ? {} : { until }),
})

/** Whether the baseline knows the finding; each entry stands for as many as were there. */
function known(
  finding: Finding,
  { baseline, left, target }: { baseline: Baseline | undefined; left: Map<string, number>; target: string },
): Suppression | undefined {
  if (!baseline) return undefined
  const fingerprint = fingerprintOf(finding, placeFrom(baseline.folder, target, finding.file))
  const count = left.get(fingerprint) ?? 0
  if (count === 0) return undefined
  left.set(fingerprint, count - 1)
  return { kind: 'baseline', reason: 'known from the baseline' }
}

const DAY_MS = 86_400_000
const dayOf = (until: string): number =>
  /^\d{4}-\d\d-\d\d$/.test(until) ? Date.parse(`${until}T00:00:00Z`) : Number.NaN
const isDate = (until: string | undefined): boolean => until === undefined || !Number.isNaN(dayOf(until))
/** It counts to the end of its last day. */
const isOver = ({ until }: Measure, now: number): boolean => until !== undefined && now >= dayOf(until) + DAY_MS

function mistakesIn(measures: readonly Measure[], { ruleNames, now, isWhole, policy }: Counting): Finding[] {
  const all = new Set([...ruleNames, MANIFEST_RULE, SUPPRESSION_RULE].map(ruleKey))
  const isKnown = (rule: string): boolean => rule === '*' || all.has(ruleKey(rule))
  const told: Finding[] = []
  for (const { rule, line, column } of policy?.rules.filter((one) => !isKnown(one.rule)) ?? []) {
    const about = { rule: SUPPRESSION_RULE, id: 'Policy.Unknown.Rule', level: 'warning', severity: 'low' } as const
    told.push({ ...about, file: policy?.file ?? '', line, column, message: `There is no rule "${rule}".` })
  }
  for (const measure of measures) {
    const { rules, reason, until, place } = measure
    const tell = (id: string, message: string, level: Finding['level'] = 'warning'): void => {
      const severity = level === 'note' ? 'info' : 'low'
      told.push({ rule: SUPPRESSION_RULE, id: `Suppression.${id}`, level, severity, ...place, message })
    }
    const unknown = rules.filter((rule) => !isKnown(rule))
    if (!rules.length) tell('Without.Rule', 'A suppression names the rules it is for, or *.')
    for (const rule of unknown) tell('Unknown.Rule', `There is no rule "${rule}" to suppress.`)
    if (reason === '') tell('Without.Reason', 'A suppression without a reason does not count.')
    else if (!isDate(until))
      tell('Bad.Date', `"${until ?? ''}" is no date such as 2027-01-31; the suppression does not count.`)
    else if (isOver(measure, now))
      tell('Expired', `The suppression of ${rules.join(', ')} ended on ${until ?? ''} (${reason}).`)
    else if (isWhole && measure.uses === 0 && unknown.length < rules.length)
      tell('Unused', `Nothing is found that ${rules.join(', ')} would be suppressed for.`, 'note')
  }
  return told
}
