import type { ApiVersionTable } from '../arm/api-versions.ts'
import { readDocument, type ArmDocument } from '../arm/document.ts'
import { baseName, MAIN_TEMPLATES, UI_DEFINITION } from '../arm/templates.ts'
import type { Finding, Report } from '../model/report.ts'
import { familiesOf } from './applicable.ts'
import { inspect, schemaOf, type Surroundings } from './inspect.ts'
import type { InputFile } from './inputs.ts'
import { ruleKey, type Rule } from './rule.ts'
import { builtinRules } from './rules/builtin.ts'
import { waiversOf, type Waiver } from './waivers.ts'

/** What rules judge by, as plain data: it goes to worker threads too. */
export interface Measures {
  /** The day versions are judged on, ms since 1970. */
  now: number
  sampleName?: string
  /** Ends of property names that are no resource ids, in lower case. */
  allowedIds?: readonly string[]
  /** Texts that may stand around an address of one cloud, in lower case. */
  allowedUris?: readonly string[]
}

/** A rule that is not run on a file (any more), by their numbers in the lists. */
export type Ban = readonly [file: number, rule: number]

/** Some files to inspect, as plain data. */
export interface Work {
  files: readonly InputFile[]
  /** What the files are compared with. */
  templates: readonly InputFile[]
  measures: Measures
  /** One rule only. */
  rule?: string | undefined
  banned?: readonly Ban[]
}

/** What was found in some files, before anyone decides what of it counts. */
export interface Inspection {
  findings: Finding[]
  rules: Report['rules']
  waivers: Waiver[]
}

interface Hooks {
  rules: readonly Rule[]
  apiVersions: ApiVersionTable
  /** Waited for before each rule, with the numbers of file and rule; throws to end the work. */
  before(file: number, rule: number): Promise<void> | void
  onFile?(done: number, total: number, file: string): void
  onFinding?(finding: Finding): void
}

/** API versions older than this are out of date (the toolkit's number). */
const MAX_API_AGE_DAYS = 730

/** The rules to run: all, or the one asked for. */
export const rulesNamed = (rules: readonly Rule[], rule: string | undefined): readonly Rule[] =>
  rule === undefined ? rules : rules.filter((one) => ruleKey(one.name) === ruleKey(rule))

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)
const TEMPLATE_NAMES: readonly string[] = [...MAIN_TEMPLATES, 'main.json']

/**
 * What some files are compared with: the template in the folder of each, and that of the package, which is the one file
 * asked for or the one at the top. A folder's template has a main name, or is its `main.json`.
 */
export function templatesFor<F extends { path: string }>(
  tested: readonly F[],
  files: readonly F[],
  only: string | undefined,
): F[] {
  const wanted = new Set(['', ...tested.map(({ path }) => folderOf(path))])
  const found = new Map<string, F>()
  for (const name of TEMPLATE_NAMES) {
    for (const file of files) {
      const folder = folderOf(file.path)
      const isNamed = wanted.has(folder) && baseName(file.path).toLowerCase() === name
      if (isNamed && !found.has(folder)) found.set(folder, file)
    }
  }
  const asked = only === undefined ? undefined : files.find((one) => one.path === only)
  if (asked) found.delete('')
  if (asked && !/\.parameters\.json$/i.test(asked.path)) found.set('', asked)
  return [...found.values()]
}

/** The form of a portal is inspected before what it feeds. */
export const isUiFile = (path: string): boolean => baseName(path).toLowerCase() === UI_DEFINITION

/**
 * Runs the rules over files, in their order; findings come by file, then by place, then in the order of the rules.
 * A rule that throws is a finding about that rule.
 */
export async function inspectFiles(work: Work, hooks: Hooks): Promise<Inspection> {
  const rules = rulesNamed(hooks.rules, work.rule)
  const { apiVersions } = hooks
  const facts = { ...work.measures, apiVersions, maxAgeDays: MAX_API_AGE_DAYS }
  const templates = new Map<string, ArmDocument>()
  const templateFor = (path: string): ArmDocument | undefined => {
    const found = nearest(work.templates, folderOf(path))
    if (!found) return undefined
    let document = templates.get(found.path)
    if (!document) templates.set(found.path, (document = readDocument(found.path, found.text)))
    return document
  }
  const states = new Map<string, Report['rules'][number]>()
  const findings: Finding[] = []
  const waivers: Waiver[] = []
  for (const [index, { path, text }] of work.files.entries()) {
    hooks.onFile?.(index, work.files.length, path)
    await hooks.before(index, -1)
    const main = templateFor(path)
    const document = path === main?.file ? main : readDocument(path, text)
    const around: Surroundings = { template: main && isUi(main) ? undefined : main, facts }
    const found: Finding[] = []
    for (const { rule, number } of applying(document, rules)) {
      if (work.banned?.some(([file, banned]) => file === index && banned === number)) continue
      await hooks.before(index, number)
      found.push(...note(rule, inspect(rule, document, around), states))
    }
    found.sort((a, b) => a.line - b.line || a.column - b.column)
    found.forEach((finding) => hooks.onFinding?.(finding))
    findings.push(...found)
    waivers.push(...waiversOf(document))
  }
  hooks.onFile?.(work.files.length, work.files.length, '')
  return { findings, rules: [...states.values()], waivers }
}

/** The template of a folder, else that of the package. */
const nearest = (templates: readonly InputFile[], folder: string): InputFile | undefined =>
  templates.find(({ path }) => folderOf(path) === folder) ?? templates.find(({ path }) => !path.includes('/'))

/** A form of a portal is no template, even when it was the one file asked for. */
const isUi = (document: ArmDocument): boolean => schemaOf(document).includes('createuidefinition')

/** The rules for the kind of file, with their numbers. What is not JSON gets the rule that says so, whatever was asked. */
function applying(document: ArmDocument, rules: readonly Rule[]): { rule: Rule; number: number }[] {
  const chosen = document.problem ? builtinRules.filter((rule) => rule.family === 'all-files') : rules
  const families = familiesOf(document)
  return chosen.map((rule, number) => ({ rule, number })).filter(({ rule }) => families.has(rule.family))
}

function note(
  rule: Rule,
  outcome: ReturnType<typeof inspect>,
  states: Map<string, Report['rules'][number]>,
): readonly Finding[] {
  if ('findings' in outcome) {
    states.set(rule.name, { rule: rule.name, state: 'run' })
    return outcome.findings
  }
  if (states.get(rule.name)?.state !== 'run') {
    states.set(rule.name, { rule: rule.name, state: 'skipped', reason: outcome.skipped })
  }
  return []
}
