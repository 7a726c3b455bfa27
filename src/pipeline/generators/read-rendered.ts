import { itemManifest } from '../../model/errors.ts'
import { OUTSIDE } from '../../model/limits.ts'
import { readYaml } from '../../model/yaml-text.ts'

/**
 * A layer renders to JSON in which a comma may follow the last member, so that sections can come and go. YAML's flow
 * form is just that, and its reader tells the line of a fault; it takes many times as long as JSON's own, which is
 * therefore tried first.
 */
export function readRendered(text: string, file: string): unknown {
  const quick = text.length > OUTSIDE.jsonBytes ? undefined : readQuickly(text)
  if (quick !== undefined) return quick
  const limits = { maxBytes: OUTSIDE.jsonBytes, maxValues: OUTSIDE.jsonValues }
  const read = readYaml(text, { schema: 'json', ...limits })
  if (read.fault) throw itemManifest(file, `does not render to JSON: line ${read.fault.line} ${read.fault.why}`)
  return read.data
}

/** A text within quotes, with the colon behind it where it is a name; or a comma that nothing follows. */
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|,(?=\s*[}\]])/g

/** The value, or undefined where it is no JSON without such commas, is too large, or a name stands twice in an object. */
function readQuickly(text: string): unknown {
  let names = 0
  const plain = text.replaceAll(TOKEN, (token: string, colon: string | undefined) => {
    if (colon !== undefined) names += 1
    return token === ',' ? '' : token
  })
  try {
    const value: unknown = JSON.parse(plain)
    const counted = count(value)
    return counted.names === names && counted.values <= OUTSIDE.jsonValues ? value : undefined
  } catch {
    return undefined
  }
}

function count(value: unknown, sum = { names: 0, values: 0 }): { names: number; values: number } {
  sum.values += 1
  if (typeof value !== 'object' || value === null) return sum
  const members = Object.values(value) as unknown[]
  if (!Array.isArray(value)) sum.names += members.length
  for (const one of members) count(one, sum)
  return sum
}
