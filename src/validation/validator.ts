import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ApiVersionTable } from '../arm/api-versions.ts'
import type { Cache } from '../cache/cache.ts'
import { fileProblem, usage } from '../model/errors.ts'
import { MANIFEST_FILES } from '../model/manifest-files.ts'
import type { Finding, Report, Scanner } from '../model/report.ts'
import type { System } from '../system/system.ts'
import { compareWithToolkit } from './agreement.ts'
import { runToolkit, type Toolkit } from './arm-ttk.ts'
import type { Baseline } from './baseline.ts'
import { countFindings } from './count-findings.ts'
import type { FilesMemory } from './files-memory.ts'
import { inspectPackage } from './inspect-package.ts'
import {
  inspectFiles,
  isUiFile,
  rulesAsked,
  templatesFor,
  type Asked,
  type Inspection,
  type Measures,
} from './inspection.ts'
import { later, merged } from './times.ts'
import { fileOfText, readInputs, textOfFile, type InputFile, type Inputs, type RawFile } from './inputs.ts'
import { knownApiVersions } from './known-api-versions.ts'
import { inspectManifest, MANIFEST_RULE } from './manifest-rule.ts'
import type { Policy } from './policy.ts'
import { hostFilter, judged } from './report-of.ts'
import { ruleKey, type KnownGood, type Rule } from './rule.ts'
import { builtinRules, RULE_SET_VERSION } from './rules/builtin.ts'
import { slicesOf } from './slices.ts'
import type { Pool } from './worker-pool.ts'

export interface ValidateOptions {
  system: System
  /** One rule only, by its name; case, `-`, `_` and spaces do not count. */
  rule?: string
  /** The rules of these steps only. */
  only?: readonly Scanner[]
  /** Versions of the host to judge for; the newest alone when absent. */
  hostVersions?: readonly number[]
  /** The steps tell when they began and ended. */
  isTraced?: boolean
  /** What is installed or comes with the program, for what a manifest depends on. */
  known?: () => Promise<readonly KnownGood[]>
  /** What other programs found, to be counted with the rest. */
  imported?: readonly Finding[]
  /** Our own when absent. */
  rules?: readonly Rule[]
  /** Files whose JSON differs in white space and order of members only count as the same. */
  isCanonical?: boolean
  /** What was found is kept here by the digest of what was read. */
  cache?: Cache
  signal?: AbortSignal
  onProgress?: (done: number, total: number, file: string) => void
  onFinding?: (finding: Finding) => void
  /** A file with newer API versions than those that ship. */
  apiVersionsFile?: string
  /** The versions to judge by, and the day; those that ship with the program and today when absent. */
  apiVersions?: ApiVersionTable
  now?: number
  /** Threads for what is large; everything is done in this one when absent. */
  pool?: Pool
  /** What this process remembers of the files: what did not change is not inspected again. Threads are not used then. */
  memory?: FilesMemory
  /** One of many targets: threads pay for small ones too. */
  isOneOfMany?: boolean
  /**
   * What the settings of the user say about findings. When absent nothing is suppressed, not by the files themselves
   * either: the goods of others do not decide what counts.
   */
  policy?: Policy | 'none'
  baseline?: Baseline
  toolkit?: Toolkit
}

type Target = ValidateOptions & { target: string }

/** Validates a file, a folder or a ZIP. Throws `file.problem` when there is nothing to validate, `usage` for an unknown rule. */
export async function validatePath(options: ValidateOptions & { path: string }): Promise<Report> {
  const inputs = await readInputs(options.path, options.signal)
  if (!inputs.files.length) throw fileProblem(options.path, 'there is no JSON file and no souk.yaml to validate')
  return validateInputs(inputs, { ...options, target: options.path })
}

/** Validates files in memory as one package. */
export function validateFiles(
  files: readonly InputFile[],
  options: ValidateOptions & { target: string },
): Promise<Report> {
  const raw = files.map(fileOfText)
  const isDocument = ({ path }: RawFile): boolean => path.endsWith('.md')
  return validateInputs({ files: raw.filter((one) => !isDocument(one)), documents: raw.filter(isDocument) }, options)
}

