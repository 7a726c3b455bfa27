interface Call {
  kind: 'call'
  name: string
  parts: Part[]
  tail: string
}
type Part =
  | { kind: 'text'; value: string }
  | Call
  /** A number or a name, as written. */
  | { kind: 'other'; text: string }

/** Text that is no expression as far as this file knows them; it is left alone. */
class NotUnderstood extends Error {}

const NAME = /[A-Za-z_][\w.]*/y
const NUMBER = /-?\d+(?:\.\d+)?/y
const TEXT = /'(?:[^']|'')*'/y
const MEMBER = /\.\w+/y
/** Calls within each other; Azure allows fewer. */
const MAX_NESTING = 100

class Parser {
  readonly #text: string
  #at: number
  readonly #end: number

  constructor(text: string, from: number, end: number) {
    this.#text = text
    this.#at = from
    this.#end = end
  }

  whole(): Part {
    const part = this.#part(0)
    this.#blanks()
    if (this.#at !== this.#end) throw new NotUnderstood()
    return part
  }

  #blanks(): void {
    while (this.#at < this.#end && /\s/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#text) ?? []
    if (found !== undefined) this.#at += found.length
    return found
  }

  #skip(char: string): boolean {
    this.#blanks()
    if (this.#text[this.#at] !== char || this.#at >= this.#end) return false
    this.#at++
    return true
  }

  #part(depth: number): Part {
    if (depth > MAX_NESTING) throw new NotUnderstood()
    this.#blanks()
    const text = this.#take(TEXT)
    if (text !== undefined) return { kind: 'text', value: text.slice(1, -1).replaceAll("''", "'") }
    const number = this.#take(NUMBER)
    if (number !== undefined) return { kind: 'other', text: number }
    const name = this.#take(NAME)
    if (name === undefined) throw new NotUnderstood()
    if (!this.#skip('(')) return { kind: 'other', text: name }
    return { kind: 'call', name, parts: this.#parts(depth), tail: this.#tail(depth) }
  }

  #parts(depth: number): Part[] {
    const parts: Part[] = []
    if (this.#skip(')')) return parts
    do parts.push(this.#part(depth + 1))
    while (this.#skip(','))
    if (!this.#skip(')')) throw new NotUnderstood()
    return parts
  }

  /** Members and indexes after a call. */
  #tail(depth: number): string {
    let tail = ''
    for (;;) {
      const member = this.#take(MEMBER)
      if (member !== undefined) tail += member
      else if (this.#text[this.#at] === '[' && this.#skip('[')) {
        tail += `[${written(shortened(this.#part(depth + 1)))}]`
        if (!this.#skip(']')) throw new NotUnderstood()
      } else return tail
    }
  }
}

const isConcat = (part: Part): boolean =>
  part.kind === 'call' && part.name.toLowerCase() === 'concat' && part.tail === ''

function shortened(part: Part): Part {
  if (part.kind !== 'call') return part
  const parts = part.parts.map(shortened)
  if (!isConcat(part)) return { ...part, parts }
  const joined: Part[] = []
  for (const one of parts.flatMap((inner) => (inner.kind === 'call' && isConcat(inner) ? inner.parts : [inner]))) {
    const last = joined.at(-1)
    if (one.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = { kind: 'text', value: last.value + one.value }
    else joined.push(one)
  }
  const [only] = joined
  return joined.length === 1 && only?.kind === 'text' ? only : { ...part, parts: joined }
}

function written(part: Part): string {
  if (part.kind === 'text') return `'${part.value.replaceAll("'", "''")}'`
  if (part.kind === 'other') return part.text
  return `${part.name}(${part.parts.map(written).join(',')})${part.tail}`
}

/**
 * A shorter text value for an expression with its brackets, without changing what it means: nested `concat` calls become
 * one, texts next to each other become one text, a `concat` of texts alone becomes that text, blanks between arguments go.
 * Undefined when there is none or the expression is not understood.
 */
export function shortenExpression(text: string): string | undefined {
  if (!text.startsWith('[') || !text.endsWith(']') || text.startsWith('[[')) return undefined
  let part: Part
  try {
    part = shortened(new Parser(text, 1, text.length - 1).whole())
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined
    throw error
  }
  // A plain text that begins with a bracket would be read as an expression.
  const isPlain = part.kind === 'text' && !part.value.startsWith('[')
  const shorter = isPlain && part.kind === 'text' ? part.value : `[${written(part)}]`
  return shorter.length < text.length ? shorter : undefined
}
