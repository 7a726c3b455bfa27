import Handlebars from 'handlebars'
import { itemManifest } from '../../model/errors.ts'
import { inQuotes, plainText } from './in-quotes.ts'
import { joined, type Piece } from './piece.ts'
import { plainSlots, type PlainHelpers } from './plain-slots.ts'
import { storageName, uniqueText } from './seeded.ts'
import { holds, type Switches } from './when.ts'

/** A rendering of one set of answers; `json` escapes what is put between quotes. */
export interface Renderer {
  render(source: string, where: string, form: 'json' | 'text'): string
  /** A layer that is rendered many times: read once, then rendered with `more`, of the same names, over the context. */
  repeat(source: string, where: string): (more: Record<string, unknown>) => Piece[]
}

/** Wraps every `{{value}}` of a parsed template in the `quoted` helper; `{{{value}}}` stays as it is. */
class Quoting extends Handlebars.Visitor {
  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    if (!node.escaped) return
    const isCall = node.params.length > 0 || node.hash !== undefined
    const inner: hbs.AST.Expression = isCall ? { ...node, type: 'SubExpression' } : node.path
    node.params = [inner]
    delete (node as Partial<hbs.AST.MustacheStatement>).hash
    node.path = {
      type: 'PathExpression',
      data: false,
      depth: 0,
      parts: ['quoted'],
      original: 'quoted',
      loc: node.loc,
    } as hbs.AST.PathExpression
  }
}

/** A value as a Python literal. JSON's texts are Python's too; its words for true, false and nothing are not. */
function pythonLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${pythonLiteral(one)}`)
  return `{${members.join(', ')}}`
}

/** A cell of a table as it is shown: in the words of its row where they have one for it, and yes or no. */
function cellText(value: unknown, words: unknown): string {
  const text = plainText(value)
  const known = typeof words === 'object' && words !== null && Object.hasOwn(words, text)
  if (known) return plainText((words as Record<string, unknown>)[text])
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : text
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** The helpers of a template; whatever looks like chance comes from `seed` alone. */
function helpersOf(seed: string): Record<string, Handlebars.HelperDelegate> {
  const words = (given: readonly unknown[]): string[] => given.slice(0, -1).map(plainText)
  const hashOf = (given: readonly unknown[]): Record<string, unknown> =>
    (given.at(-1) as Handlebars.HelperOptions).hash as Record<string, unknown>
  return {
    quoted: (value: unknown) =>
      new Handlebars.SafeString(value instanceof Handlebars.SafeString ? String(value) : inQuotes(value)),
    json: (value: unknown) => new Handlebars.SafeString(JSON.stringify(value ?? null)),
    python: (value: unknown) => new Handlebars.SafeString(pythonLiteral(value)),
    storageName: (...given: unknown[]) => storageName(words(given), seed, Number(hashOf(given)['max'] ?? 24)),
    unique: (...given: unknown[]) => uniqueText(Number(hashOf(given)['length'] ?? 13), seed, ...words(given)),
    eq: (a: unknown, b: unknown) => a === b,
    isText: (value: unknown) => typeof value === 'string',
    and: (...given: unknown[]) => given.slice(0, -1).every(Boolean),
    or: (...given: unknown[]) => given.slice(0, -1).some(Boolean),
    not: (value: unknown) => !value,
    has: (list: unknown, value: unknown) => listOf(list).includes(value),
    join: (list: unknown, between: unknown) => listOf(list).map(plainText).join(plainText(between)),
    split: (text: unknown, between: unknown) => plainText(text).split(plainText(between)),
    list: (...given: unknown[]) => given.slice(0, -1),
    count: (list: unknown) => listOf(list).length,
    /** Names by item, or one name alone, as a list of { item, name }. */
    named: (names: unknown) =>
      typeof names === 'string'
        ? [{ item: '', name: names }]
        : Object.entries(names ?? {}).map(([item, name]: [string, unknown]) => ({ item, name })),
    cell: (value: unknown, words: unknown) => cellText(value, words),
  }
}

/** A renderer over one context. Names that are not there are an error, and no inherited member can be reached. */
export function openRenderer(context: Record<string, unknown>, seed: string, parts: readonly Part[] = []): Renderer {
  const own = Handlebars.create()
  own.unregisterHelper('log')
  const helpers = helpersOf(seed)
  for (const [name, helper] of Object.entries(helpers)) own.registerHelper(name, helper)
  const compile = (source: string, form: 'json' | 'text'): ((values: Record<string, unknown>) => string) => {
    const tree = own.parse(source)
    if (form === 'json') new Quoting().accept(tree)
    const compiled = own.compile(tree, { strict: true, noEscape: true })
    return (values) => compiled(values, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false })
  }
  addParts(own, parts, { context, compile })
  const plainHelpers = plainOf(helpers, own.helpers)
  return {
    render(source, where, form) {
      const plain = form === 'json' ? plainSlots(source, context, plainHelpers) : undefined
      return rendered(where, () => {
        const pieces = plain?.({})
        return pieces ? joined(pieces) : compile(source, form)(context)
      })
    },
    repeat(source, where) {
      const plain = plainSlots(source, context, plainHelpers)
      let compiled = plain ? undefined : rendered(where, () => compile(source, 'json'))
      const values = { ...context }
      return (more) =>
        rendered(where, () => {
          const pieces = plain?.(more)
          if (pieces) return pieces
          compiled ??= compile(source, 'json')
          return [compiled(Object.assign(values, more))]
        })
    },
  }
}

/** Helpers that need nothing but their values, for sources that do without Handlebars; of others it is only known that they are. */
const plainOf = (helpers: ReturnType<typeof helpersOf>, all: Record<string, unknown>): PlainHelpers => ({
  has: (name) => Object.hasOwn(all, name),
  call(name, values, hash) {
    const helper = Object.hasOwn(helpers, name) ? helpers[name] : undefined
    return helper && String(helpers['quoted']?.(helper(...values, { hash })))
  },
})

/** A file that others take in. */
interface Part {
  name: string
  file: string
  source: string
}

type Compile = (source: string, form: 'json' | 'text') => (values: Record<string, unknown>) => string

/** Parts in both forms: `{{> name}}` stands in a layer as JSON, `{{inline "name"}}` gives a text; and `isOn` of the context. */
function addParts(
  own: typeof Handlebars,
  parts: readonly Part[],
  { context, compile }: { context: Record<string, unknown>; compile: Compile },
): void {
  for (const { name, source, file } of parts) {
    const tree = rendered(file, () => own.parse(source))
    new Quoting().accept(tree)
    own.registerPartial(name, own.compile(tree, { strict: true, noEscape: true }))
  }
  own.registerHelper('inline', function inline(this: Record<string, unknown>, name: unknown) {
    const part = parts.find((one) => one.name === name)
    if (!part) throw new TypeError(`there is no part "${plainText(name)}"`)
    return rendered(part.file, () => compile(part.source, 'text')({ ...context, ...this })).trim()
  })
  own.registerHelper('isOn', (when: unknown) => {
    if (when === '') return true
    const isOn = typeof when === 'string' ? holds(when, context as unknown as Switches) : undefined
    if (isOn === undefined) throw new TypeError(`"${plainText(when)}" names no feature, setting or parameter`)
    return isOn
  })
}

/** Says which file a fault is in. */
function rendered<T>(where: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw itemManifest(where, `cannot be rendered: ${why.replace(/\.$/, '')}`, { file: where })
  }
}