async function validateInputs(inputs: Inputs, options: Target): Promise<Report> {
  checkRule(options)
  const { rules = builtinRules } = options
  const now = options.now ?? options.system.clock.now()
  const toolkit = options.toolkit && runToolkit(options.toolkit, options)
  toolkit?.catch(() => {})
  const [{ inspection, digest, isKept, madeAt }, whole] = await Promise.all([
    inspected(inputs, options, now),
    inspectPackage(inputs, { rules, asked: options, known: options.known, clock: options.system.clock.monotonic }),
  ])
  whole.findings.forEach((finding) => options.onFinding?.(finding))
  const theirs = toolkit && compareWithToolkit(await toolkit, inspection.findings, inputs)
  const { policy, imported = [], rule, only, hostVersions } = options
  const isDue = hostFilter(rules, hostVersions)
  const found = [...inspection.findings, ...whole.findings, ...(theirs?.findings ?? []), ...imported].filter(isDue)
  const { findings, suppressed } = policy
    ? countFindings(found, {
        target: options.target,
        waivers: inspection.waivers,
        policy: policy === 'none' ? undefined : policy,
        baseline: options.baseline,
        ruleNames: [...rules, ...imported.map((one) => ({ name: one.rule }))].map(({ name }) => name),
        now,
        isWhole: rule === undefined && only === undefined,
      })
    : { findings: found, suppressed: [] }
  const states = [...inspection.rules, ...whole.rules]
  return {
    target: options.target,
    files: inputs.files.map(({ path }) => path),
    rules: states,
    findings,
    ...judged({
      findings,
      states,
      rules,
      times: merged([isKept ? {} : (inspection.times ?? {}), whole.times ?? {}]),
      isLeftOut: (step) => only !== undefined && !only.includes(step),
      isTraced: options.isTraced ?? false,
      hostVersions,
    }),
    digest,
    cached: isKept,
    suppressed,
    apiVersions: new Date(madeAt).toISOString().slice(0, 10),
    ...(theirs ? { armTtk: theirs.run } : {}),
  }
}

/** Throws `usage` when one rule is asked for and there is none of that name. */
function checkRule({ rules = builtinRules, rule }: ValidateOptions): void {
  if (rule === undefined) return
  const key = ruleKey(rule)
  if (key === ruleKey(MANIFEST_RULE) || rules.some((one) => ruleKey(one.name) === key)) return
  const near = rules.filter((one) => ruleKey(one.name).includes(key)).map((one) => one.name)
  throw usage(
    `There is no rule "${rule}".`,
    near.length && key ? `Did you mean ${near.slice(0, 5).join(', ')}?` : `For example: ${rules[0]?.name ?? 'none'}.`,
  )
}

/** What there is to find in the files: kept from before, or found now and kept. */
async function inspected(
  inputs: Inputs,
  options: Target,
  now: number,
): Promise<{ inspection: Inspection; digest: string; isKept: boolean; madeAt: number }> {
  const apiVersions = options.apiVersions ?? (await knownApiVersions(options.apiVersionsFile))
  const { madeAt } = apiVersions
  const digest = digestOf(inputs.files)
  const sampleName = options.system.env.get('SAMPLE_NAME')
  const { policy } = options
  const allow = policy && policy !== 'none' ? policy.allow : undefined
  const measures: Measures = {
    now,
    ...(sampleName === undefined ? {} : { sampleName }),
    ...(allow ? { allowedIds: allow.ids, allowedUris: allow.uris } : {}),
  }
  const key = keyOf(inputs, { options, measures, madeAt, digest })
  const kept = await options.cache?.get<Inspection>('validation.local', 'local', key)
  if (kept?.isFresh) {
    kept.value.findings.forEach((finding) => options.onFinding?.(finding))
    return { inspection: kept.value, digest, isKept: true, madeAt }
  }
  const inspection = await inspect(inputs, { ...options, apiVersions, measures })
  // What a rule could not judge may go better the next time.
  const isWhole = inspection.findings.every(({ id }) => id !== 'Rule.Failed')
  if (isWhole) await options.cache?.put('validation.local', 'local', key, inspection)
  return { inspection, digest, isKept: false, madeAt }
}

const sha256 = (): ReturnType<typeof createHash> => createHash('sha256')

/** Of one file its own SHA-256; of several one over their paths and contents. */
function digestOf(files: readonly RawFile[]): string {
  const [first] = files
  if (first && files.length === 1) return sha256().update(first.bytes).digest('hex')
  const hash = sha256()
  for (const { path, bytes } of files) hash.update(`\0${path}\0`).update(bytes)
  return hash.digest('hex')
}

