import type { Finding, ToolkitRun } from '../model/report.ts'
import type { ToolkitOutcome, ToolkitResult } from './arm-ttk.ts'
import type { Inputs } from './inputs.ts'
import { ruleKey } from './rule.ts'
import { builtinRules } from './rules/builtin.ts'

/**
 * The toolkit's verdicts beside ours, for each rule that both have and each file that it tested; and, as findings, what
 * it alone found.
 */
export function compareWithToolkit(
  outcome: ToolkitOutcome,
  ours: readonly Finding[],
  { files }: Pick<Inputs, 'files'>,
): { run: ToolkitRun; findings: Finding[] } {
  const { state, reason, results } = outcome
  const agreement: ToolkitRun['agreement'] = { same: 0, onlyOurs: [], onlyTheirs: [] }
  const findings: Finding[] = []
  const wrong = new Set(ours.filter(({ level }) => level === 'error').map((one) => `${ruleKey(one.rule)}\0${one.file}`))
  for (const { name, file, theirs } of verdicts(
    results,
    files.map(({ path }) => path),
  )) {
    const rule = builtinRules.find((one) => ruleKey(one.name) === ruleKey(name))
    const isWrong = wrong.has(`${ruleKey(name)}\0${file}`)
    const verdict = { rule: rule?.name ?? name, file }
    if (rule && isWrong === theirs.length > 0) agreement.same++
    else if (rule && isWrong) agreement.onlyOurs.push(verdict)
    else if (theirs.length) agreement.onlyTheirs.push(verdict)
    if (isWrong) continue
    const severity = rule?.severity ?? 'medium'
    for (const { id, message } of theirs) {
      const place = { file, line: 1, column: 1 }
      findings.push({
        rule: verdict.rule,
        ...(id ? { id } : {}),
        level: 'error',
        severity,
        ...place,
        message,
        tool: 'arm-ttk',
      })
    }
  }
  return { run: { state, ...(reason === undefined ? {} : { reason }), tests: results.length, agreement }, findings }
}

/** One verdict a rule and file: the toolkit gives one more for each template inside a template. */
function verdicts(
  results: readonly ToolkitResult[],
  paths: readonly string[],
): { name: string; file: string; theirs: ToolkitResult['errors'] }[] {
  const merged = new Map<string, { name: string; file: string; theirs: ToolkitResult['errors'] }>()
  for (const { name, file: full, errors } of results) {
    const file = fileOf(full, paths)
    const key = `${ruleKey(name)}\0${file}`
    const known = merged.get(key) ?? { name, file, theirs: [] }
    // Its ids end in the name of the test: "Parameters.Must.Be.Referenced,Parameters-Must-Be-Referenced".
    known.theirs.push(...errors.map(({ id, message }) => ({ id: id.split(',', 1)[0] ?? '', message })))
    merged.set(key, known)
  }
  return [...merged.values()]
}

/** The file of the package that a full path names: the longest one it ends with. */
function fileOf(full: string, paths: readonly string[]): string {
  const name = full.replaceAll('\\', '/')
  const fitting = paths.filter((path) => name === path || name.endsWith(`/${path}`))
  return fitting.toSorted((a, b) => b.length - a.length)[0] ?? name.slice(name.lastIndexOf('/') + 1)
}
