import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, normalize } from 'node:path'
import { MANIFEST_FILES, manifestSchema } from '../model/manifest.ts'
import { OUTSIDE } from '../model/limits.ts'
import { harmless } from '../model/text.ts'
import { readYaml } from '../model/yaml-text.ts'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function yamlIn(file: string): unknown {
  try {
    if (statSync(file).size > OUTSIDE.yamlBytes) return undefined
    const read = readYaml(readFileSync(file, 'utf8'))
    return read.fault ? undefined : read.data
  } catch {
    // Not there, or not readable: the job that follows says what is wrong with it.
    return undefined
  }
}

/** The manifest of goods that lie in a folder of this machine; undefined where there is none to read. */
function manifestIn(folder: string): unknown {
  for (const name of MANIFEST_FILES) {
    const manifest = yamlIn(join(folder, name))
    if (manifest !== undefined) return manifest
  }
  return undefined
}

/** A path that leads to something in the folder it starts from. */
const isBelow = (path: string): boolean => !isAbsolute(path) && !/^\.\.?($|[\\/])/.test(normalize(path))

/** The environments that a template in a folder of this machine tells in a file beside its manifest; else undefined. */
export function environmentNames(folder: string): string[] | undefined {
  const manifest = manifestSchema.safeParse(manifestIn(folder))
  const file = manifest.success ? manifest.data.generator?.['environments'] : undefined
  if (typeof file !== 'string' || !isBelow(file)) return undefined
  const table = yamlIn(join(folder, file))
  const named = isRecord(table) && isRecord(table['environments']) ? Object.keys(table['environments']) : []
  return named.length ? named.map((name) => harmless(name, 40)) : undefined
}

/** The parameters declared by the manifest of a template in a folder of this machine. */
export function declaredParameters(folder: string): unknown {
  const manifest = manifestSchema.safeParse(manifestIn(folder))
  return manifest.success ? manifest.data.parameters : undefined
}