/** What decides over findings beside the files: rules, what was asked, the data judged by. */
function keyOf(
  { files, only, linked }: Inputs,
  { options, measures, madeAt, digest }: { options: Target; measures: Measures; madeAt: number; digest: string },
): string {
  const { rule, only: steps, isCanonical = false } = options
  // The day judged by is left out: a report is used for its lifetime, also over midnight (inventory S9.6).
  const { now: _, ...lasting } = measures
  const asked = [RULE_SET_VERSION, rule ? ruleKey(rule) : '', steps, only, linked, lasting, madeAt, isCanonical]
  const hash = sha256().update(JSON.stringify(asked))
  if (!isCanonical)
    return hash
      .update(digest)
      .update(JSON.stringify(files.map(({ path }) => path)))
      .digest('hex')
  for (const file of files) hash.update(`\0${file.path}\0${canonical(textOfFile(file).text)}`)
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

type Inspecting = Target & { apiVersions: ApiVersionTable; measures: Measures }

const isManifest = ({ path }: RawFile): boolean => (MANIFEST_FILES as readonly string[]).includes(path)

/** Inspects the manifest here, and the rest here or, when it is much, in threads. */
async function inspect({ files, only, linked = [] }: Inputs, options: Inspecting): Promise<Inspection> {
  const manifest = manifestOf(files.filter(isManifest), options)
  manifest.findings.forEach((finding) => options.onFinding?.(finding))
  const documents = files.filter((one) => !isManifest(one))
  const isTested = ({ path }: RawFile): boolean => only === undefined || path === only || linked.includes(path)
  const tested = documents.filter(isTested).toSorted((a, b) => Number(isUiFile(b.path)) - Number(isUiFile(a.path)))
  const templates = (part: readonly RawFile[]): RawFile[] => templatesFor(part, documents, only)
  const parts = slicesOf(tested, options.isOneOfMany ?? false)
  const found =
    options.pool && parts && !options.memory
      ? await inThreads(parts, templates, { ...options, pool: options.pool })
      : [await inHere(tested, templates(tested), options)]
  return joined([manifest, ...found])
}

function manifestOf(manifests: readonly RawFile[], asked: Inspecting): Inspection {
  const isAsked = rulesAsked([{ name: MANIFEST_RULE, step: 'structure' }], asked).length > 0
  if (!isAsked || !manifests.length) return { findings: [], rules: [], waivers: [] }
  const findings = manifests.flatMap((one) => inspectManifest(textOfFile(one)))
  return { findings, rules: [{ rule: MANIFEST_RULE, state: 'run' }], waivers: [] }
}

/** All rules on some files in this thread, giving way to other work between them. */
function inHere(files: readonly RawFile[], templates: readonly RawFile[], options: Inspecting): Promise<Inspection> {
  const { rules = builtinRules, measures, apiVersions, system, signal, onProgress, onFinding, memory } = options
  return inspectFiles(
    { files: files.map(textOfFile), templates: templates.map(textOfFile), measures, asked: askedOf(options) },
    {
      rules,
      clock: system.clock.monotonic,
      apiVersions,
      async pause() {
        // The reason of the signal counts, where a timer would only say that it was aborted.
        signal?.throwIfAborted()
        await nextTurn()
      },
      ...(onProgress ? { onFile: onProgress } : {}),
      ...(onFinding ? { onFinding } : {}),
      ...(memory ? { memory } : {}),
    },
  )
}

/** Parts of a package side by side; they answer in their order. */
function inThreads(
  parts: readonly (readonly RawFile[])[],
  templates: (part: readonly RawFile[]) => readonly RawFile[],
  options: Inspecting & { pool: Pool },
): Promise<Inspection[]> {
  const { measures, signal, onProgress, onFinding, pool, system } = options
  const asked = askedOf(options)
  const began = system.clock.monotonic()
  const total = parts.reduce((sum, part) => sum + part.length, 0)
  let done = 0
  return Promise.all(
    parts.map(async (files) => {
      const onFile = (_: number, file: string): void => onProgress?.(done, total, file)
      const inspection = await pool.inspect({ files, templates: templates(files), measures, asked }, { signal, onFile })
      done += files.length
      onProgress?.(done, total, '')
      inspection.findings.forEach((finding) => onFinding?.(finding))
      return { ...inspection, times: later(inspection.times, system.clock.monotonic() - began) }
    }),
  )
}

const askedOf = ({ rule, only }: Inspecting): Asked => ({ rule, only })

/** Parts of a package as one. A rule that ran on one part ran. */
function joined(parts: readonly Inspection[]): Inspection {
  const rules = new Map<string, Report['rules'][number]>()
  for (const state of parts.flatMap((part) => part.rules)) {
    if (rules.get(state.rule)?.state !== 'run') rules.set(state.rule, state)
  }
  return {
    findings: parts.flatMap((part) => part.findings),
    rules: [...rules.values()],
    waivers: parts.flatMap((part) => part.waivers),
    times: merged(parts.map((part) => part.times ?? {})),
  }
}
