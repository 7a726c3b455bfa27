import type { ApiVersionTable } from '../arm/api-versions.ts'
import { readDocument, type ArmDocument } from '../arm/document.ts'
import { baseName, MAIN_TEMPLATES, UI_DEFINITION } from '../arm/templates.ts'
import { SCANNERS, type Finding, type Report, type Scanner } from '../model/report.ts'
import { familiesOf } from './applicable.ts'
import { keep, recall, type Due, type FilesMemory, type Remembered } from './files-memory.ts'
import { inspect, schemaOf, type Outcome, type RawFault, type Surroundings } from './inspect.ts'
import type { InputFile } from './inputs.ts'
import { ruleKey, type Rule } from './rule.ts'
import { jsonFilesShouldBeValid } from './rules/all-files/json-files-should-be-valid.ts'
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

/** Which rules are wanted; all when nothing is said. */
export interface Asked {
  /** One rule only, by its name. */
  rule?: string | undefined
  /** Those of some steps only. */
  only?: readonly Scanner[] | undefined
}

/** When a step began and ended, ms from the start of the work it is part of. */
export type Times = Partial<Record<Scanner, { startMs: number; endMs: number }>>

/** Some files to inspect, as plain data. */
export interface Work {
  files: readonly InputFile[]
  /** What the files are compared with. */
  templates: readonly InputFile[]
  measures: Measures
  asked: Asked
  banned?: readonly Ban[]
}

/** What was found in some files, before anyone decides what of it counts. */
export interface Inspection {
  findings: Finding[]
  rules: Report['rules']
  waivers: Waiver[]
  times?: Times
}

interface Hooks {
  rules: readonly Rule[]
  apiVersions: ApiVersionTable
  /** Milliseconds from any fixed moment. */
  clock(): number
  /** Waited for before each file and each rule, to give way to other work; throws to end the work. */
  pause?(): Promise<void>
  /** Told right before a file is read (rule -1) and before each rule, with their numbers. */
  at?(file: number, rule: number): void
  onFile?(done: number, total: number, file: string): void
  onFinding?(finding: Finding): void
  /** What was said of the same files before. */
  memory?: FilesMemory
}

/** API versions older than this are out of date (the toolkit's number). */
const MAX_API_AGE_DAYS = 730

/** The rules to run: all, or those asked for. */
export function rulesAsked<R extends Pick<Rule, 'name' | 'step'>>(
  rules: readonly R[],
  { rule, only }: Asked,
): readonly R[] {
  const named = rule === undefined ? rules : rules.filter((one) => ruleKey(one.name) === ruleKey(rule))
  return only ? named.filter(({ step }) => only.includes(step)) : named
}

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
 * Runs the rules over files, in their order; findings come by file, then by place, then in the order of the rules. The
 * steps work on a file side by side: each takes its next rule when it is its turn. A rule that throws is a finding
 * about that rule.
 */
export async function inspectFiles(work: Work, hooks: Hooks): Promise<Inspection> {
  const rules = rulesAsked(hooks.rules, work.asked)
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
  const watch = stopwatch(hooks.clock)
  const inspectOne = async (index: number, { path, text }: InputFile, memory?: FilesMemory): Promise<Said> => {
    const around = nearest(work.templates, folderOf(path))?.text
    const known = memory && recall(memory, { path, text, around, facts })
    if (known) return known
    const main = templateFor(path)
    const document = path === main?.file ? main : readDocument(path, text)
    const surroundings: Surroundings = { template: main && isUi(main) ? undefined : main, facts }
    const due = applying(document, rules).filter(
      ({ number }) => !work.banned?.some(([file, banned]) => file === index && banned === number),
    )
    const { outcomes, faults } = await outcomesOf({ document, around: surroundings, due, file: index, watch }, hooks)
    const said = { due, outcomes, waivers: waiversOf(document) }
    if (memory) keep(memory, { path, around }, { ...said, document, faults })
    return said
  }
  if (hooks.memory) startOver(hooks.memory, [work.measures, work.asked, apiVersions.madeAt])
  for (const [index, file] of work.files.entries()) {
    hooks.onFile?.(index, work.files.length, file.path)
    await hooks.pause?.()
    hooks.at?.(index, -1)
    const { due, outcomes, waivers: own } = await inspectOne(index, file, hooks.memory)
    const found = due.flatMap(({ rule }, at) => note(rule, outcomes[at] ?? { findings: [] }, states))
    found.sort((a, b) => a.line - b.line || a.column - b.column)
    found.forEach((finding) => hooks.onFinding?.(finding))
    findings.push(...found)
    waivers.push(...own)
  }
  hooks.onFile?.(work.files.length, work.files.length, '')
  return { findings, rules: [...states.values()], waivers, times: watch.times }
}

