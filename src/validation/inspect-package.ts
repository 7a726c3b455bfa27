import { readDocument } from '../arm/document.ts'
import { entriesOf, member, textOf } from '../arm/node.ts'
import { baseName, isMainTemplate } from '../arm/templates.ts'
import { reasonOf } from '../model/errors.ts'
import { manifestSchema } from '../model/manifest.ts'
import { MANIFEST_FILES } from '../model/manifest-files.ts'
import type { Finding, Report } from '../model/report.ts'
import { harmless } from '../model/text.ts'
import { readYaml } from '../model/yaml-text.ts'
import { failureOf } from './inspect.ts'
import type { Asked, Inspection, Times } from './inspection.ts'
import { rulesAsked } from './inspection.ts'
import { textOfFile, type Inputs, type RawFile } from './inputs.ts'
import { placeIn } from './manifest-rule.ts'
import type { KnownGood, ManifestFacts, PackageFault, PackageRule, PackageSubject, Rule } from './rule.ts'

interface Asking {
  rules: readonly Rule[]
  asked: Asked
  /** What is installed or comes with the program; asked for only when a manifest depends on something. */
  known?: (() => Promise<readonly KnownGood[]>) | undefined
  /** Milliseconds from any fixed moment. */
  clock(): number
}

/** The rules about a package as a whole. Nothing of it is kept: a read-me and what is installed change by themselves. */
export async function inspectPackage(inputs: Inputs, { rules, asked, known, clock }: Asking): Promise<Inspection> {
  const due = rulesAsked(rules, asked).filter((rule) => rule.family === 'package')
  const began = clock()
  const subject = due.length > 0 ? await subjectOf(inputs, known) : 'no rule about packages was asked for'
  const findings: Finding[] = []
  const states: Report['rules'] = []
  const times: Times = {}
  for (const rule of due) {
    const why = typeof subject === 'string' ? subject : lackOf(rule, subject)
    if (why !== undefined || typeof subject === 'string') {
      states.push({ rule: rule.name, state: 'skipped', ...(why === undefined ? {} : { reason: why }) })
      continue
    }
    const startMs = times[rule.step]?.startMs ?? clock() - began
    findings.push(...judge(rule, subject))
    times[rule.step] = { startMs, endMs: clock() - began }
    states.push({ rule: rule.name, state: 'run' })
  }
  return { findings, rules: states, waivers: [], times }
}

function judge(rule: PackageRule, subject: PackageSubject): Finding[] {
  try {
    return [...rule.inspect(subject)].map((fault) => findingOf(rule, fault))
  } catch (error) {
    return [{ ...failureOf(rule.name, subject.face, `it ended with an error (${reasonOf(error)})`), step: rule.step }]
  }
}

function findingOf(rule: PackageRule, fault: PackageFault): Finding {
  const { id, file, line, column, message, level = 'warning', severity = rule.severity, path, points } = fault
  return {
    rule: rule.name,
    ...(id === undefined ? {} : { id }),
    level,
    severity,
    file: harmless(file, 500),
    line,
    column,
    message: harmless(message, 500),
    step: rule.step,
    ...(rule.part ? { part: rule.part } : {}),
    ...(points === undefined ? {} : { points }),
    ...(path === undefined ? {} : { path: harmless(path, 500) }),
  }
}

/** Why a rule has nothing to look at. */
function lackOf({ needs }: PackageRule, { manifest, known }: PackageSubject): string | undefined {
  if (needs !== undefined && !manifest) return 'there is no manifest that can be read'
  if (needs !== 'known') return undefined
  if (manifest?.data.dependencies.length === 0) return 'the manifest depends on nothing'
  return known ? undefined : 'nobody said what else there is'
}

/** The package; why it is none when it is none. */
async function subjectOf(inputs: Inputs, ask: Asking['known']): Promise<PackageSubject | string> {
  const { files, only, documents = [] } = inputs
  if (only !== undefined) return 'one file is no package'
  const byDepth = files.toSorted((a, b) => a.path.split('/').length - b.path.split('/').length)
  const main = byDepth.find(({ path }) => isMainTemplate(path) || path === 'main.json')
  const written = files.find(({ path }) => (MANIFEST_FILES as readonly string[]).includes(path))
  const face = (written ?? main)?.path
  if (face === undefined) return 'there is neither a manifest nor a main template'
  const manifest = written && manifestOf(written)
  const isNeedy = manifest !== undefined && manifest.data.dependencies.length > 0
  return {
    paths: files.map(({ path }) => path),
    face,
    documents: documents.map(textOfFile),
    manifest,
    parameters: parametersOf(manifest, main),
    known: isNeedy ? await ask?.() : undefined,
  }
}

/** What a manifest says; a faulty one is told by the rule of its own. */
function manifestOf(file: RawFile): ManifestFacts | undefined {
  const read = readYaml(textOfFile(file).text)
  if (read.fault) return undefined
  const checked = manifestSchema.safeParse(read.data)
  if (!checked.success) return undefined
  return { file: file.path, data: checked.data, placeOf: (path) => placeIn(read, path) }
}

function parametersOf(manifest: ManifestFacts | undefined, main: RawFile | undefined): PackageSubject['parameters'] {
  const declared = Object.entries(manifest?.data.parameters?.properties ?? {})
  if (declared.length > 0) {
    return declared.map(([name, schema]) => ({ name, isDescribed: isText(schema['description'] ?? schema['title']) }))
  }
  if (!manifest || !main) return []
  const { root } = readDocument(baseName(main.path), textOfFile(main).text)
  return entriesOf(member(root, 'parameters')).map(({ name, value }) => {
    return { name, isDescribed: isText(textOf(member(value, 'metadata', 'description'))) }
  })
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== ''
