import type { Finding, Report } from '../../model/report.ts'

/**
 * Reports as JUnit XML: a suite for each target, a case for each rule. An error fails its case; warnings and notes, and
 * what is suppressed, are told in its output.
 */
export function junitOf(reports: readonly Report[]): string {
  const suites = reports.map(suiteOf)
  const sum = (of: (suite: Suite) => number): number => suites.reduce((total, one) => total + of(one), 0)
  const counts = `tests="${sum((one) => one.tests)}" failures="${sum((one) => one.failures)}" errors="0" time="0"`
  const body = suites.map((one) => one.text).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="souk validate" ${counts}>\n${body}</testsuites>\n`
}

interface Suite {
  tests: number
  failures: number
  text: string
}

function suiteOf({ target, rules, findings, suppressed = [] }: Report): Suite {
  const byRule = Map.groupBy(findings, ({ rule }) => rule)
  const quiet = Map.groupBy(suppressed, ({ rule }) => rule)
  const names = new Set([...rules.map(({ rule }) => rule), ...byRule.keys()])
  const skipped = new Map(rules.filter(({ state }) => state === 'skipped').map((one) => [one.rule, one.reason ?? '']))
  let failures = 0
  let isSkipped = 0
  const cases = [...names].map((rule) => {
    const found = byRule.get(rule) ?? []
    const errors = found.filter(({ level }) => level === 'error')
    if (errors.length) failures++
    const why = found.length ? undefined : skipped.get(rule)
    if (why !== undefined) isSkipped++
    const lines = [
      ...found.filter(({ level }) => level !== 'error').map((one) => `${one.level} ${wordsOf(one)}`),
      ...(quiet.get(rule) ?? []).map((one) => `suppressed (${one.suppression.reason}) ${wordsOf(one)}`),
    ]
    const inside = [
      ...(why === undefined ? [] : [`      <skipped message="${xml(why)}"/>\n`]),
      ...errors.map(failureOf),
      ...(lines.length ? [`      <system-out>${xml(lines.join('\n'))}</system-out>\n`] : []),
    ].join('')
    const head = `    <testcase classname="${xml(target)}" name="${xml(rule)}" time="0"`
    return inside === '' ? `${head}/>\n` : `${head}>\n${inside}    </testcase>\n`
  })
  const counts = `tests="${names.size}" failures="${failures}" errors="0" skipped="${isSkipped}" time="0"`
  const text = `  <testsuite name="${xml(target)}" ${counts}>\n${cases.join('')}  </testsuite>\n`
  return { tests: names.size, failures, text }
}

const wordsOf = ({ file, line, column, message }: Finding): string => `${file}:${line}:${column} ${message}`

const failureOf = (finding: Finding): string =>
  `      <failure message="${xml(finding.message)}" type="${xml(finding.id ?? finding.rule)}">${xml(wordsOf(finding))}</failure>\n`

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** Text that XML takes, in an attribute as well; a character that XML cannot hold becomes U+FFFD. */
const xml = (text: string): string =>
  text
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll(/[&<>"']/g, (one) => ENTITIES[one] ?? one)
