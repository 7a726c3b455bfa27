import { inQuotes } from './in-quotes.ts'
import { fixed, type Fixed, type Piece } from './piece.ts'
import { readSlot, type Argument, type Slot } from './read-slot.ts'

/** Renders with `more` over the context; undefined where a value is not there, of which Handlebars tells best. */
export type PlainRender = (more: Record<string, unknown>) => Piece[] | undefined

/** What a source may call: whatever a helper needs besides its values stands in `hash`. */
export interface PlainHelpers {
  has(name: string): boolean
  /** What a helper answers as it stands within quotes; undefined where that one needs more than its values. */
  call(name: string, values: readonly unknown[], hash: Record<string, unknown>): string | undefined
}

/** Two braces within three mean something else than two. */
const SLOT = /\{\{\{([^{}]*)\}\}\}|\{\{([^{}]*)\}\}/g

interface Plain<P = string> {
  /** One more than there are slots. */
  pieces: P[]
  slots: Slot[]
}

/**
 * Reads a source whose slots are plain paths and calls of helpers alone, `{{parameters.domain}}` or
 * `{{unique env length=5}}`: putting values in between is all there is to render it, and needs neither Handlebars nor a
 * run long enough for it to become fast. Undefined for any other. `more` has the same names each time.
 */
export function plainSlots(
  source: string,
  context: Record<string, unknown>,
  helpers: PlainHelpers,
): PlainRender | undefined {
  const plain = readPlain(source, helpers)
  if (!plain) return undefined
  const textOf = (slot: Slot, more: Record<string, unknown>): string | undefined =>
    slotText(slot, more, context, helpers)
  let plan: Plain<Fixed> | 'none' | undefined
  return (more) => {
    plan ??= withFixed(plain, more, textOf) ?? 'none'
    if (plan === 'none') return undefined
    const { pieces, slots } = plan
    const all: Piece[] = [pieces[0] as Fixed]
    for (let index = 0; index < slots.length; index++) {
      const value = textOf(slots[index] as Slot, more)
      if (value === undefined) return undefined
      all.push(value, pieces[index + 1] as Fixed)
    }
    return all
  }
}

function readPlain(source: string, helpers: PlainHelpers): Plain | undefined {
  if (source.includes('\\{{')) return undefined
  const pieces: string[] = []
  const slots: Slot[] = []
  let from = 0
  for (const match of source.matchAll(SLOT)) {
    const [whole, raw, quoted = ''] = match
    const slot = readSlot(raw ?? quoted, raw !== undefined, helpers.has)
    if (!slot) return undefined
    slots.push(slot)
    pieces.push(source.slice(from, match.index))
    from = match.index + whole.length
  }
  pieces.push(source.slice(from))
  // A further brace at either side means something else.
  const isOdd = (piece: string): boolean => piece.includes('{{') || piece.endsWith('{') || piece.startsWith('}')
  if (slots.length === 0) return source.includes('{{') ? undefined : { pieces, slots }
  return pieces.some(isOdd) ? undefined : { pieces, slots }
}

/** The same with the slots filled in that `more` has nothing to do with; undefined when one of them cannot be. */
function withFixed(
  { pieces, slots }: Plain,
  more: Record<string, unknown>,
  textOf: (slot: Slot, more: Record<string, unknown>) => string | undefined,
): Plain<Fixed> | undefined {
  const filled: Plain = { pieces: [pieces[0] ?? ''], slots: [] }
  for (const [index, slot] of slots.entries()) {
    const after = pieces[index + 1] ?? ''
    if (slot.names.some((name) => Object.hasOwn(more, name))) {
      filled.slots.push(slot)
      filled.pieces.push(after)
      continue
    }
    const value = textOf(slot, more)
    if (value === undefined) return undefined
    filled.pieces.push(`${filled.pieces.pop()}${value}${after}`)
  }
  return { pieces: filled.pieces.map(fixed), slots: filled.slots }
}

// oxlint-disable-next-line max-params
function slotText(
  slot: Slot,
  more: Record<string, unknown>,
  context: Record<string, unknown>,
  helpers: PlainHelpers,
): string | undefined {
  const [first] = slot.values
  if (slot.helper === undefined && first) {
    const found = valueOf(first, more, context)
    if (found === undefined) return undefined
    if (!slot.isRaw) return inQuotes(found)
    return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined
  }
  const values = slot.values.map((one) => valueOf(one, more, context))
  const hash = slot.hash.map(([name, one]): [string, unknown] => [name, valueOf(one, more, context)])
  if (values.includes(undefined) || hash.some(([, value]) => value === undefined)) return undefined
  return helpers.call(slot.helper ?? '', values, Object.fromEntries(hash))
}

function valueOf(one: Argument, more: Record<string, unknown>, context: Record<string, unknown>): unknown {
  if ('value' in one) return one.value
  return valueAt(one.path, Object.hasOwn(more, one.path[0] ?? '') ? more : context)
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
