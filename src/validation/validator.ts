import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ApiVersionTable } from '../arm/api-versions.ts'
import { readDocument, type ArmDocument } from '../arm/document.ts'
import { baseName, MAIN_TEMPLATES, UI_DEFINITION } from '../arm/templates.ts'
import type { Cache } from '../cache/cache.ts'
import { fileProblem, usage } from '../model/errors.ts'
import { MANIFEST_FILES } from '../model/manifest.ts'
import type { Finding, Report } from '../model/report.ts'
import { scoreOf, statusOf } from '../model/score.ts'
import type { System } from '../system/system.ts'
import { familiesOf } from './applicable.ts'
import { readInputs, type InputFile } from './inputs.ts'
import { inspect, schemaOf, type Surroundings } from './inspect.ts'
import { knownApiVersions } from './known-api-versions.ts'
import { inspectManifest, MANIFEST_RULE } from './manifest-rule.ts'
import { ruleKey, type Facts, type Rule } from './rule.ts'
import { builtinRules, RULE_SET_VERSION } from './rules/builtin.ts'

/** API versions older than this are out of date (the toolkit's number). */
const MAX_API_AGE_DAYS = 730

export interface ValidateOptions {
  system: System
  /** One rule only, by its name; case, `-`, `_` and spaces do not count. */
  rule?: string
  /** Our own when absent. */
  rules?: readonly Rule[]
  /** Files whose JSON differs in white space and order of members only count as the same. */
  isCanonical?: boolean
  /** Reports are kept here by the digest of what was read. */
  cache?: Cache
  signal?: AbortSignal
  onProgress?: (done: number, total: number, file: string) => void
  onFinding?: (finding: Finding) => void
  /** The versions to judge by, and the day; those that ship with the program and today when absent. */
  apiVersions?: ApiVersionTable
  now?: number
}

/** Validates a file, a folder or a ZIP. Throws `file.problem` when there is nothing to validate, `usage` for an unknown rule. */
export async function validatePath(options: ValidateOptions & { path: string }): Promise<Report> {
  const { files, only } = await readInputs(options.path, options.signal)
  if (!files.length) throw fileProblem(options.path, 'there is no JSON file and no souk.yaml to validate')
  return validateFiles(files, { ...options, target: options.path, ...(only === undefined ? {} : { only }) })
}

/**
 * Validates files in memory as one package. `only` names the one file to test; the others are then just what it is
 * compared with. Findings come by file, then by place, then in the order of the rules.
 */
export async function validateFiles(
  files: readonly InputFile[],
  options: ValidateOptions & { target: string; only?: string },
): Promise<Report> {
  const rules = chosenRules(options)
  const now = options.now ?? options.system.clock.now()
  const digest = digestOf(files, options)
  const kept = await options.cache?.get<Report>('validation.local', 'local', digest)
  if (kept?.isFresh) {
    kept.value.findings.forEach((finding) => options.onFinding?.(finding))
    return { ...kept.value, target: options.target, cached: true }
  }
  const { findings, states, names } = await run(files, { ...options, now, rules })
  const score = scoreOf(findings)
  const report: Report = {
    target: options.target,
    files: names,
    rules: states,
    findings,
    score,
    status: statusOf(score, findings),
    digest,
    cached: false,
  }
  await options.cache?.put('validation.local', 'local', digest, report)
  return report
}

function chosenRules({ rules = builtinRules, rule }: ValidateOptions): readonly Rule[] {
  if (rule === undefined) return rules
  const key = ruleKey(rule)
  const chosen = rules.filter((one) => ruleKey(one.name) === key)
  if (chosen.length || key === ruleKey(MANIFEST_RULE)) return chosen
  const near = rules.filter((one) => ruleKey(one.name).includes(key)).map((one) => one.name)
  throw usage(
    `There is no rule "${rule}".`,
    near.length && key ? `Did you mean ${near.slice(0, 5).join(', ')}?` : `For example: ${rules[0]?.name ?? 'none'}.`,
  )
}

function digestOf(files: readonly InputFile[], options: ValidateOptions & { only?: string }): string {
  const { rule, only, isCanonical } = options
  const asked = [RULE_SET_VERSION, rule ? ruleKey(rule) : '', only ?? '', ...(isCanonical ? ['canonical'] : [])]
  const hash = createHash('sha256').update(JSON.stringify(asked))
  for (const { path, text } of files) hash.update(`\0${path}\0${isCanonical ? canonical(text) : text}`)
  return hash.digest('hex')
}

