import { parseDocument } from 'yaml'
import { itemManifest } from '../../model/errors.ts'
import { harmless } from '../../model/text.ts'

/** Deepest nesting of lists and objects in JSON from outside. */
const MAX_DEPTH = 64
/** Most uses of YAML aliases in one document, against documents that unfold without end. */
const MAX_ALIASES = 50

/** Deepest nesting of brackets outside strings, found without building anything. Stops counting once past `limit`. */
function nestingOf(text: string, limit: number): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length && deepest <= limit; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 92) at++
      else if (code === 34) inString = false
    } else if (code === 34) inString = true
    else if (code === 123 || code === 91) deepest = Math.max(deepest, ++depth)
    else if (code === 125 || code === 93) depth--
  }
  return deepest
}

/** JSON from outside. Throws `item.manifest` with the place when it cannot be read or nests too deeply. */
export function parseJson(text: string, where: string): unknown {
  if (nestingOf(text, MAX_DEPTH) > MAX_DEPTH)
    throw itemManifest(where, `nests deeper than ${MAX_DEPTH} levels`, { file: where })
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch (error) {
    // The message quotes the text that could not be read.
    const why = error instanceof Error ? harmless(error.message, 120) : 'unreadable'
    throw itemManifest(where, `is not JSON (${why})`, { file: where })
  }
}

/** YAML from outside, one document, core schema, unique keys. Throws `item.manifest` naming file and line. */
function parseYaml(text: string, where: string): unknown {
  let place = where
  try {
    const document = parseDocument(text, { schema: 'core', uniqueKeys: true, logLevel: 'silent' })
    const first = document.errors[0]
    if (first) {
      place = `${where}:${first.linePos?.[0].line ?? 1}`
      throw new Error(first.message.split('\n')[0] ?? 'unreadable')
    }
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    const why = error instanceof RangeError ? 'nests too deeply' : error instanceof Error ? error.message : 'unreadable'
    throw itemManifest(place, `is not YAML that can be read (${harmless(why, 160)})`, { file: where })
  }
}

/** By the ending of the name: `.json` is JSON, all else YAML. */
export function parseText(text: string, where: string): unknown {
  return /\.json$/i.test(where) ? parseJson(text, where) : parseYaml(text, where)
}