type Said = Pick<Remembered, 'due' | 'outcomes' | 'waivers'>

const DAY_MS = 86_400_000

/** Forgets everything when what is judged by is not what it was: versions are judged by the day. */
function startOver(memory: FilesMemory, [measures, ...more]: readonly [Measures, ...unknown[]]): void {
  const key = JSON.stringify([{ ...measures, now: Math.floor(measures.now / DAY_MS) }, ...more])
  if (memory.key !== key) memory.files.clear()
  memory.key = key
}

interface Scanning {
  document: ArmDocument
  around: Surroundings
  due: readonly Due[]
  /** Its number in the work. */
  file: number
  watch: Stopwatch
}

/** What the rules say of one file, in their order: the rules of a step one after another, the steps side by side. */
async function outcomesOf(
  { document, around, due, file, watch }: Scanning,
  hooks: Hooks,
): Promise<{ outcomes: Outcome[]; faults: (readonly RawFault[] | undefined)[] }> {
  const outcomes: Outcome[] = []
  const faults: (readonly RawFault[] | undefined)[] = []
  const tapped = (at: number) => (raw: readonly RawFault[]) => void (faults[at] = raw)
  const scan = async (step: Scanner): Promise<void> => {
    for (const [at, { rule, number }] of due.entries()) {
      if (rule.step !== step) continue
      await hooks.pause?.()
      hooks.at?.(file, number)
      outcomes[at] = watch.during(step, () => inspect(rule, document, around, hooks.memory && tapped(at)))
    }
  }
  await Promise.all(SCANNERS.map(scan))
  return { outcomes, faults }
}

interface Stopwatch {
  readonly times: Times
  during<T>(step: Scanner, work: () => T): T
}

/** Notes when each step first began and last ended. */
function stopwatch(clock: () => number): Stopwatch {
  const began = clock()
  const times: Times = {}
  return {
    times,
    during(step, work) {
      const startMs = times[step]?.startMs ?? clock() - began
      const done = work()
      times[step] = { startMs, endMs: clock() - began }
      return done
    },
  }
}

/** The template of a folder, else that of the package. */
const nearest = (templates: readonly InputFile[], folder: string): InputFile | undefined =>
  templates.find(({ path }) => folderOf(path) === folder) ?? templates.find(({ path }) => !path.includes('/'))

/** A form of a portal is no template, even when it was the one file asked for. */
const isUi = (document: ArmDocument): boolean => schemaOf(document).includes('createuidefinition')

/** The rules for the kind of file, with their numbers. What is not JSON gets the rule that says so, whatever was asked. */
function applying(document: ArmDocument, rules: readonly Rule[]): Due[] {
  if (document.problem) return [{ rule: jsonFilesShouldBeValid, number: 0 }]
  const families: ReadonlySet<Rule['family']> = familiesOf(document)
  return rules.flatMap((rule, number) =>
    rule.family !== 'package' && families.has(rule.family) ? [{ rule, number }] : [],
  )
}

function note(rule: Rule, outcome: Outcome, states: Map<string, Report['rules'][number]>): readonly Finding[] {
  if ('findings' in outcome) {
    states.set(rule.name, { rule: rule.name, state: 'run' })
    return outcome.findings
  }
  if (states.get(rule.name)?.state !== 'run') {
    states.set(rule.name, { rule: rule.name, state: 'skipped', reason: outcome.skipped })
  }
  return []
}
