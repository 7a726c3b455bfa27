import { readFileSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { itemManifest, reasonOf } from '../../model/errors.ts'
import { MANIFEST_FILES, manifestSchema } from '../../model/manifest.ts'
import type { Manifest } from '../../model/manifest.ts'
import { PLAIN_ENVIRONMENTS, environmentsSchema } from './environments.ts'
import type { Environments } from './environments.ts'

/** Largest template file that is read, bytes. */
const MAX_FILE_BYTES = 2 * 1024 * 1024

/** The `generator` member of a manifest of ours. */
const generatorSchema = z.looseObject({
  type: z.literal('arm-layers'),
  /** Layer files in the order their resources appear, relative to the template's folder. */
  layers: z.array(z.string()).min(1),
  environments: z.string().optional(),
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
}

/** Reads a template folder; every file it names must lie inside it. */
export function loadTemplate(folder: string): Template {
  const manifest = readManifest(folder)
  const generator = check(generatorSchema, manifest.generator, join(folder, 'souk.yaml'), 'generator: ')
  const environments =
    generator.environments === undefined
      ? PLAIN_ENVIRONMENTS
      : check(environmentsSchema, readYaml(folder, generator.environments), join(folder, generator.environments))
  const layers = generator.layers.map((file) => ({ name: layerName(file), file, source: readInside(folder, file) }))
  return { folder, manifest, environments, layers }
}

const layerName = (file: string): string => file.replace(/^.*\//, '').replace(/\..*$/, '')

export function hasManifest(folder: string): boolean {
  return MANIFEST_FILES.some((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true)
}

function readManifest(folder: string): Manifest {
  const file = MANIFEST_FILES.find((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true)
  if (file === undefined) throw itemManifest(folder, `there is no ${MANIFEST_FILES[0]} in this folder`)
  return check(manifestSchema, readYaml(folder, file), join(folder, file))
}

function readYaml(folder: string, file: string): unknown {
  const text = readInside(folder, file)
  try {
    return parse(text, { maxAliasCount: 50 }) as unknown
  } catch (error) {
    throw itemManifest(join(folder, file), reasonOf(error).split('\n')[0] ?? 'cannot be read')
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, where: string, prefix = ''): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw itemManifest(where, `${prefix}${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? 'is wrong'}`)
}

/** A file of the template; links that lead out of its folder are refused. */
function readInside(folder: string, file: string): string {
  const root = realpathSync(folder)
  let path: string
  try {
    path = realpathSync(join(root, file))
  } catch {
    throw itemManifest(join(folder, file), 'this file is named in the manifest and is not there')
  }
  if (!path.startsWith(root + sep)) throw itemManifest(join(folder, file), 'this path leads out of the template')
  if (statSync(path).size > MAX_FILE_BYTES) throw itemManifest(join(folder, file), 'this file is too large')
  return readFileSync(path, 'utf8')
}
