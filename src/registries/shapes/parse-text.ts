import { itemManifest } from '../../model/errors.ts'
import { OUTSIDE } from '../../model/limits.ts'
import { harmless } from '../../model/text.ts'
import { readYaml } from '../../model/yaml-text.ts'

/**
 * Why a JSON text is not read, found in one pass that builds nothing: it nests too deeply, or it holds so many values
 * that they would fill the memory, however short each is.
 */
function excessOf(text: string): string | undefined {
  let depth = 0
  let values = 1
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 92) at++
      else if (code === 34) inString = false
    } else if (code === 34) inString = true
    else if (code === 123 || code === 91) {
      values++
      if (++depth > OUTSIDE.jsonDepth) return `nests deeper than ${OUTSIDE.jsonDepth} levels`
    } else if (code === 125 || code === 93) depth--
    else if (code === 44 && ++values > OUTSIDE.jsonValues) return `holds more than ${OUTSIDE.jsonValues} values`
  }
  return undefined
}

/** JSON from outside. Throws `item.manifest` with the place when it cannot be read or nests too deeply. */
export function parseJson(text: string, where: string): unknown {
  const excess = excessOf(text)
  if (excess) throw itemManifest(where, excess, { file: where })
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch (error) {
    // The message quotes the text that could not be read.
    const why = error instanceof Error ? harmless(error.message, 120) : 'unreadable'
    throw itemManifest(where, `is not JSON (${why})`, { file: where })
  }
}

/** YAML from outside, one document. Throws `item.manifest` naming file and line. */
function parseYaml(text: string, where: string): unknown {
  const read = readYaml(text)
  if (read.fault) throw itemManifest(`${where}:${read.fault.line}`, read.fault.why, { file: where })
  return read.data
}

/** By the ending of the name: `.json` is JSON, all else YAML. */
export function parseText(text: string, where: string): unknown {
  return /\.json$/i.test(where) ? parseJson(text, where) : parseYaml(text, where)
}