/** JSON without white space and with its members in order; a text that is no JSON as it is. */
function canonical(text: string): string {
  const ordered = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value
  try {
    return JSON.stringify(JSON.parse(text), ordered)
  } catch {
    return text
  }
}

/** The template of a package: a main name, or `main.json`, at the top; or the one file asked for. */
function templateOf(documents: readonly ArmDocument[], only: string | undefined): ArmDocument | undefined {
  const named = (name: string): ArmDocument | undefined => documents.find((one) => one.file.toLowerCase() === name)
  const found = only === undefined ? undefined : documents.find((one) => one.file === only)
  if (found) {
    const isOther = schemaOf(found).includes('createuidefinition') || /\.parameters\.json$/i.test(found.file)
    return isOther ? undefined : found
  }
  return [...MAIN_TEMPLATES, 'main.json'].map(named).find((one) => one !== undefined)
}

interface RunOptions extends ValidateOptions {
  rules: readonly Rule[]
  now: number
  only?: string
}

async function run(
  files: readonly InputFile[],
  options: RunOptions,
): Promise<{ findings: Finding[]; states: Report['rules']; names: string[] }> {
  const isManifest = ({ path }: InputFile): boolean => (MANIFEST_FILES as readonly string[]).includes(path)
  const documents = files.filter((one) => !isManifest(one)).map(({ path, text }) => readDocument(path, text))
  const sampleName = options.system.env.get('SAMPLE_NAME')
  const facts: Facts = {
    apiVersions: options.apiVersions ?? (await knownApiVersions()),
    now: options.now,
    maxAgeDays: MAX_API_AGE_DAYS,
    ...(sampleName === undefined ? {} : { sampleName }),
  }
  const around: Surroundings = { template: templateOf(documents, options.only), facts }
  const isUi = ({ file }: ArmDocument): boolean => baseName(file).toLowerCase() === UI_DEFINITION
  const tested = documents
    .filter(({ file }) => options.only === undefined || file === options.only)
    .toSorted((a, b) => Number(isUi(b)) - Number(isUi(a)))
  const findings: Finding[] = []
  const states = new Map<string, { rule: string; state: 'run' | 'skipped'; reason?: string }>()
  const asksManifest = options.rule === undefined || ruleKey(options.rule) === ruleKey(MANIFEST_RULE)
  for (const manifest of asksManifest ? files.filter(isManifest) : []) {
    findings.push(...inspectManifest(manifest))
    states.set(MANIFEST_RULE, { rule: MANIFEST_RULE, state: 'run' })
  }
  findings.forEach((finding) => options.onFinding?.(finding))
  for (const [done, document] of tested.entries()) {
    options.onProgress?.(done, tested.length, document.file)
    const found = await inspectFile(document, { options, around, states })
    found.forEach((finding) => options.onFinding?.(finding))
    findings.push(...found)
  }
  const total = tested.length
  options.onProgress?.(total, total, '')
  return { findings, states: [...states.values()], names: files.map(({ path }) => path) }
}

/** All rules on one file, giving way to other work between them. */
async function inspectFile(
  document: ArmDocument,
  {
    options,
    around,
    states,
  }: { options: RunOptions; around: Surroundings; states: Map<string, Report['rules'][number]> },
): Promise<Finding[]> {
  const families = familiesOf(document)
  const found: Finding[] = []
  for (const rule of rulesFor(document, options.rules)) {
    if (!families.has(rule.family)) continue
    await nextTurn(undefined, { signal: options.signal })
    const outcome = inspect(rule, document, around)
    const isFirst = states.get(rule.name)?.state !== 'run'
    if ('findings' in outcome) {
      found.push(...outcome.findings)
      states.set(rule.name, { rule: rule.name, state: 'run' })
    } else if (isFirst) states.set(rule.name, { rule: rule.name, state: 'skipped', reason: outcome.skipped })
  }
  return found.toSorted((a, b) => a.line - b.line || a.column - b.column)
}

/** A file that is not JSON gets the rule that says so, even when another one was asked for. */
function rulesFor(document: ArmDocument, rules: readonly Rule[]): readonly Rule[] {
  return document.problem ? builtinRules.filter((rule) => rule.family === 'all-files') : rules
}
