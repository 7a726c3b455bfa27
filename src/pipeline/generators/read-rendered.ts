import { itemManifest } from '../../model/errors.ts'
import { OUTSIDE } from '../../model/limits.ts'
import { readYaml } from '../../model/yaml-text.ts'

/**
 * A layer renders to JSON in which a comma may follow the last member, so that sections can come and go. YAML's flow
 * form is just that, and its reader tells the line of a fault.
 */
export function readRendered(text: string, file: string): unknown {
  const limits = { maxBytes: OUTSIDE.jsonBytes, maxValues: OUTSIDE.jsonValues }
  const read = readYaml(text, { schema: 'json', ...limits })
  if (read.fault) throw itemManifest(file, `does not render to JSON: line ${read.fault.line} ${read.fault.why}`)
  return read.data
}
