import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { z } from 'zod'
import { itemManifest } from '../../model/errors.ts'
import { OUTSIDE } from '../../model/limits.ts'
import { manifestSchema } from '../../model/manifest.ts'
import { MANIFEST_FILES } from '../../model/manifest-files.ts'
import type { Manifest } from '../../model/manifest.ts'
import { readYaml as parseYaml } from '../../model/yaml-text.ts'
import { PLAIN_ENVIRONMENTS, environmentsSchema } from './environments.ts'
import type { Environments } from './environments.ts'
import { sharedAddresses } from './network.ts'
import { checkSteps, stepsSchema, type Step } from './steps.ts'
import { TABLES, TABLE_NAMES, joinTables, type Tables } from './tables.ts'

/** Names that are neither hidden nor lead up, with slashes between. */
const BELOW = /^(?!.*(^|\/)\.\.?(\/|$))[\w.{}@-]+(\/[\w.{}@-]+)*$/

/** The `generator` member of a manifest of ours. */
const generatorSchema = z.looseObject({
  type: z.literal('arm-layers'),
  /** Layer files in the order their resources appear, relative to the template's folder. */
  layers: z.array(z.string()).min(1),
  /** A file with the order of deployment: each step of it is a nested deployment. */
  steps: z.string().optional(),
  /** Files that layers take in: `{{> name}}` for JSON, `{{inline "name"}}` for a text within quotes. */
  parts: z.array(z.string()).default([]),
  /** The part that renders to a Mermaid diagram of one environment. */
  diagram: z.string().optional(),
  /** Layers that make one resource for each entry of a list parameter, after all others. */
  repeats: z.array(z.object({ file: z.string(), each: z.string() })).default([]),
  environments: z.string().optional(),
  /** Files of tables that stand beside the environments, by what they hold. */
  tables: z.partialRecord(z.enum(TABLE_NAMES), z.string()).default({}),
  /** Files beside the template, rendered or as they are; `{env}` in `to` is the environment. A folder stands for its files. */
  files: z
    .array(
      z.strictObject({
        from: z.string(),
        to: z.string().regex(BELOW, 'must be a path below the output'),
        format: z.enum(['arm', 'pulumi', 'both']).default('arm'),
        /** A feature, setting or parameter that must be on, with "!" before it off. */
        when: z.string().optional(),
      }),
    )
    .default([]),
  /** A layer that renders to what a managed application shows in the portal. */
  viewDefinition: z.string().optional(),
})

interface Layer {
  name: string
  file: string
  source: string
}

/** A template as it lies in its folder, read and checked. */
export interface Template {
  folder: string
  manifest: Manifest
  environments: Environments
  layers: Layer[]
  /** Made once for each entry of the parameter `each`. */
  repeats: (Layer & { each: string })[]
  viewDefinition?: Layer
  files: TextFile[]
  steps: Step[]
  parts: Layer[]
  diagram?: Layer
}

/** A file beside the template. Its name ends in `.hbs` where it is rendered. */
export interface TextFile {
  from: string
  to: string
  format: 'arm' | 'pulumi' | 'both'
  when?: string | undefined
  source: string
}

/** Reads a template folder; every file it names must lie inside it. */
export function loadTemplate(folder: string): Template {
  const manifest = readManifest(folder)
  const generator = check(generatorSchema, manifest.generator, join(folder, 'souk.yaml'), 'generator: ')
  const environments =
    generator.environments === undefined
      ? PLAIN_ENVIRONMENTS
      : readEnvironments(folder, generator.environments, generator.tables)
  const layers = generator.layers.map((file) => ({ name: layerName(file), file, source: readInside(folder, file) }))
  const { viewDefinition: view, diagram: drawing } = generator
  const repeats = generator.repeats.map(({ file, each }) => {
    return { name: layerName(file), file, each, source: readInside(folder, file) }
  })
  const definition = view === undefined ? undefined : { name: 'view', file: view, source: readInside(folder, view) }
  const files = generator.files.flatMap((one) => readFiles(folder, one))
  const steps = generator.steps === undefined ? [] : readSteps(folder, generator.steps)
  if (steps.length > 0 && repeats.length > 0) {
    throw itemManifest(join(folder, 'souk.yaml'), 'generator: steps and repeats exclude each other')
  }
  const parts = generator.parts.map((part) => ({ name: layerName(part), file: part, source: readInside(folder, part) }))
  return {
    folder,
    manifest,
    environments,
    layers,
    repeats,
    files,
    steps,
    parts,
    ...(drawing === undefined
      ? {}
      : { diagram: { name: 'diagram', file: drawing, source: readInside(folder, drawing) } }),
    ...(definition ? { viewDefinition: definition } : {}),
  }
}

