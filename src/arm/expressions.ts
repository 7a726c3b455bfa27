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
const LIST = /(?<=[[(,]\s*)list\w*\s*\(/gi
const TAIL = /(?:\[\d+\]|\.\w+(?:\[\d+\])*)*\s*\]/y
/** No expression of Azure may be longer than 24,576 characters; brackets are not balanced beyond this. */
const MAX_EXPRESSION = 100_000

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
  return callsOf(text, new RegExp(String.raw`(?<=[[(,]\s*)${name}\s*\(`, 'gi'))
}

/** Calls of `list...` functions such as listKeys, without overlap. */
export function listCalls(text: string): Match[] {
  return callsOf(text, LIST)
}

function callsOf(text: string, pattern: RegExp): Match[] {
  const found: Match[] = []
  let from = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index < from) continue
    const end = closing(text, match.index + match[0].length - 1)
    if (end === undefined) continue
    found.push({ start: match.index, end, text: text.slice(match.index, end) })
    from = end
  }
  return found
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
  for (let index = at - 1; index >= 0; index--) {
    const char = text[index] ?? ''
    if (marks.includes(char) && text[index - 1] !== '\\') return char
  }
  return undefined
}

/** Whether the string holds an expression anywhere: `[name(...)]` with optional `[0]` and `.member` parts after the call. */
export function hasExpression(text: string): boolean {
  for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) if (isExpressionAt(text, at)) return true
  return false
}

function isExpressionAt(text: string, at: number): boolean {
  for (let index = at + 1; index < text.length && !/\s/.test(text[index] ?? ''); index++) {
    if (text[index] !== '(' || index === at + 1) continue
    const end = closing(text, index)
    if (end === undefined) return false
    TAIL.lastIndex = end
    if (TAIL.test(text)) return true
  }
  return false
}
