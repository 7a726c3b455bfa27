/**
 * The expression language as far as rules need it, on the raw text of a template. Shapes follow the Azure toolkit:
 * names compare without regard to case, and a function is a name after `[`, `(` or `,` with balanced brackets.
 */

/** A stretch of a text. */
export interface Match {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A use of a parameter or variable by name. */
export interface Reference {
  /** In lower case. */
  readonly name: string
  readonly start: number
  readonly end: number
}

const PARAMETER = /parameters\s*\(\s*'([^'\n]*)'\s*\)/gi
const VARIABLE = /variables\s?\(\s*'([^'\n]*)'\s*\)/gi
const LIST = /list\w*\s*\(/gi
const TAIL = /(?:\[\d+\]|\.\w+(?:\[\d+\])*)*\s*\]/y
/** No expression of Azure may be longer than 24,576 characters; brackets are not balanced beyond this. */
const MAX_EXPRESSION = 25_000
/** Calls nested deeper than this in one string are not looked at. */
const MAX_TRIES = 200

function references(text: string, pattern: RegExp): Reference[] {
  return Array.from(text.matchAll(pattern), (match) => ({
    name: (match[1] ?? '').toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }))
}

/** Every `parameters('name')`, in order. */
export const parameterReferences = (text: string): Reference[] => references(text, PARAMETER)

/** Every `variables('name')`, in order. */
export const variableReferences = (text: string): Reference[] => references(text, VARIABLE)

/** Whether the string holds `parameters('...')`. */
export const refersToParameter = (text: string): boolean => text.search(PARAMETER) >= 0

/** The offset just past the bracket that closes the one at `open`; undefined when none does. Quotes are not heeded. */
function closing(text: string, open: number): number | undefined {
  let depth = 0
  const end = Math.min(text.length, open + MAX_EXPRESSION)
  for (let at = open; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x28) depth++
    else if (code === 0x29 && --depth === 0) return at + 1
  }
  return undefined
}

/** Calls of a function, without overlap; each from the first letter of its name to its closing bracket. */
export function functionCalls(text: string, name: string): Match[] {
  return callsOf(text, new RegExp(String.raw`${name}\s*\(`, 'gi'))
}

/** Calls of `list...` functions such as listKeys, without overlap. */
export function listCalls(text: string): Match[] {
  return callsOf(text, LIST)
}

function callsOf(text: string, pattern: RegExp): Match[] {
  const found: Match[] = []
  let from = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index < from || !isCallPlace(text, match.index)) continue
    const end = closing(text, match.index + match[0].length - 1)
    if (end === undefined) continue
    found.push({ start: match.index, end, text: text.slice(match.index, end) })
    from = end
  }
  return found
}

/** Whether the nearest character to the left, past white space, lets a function begin here. */
function isCallPlace(text: string, at: number): boolean {
  let left = at - 1
  while (left >= 0 && ' \t\r\n'.includes(text[left] ?? 'x')) left--
  return left >= 0 && '[(,'.includes(text[left] ?? 'x')
}

/** Where the first `list...(` opens, counted from the bracket or comma before its name; -1 when there is none. */
export function firstListOpening(text: string, from = 0): number {
  const pattern = /[[(,]\s*list\w*\s*\(/gi
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? -1
}

/**
 * What stands left of a hit: the nearest of `[`, `"` and the other given marks that no backslash escapes.
 * `[` means that the hit stands inside an expression; undefined when the text begins first.
 */
export function guardOf(text: string, at: number, marks = '["'): string | undefined {
  const [first, second, third] = [marks.charCodeAt(0), marks.charCodeAt(1), marks.charCodeAt(2)]
  for (let index = at - 1; index >= 0; index--) {
    // By number: this looks at every character left of every reference of a template.
    const code = text.charCodeAt(index)
    if ((code === first || code === second || code === third) && text[index - 1] !== '\\') return text[index]
  }
  return undefined
}

/** Whether the string holds an expression anywhere: `[name(...)]` with optional `[0]` and `.member` parts after the call. */
export function hasExpression(text: string): boolean {
  for (let at = text.indexOf('['); at >= 0;) {
    const end = expressionEnd(text, at)
    if (end === 'found') return true
    // What fails from this bracket fails from every later one of the same run too.
    at = text.indexOf('[', end)
  }
  return false
}

/** `found`, or where the run of non-space characters that was looked at ends. */
function expressionEnd(text: string, at: number): number | 'found' {
  let tries = 0
  let index = at + 1
  for (; index < text.length && !/\s/.test(text[index] ?? ''); index++) {
    if (text[index] !== '(' || index === at + 1 || ++tries > MAX_TRIES) continue
    const end = closing(text, index)
    TAIL.lastIndex = end ?? 0
    if (end !== undefined && TAIL.test(text)) return 'found'
  }
  return index
}
