import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { manifestSchema } from '../model/manifest.ts'
import { MANIFEST_FILES } from '../model/manifest-files.ts'
import { OUTSIDE } from '../model/limits.ts'
import { readYaml } from '../model/yaml-text.ts'

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

/** The parameters declared by the manifest of a template in a folder of this machine. */
export function declaredParameters(folder: string): unknown {
  const manifest = manifestSchema.safeParse(manifestIn(folder))
  return manifest.success ? manifest.data.parameters : undefined
}