/** The environments of a template: their file, and the tables beside it. */
function readEnvironments(
  folder: string,
  file: string,
  tables: Partial<Record<keyof typeof TABLES, string>>,
): Environments {
  const read: Tables = {}
  for (const name of TABLE_NAMES) {
    const path = tables[name]
    if (path !== undefined) {
      Object.assign(read, { [name]: check<unknown>(TABLES[name], readYaml(folder, path), join(folder, path)) })
    }
  }
  const clash = sharedAddresses(read.network?.addresses ?? {})
  if (clash !== undefined) throw itemManifest(join(folder, tables.network ?? file), clash)
  const own = check(environmentsSchema.loose(), readYaml(folder, file), join(folder, file))
  return Object.keys(tables).length === 0 ? own : check(environmentsSchema, joinTables(own, read), join(folder, file))
}

/** The files an entry stands for: itself, or all below it, sorted by name. */
function readFiles(folder: string, entry: Omit<TextFile, 'source'>): TextFile[] {
  const { from, to } = entry
  if (!statSync(join(folder, from), { throwIfNoEntry: false })?.isDirectory()) {
    return [{ ...entry, source: readInside(folder, from) }]
  }
  return readdirSync(join(folder, from), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => relative(join(folder, from), join(one.parentPath, one.name)).split(sep).join('/'))
    .toSorted()
    .map((path) => {
      const source = readInside(folder, `${from}/${path}`)
      return { ...entry, from: `${from}/${path}`, to: `${to}/${path.replace(/\.hbs$/, '')}`, source }
    })
}

function readSteps(folder: string, file: string): Step[] {
  const { steps } = check(stepsSchema, readYaml(folder, file), join(folder, file))
  checkSteps(steps, join(folder, file))
  return steps.map((step) => ({
    ...step,
    sources: step.layers.map((layer) => ({ file: layer, source: readInside(folder, layer) })),
  }))
}

const layerName = (file: string): string => basename(file).split('.', 1)[0] ?? ''

export function hasManifest(folder: string): boolean {
  return MANIFEST_FILES.some((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true)
}

/** The manifest of a folder of goods, checked. Throws `item.manifest`. */
export function readManifest(folder: string): Manifest {
  const file = MANIFEST_FILES.find((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true)
  if (file === undefined) throw itemManifest(folder, `there is no ${MANIFEST_FILES[0]} in this folder`)
  return check(manifestSchema, readYaml(folder, file), join(folder, file))
}

function readYaml(folder: string, file: string): unknown {
  const read = parseYaml(readInside(folder, file))
  if (read.fault) throw itemManifest(`${join(folder, file)}:${read.fault.line}`, read.fault.why)
  return read.data
}

function check<T>(schema: z.ZodType<T>, value: unknown, where: string, prefix = ''): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw itemManifest(where, `${prefix}${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? 'is wrong'}`)
}

/** A text file of a folder; a path or link that leads out of it is refused. */
export function readInside(folder: string, file: string): string {
  const root = realpathSync(folder)
  let path: string
  try {
    path = realpathSync(join(root, file))
  } catch {
    throw itemManifest(join(folder, file), 'this file is named in the manifest and is not there')
  }
  if (!path.startsWith(root + sep)) throw itemManifest(join(folder, file), 'this path leads out of the template')
  if (statSync(path).size > OUTSIDE.fileTextBytes) throw itemManifest(join(folder, file), 'this file is too large')
  return readFileSync(path, 'utf8')
}
