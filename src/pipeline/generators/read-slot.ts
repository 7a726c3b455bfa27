/** A value that a slot is given: written out, or found along a path of names. */
export type Argument = { value: string | number } | { path: readonly string[] }

/** What stands within the braces of a template. */
export interface Slot {
  /** The helper that is called; without one the only value stands for itself. */
  helper: string | undefined
  values: Argument[]
  hash: [name: string, value: Argument][]
  /** The first name of every path. */
  names: string[]
  /** Put in as it is, not as a text within quotes. */
  isRaw: boolean
}

/** A path of plain names. */
const PATH = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/
/** Names that mean something else to Handlebars. */
const WORDS = new Set(['true', 'false', 'null', 'undefined', 'this', 'else', 'as'])
/** One argument after a space, and its name if it has one. */
const ARGUMENT = /\s+(?:([A-Za-z_$][\w$]*)=)?("[^"\\]*"|'[^'\\]*'|[^\s"'=]+)/y
const NUMBER = /^\d{1,15}$/

/** Reads a slot that is a plain path, or a call of a helper with plain values; undefined for any other. */
export function readSlot(text: string, isRaw: boolean, isHelper: (name: string) => boolean): Slot | undefined {
  const words = text.trim()
  const end = words.search(/\s/)
  const [first, rest] = end < 0 ? [words, ''] : [words.slice(0, end), words.slice(end)]
  const pathOf = (word: string): string[] | undefined => {
    const path = PATH.test(word) ? word.split('.') : undefined
    return path?.every((name) => !WORDS.has(name)) && !isHelper(path[0] ?? '') ? path : undefined
  }
  if (rest === '') {
    const path = pathOf(first)
    return path && { helper: undefined, values: [{ path }], hash: [], names: path.slice(0, 1), isRaw }
  }
  if (isRaw || !isHelper(first)) return undefined
  const slot: Slot = { helper: first, values: [], hash: [], names: [], isRaw }
  ARGUMENT.lastIndex = 0
  for (let at = 0; at < rest.length; at = ARGUMENT.lastIndex) {
    const [, name, word] = ARGUMENT.exec(rest) ?? []
    const value = word === undefined ? undefined : argumentOf(word, pathOf)
    // Values without a name stand first.
    if (!value || (name === undefined && slot.hash.length > 0)) return undefined
    if (name === undefined) slot.values.push(value)
    else slot.hash.push([name, value])
    if ('path' in value) slot.names.push(value.path[0] ?? '')
  }
  return slot
}

function argumentOf(word: string, pathOf: (word: string) => string[] | undefined): Argument | undefined {
  if (word.startsWith('"') || word.startsWith("'")) return { value: word.slice(1, -1) }
  if (NUMBER.test(word)) return { value: Number(word) }
  const path = pathOf(word)
  return path && { path }
}
