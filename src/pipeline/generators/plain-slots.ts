import { inQuotes } from './in-quotes.ts'

/** Renders with `more` over the context; undefined where a value is not there, of which Handlebars tells best. */
export type PlainRender = (more: Record<string, unknown>) => string | undefined

const SLOT = /\{\{([^{}]*)\}\}/g
/** A path of plain names. */
const PATH = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/
/** Names that mean something else to Handlebars. */
const WORDS = new Set(['true', 'false', 'null', 'undefined', 'this', 'else', 'as'])

/**
 * Reads a source whose slots are plain paths alone, `{{parameters.domain}}`: putting values in between is all there is
 * to render it, and needs neither Handlebars nor a run long enough for it to become fast. Undefined for any other.
 */
export function plainSlots(
  source: string,
  context: Record<string, unknown>,
  isHelper: (name: string) => boolean,
): PlainRender | undefined {
  if (source.includes('\\{{')) return undefined
  const paths = Array.from(source.matchAll(SLOT), ([, path = '']) => path.trim())
  const pieces = source.split(/\{\{[^{}]*\}\}/)
  // A third brace at either side means something else.
  const isOdd = (piece: string): boolean => piece.includes('{{') || piece.endsWith('{') || piece.startsWith('}')
  if (paths.length > 0 && pieces.some(isOdd)) return undefined
  if (paths.length === 0) return source.includes('{{') ? undefined : () => source
  const isPlain = (path: string): boolean => PATH.test(path) && path.split('.').every((name) => !WORDS.has(name))
  if (!paths.every((path) => isPlain(path) && !isHelper(path.split('.')[0] ?? ''))) return undefined
  const names = paths.map((path) => path.split('.'))
  const fixed = new Map<readonly string[], string>()
  return (more) => {
    let text = pieces[0] ?? ''
    for (const [index, path] of names.entries()) {
      const isFixed = !Object.hasOwn(more, path[0] ?? '')
      let value = isFixed ? fixed.get(path) : undefined
      if (value === undefined) {
        const found = valueAt(path, isFixed ? context : more)
        if (found === undefined) return undefined
        value = inQuotes(found)
        if (isFixed) fixed.set(path, value)
      }
      text += value + (pieces[index + 1] ?? '')
    }
    return text
  }
}

/** What is found along own members of objects. */
function valueAt(path: readonly string[], from: unknown): unknown {
  let value = from
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}
