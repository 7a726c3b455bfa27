import Handlebars from 'handlebars'
import { itemManifest } from '../../model/errors.ts'
import { storageName, uniqueText } from './seeded.ts'

/** A rendering of one set of answers; `json` escapes what is put between quotes. */
export interface Renderer {
  render(source: string, where: string, form: 'json' | 'text'): string
  /** A layer that is rendered many times: read once, then rendered with `more` over the context. */
  repeat(source: string, where: string): (more: Record<string, unknown>) => string
}

/** Text as it stands between the quotes of a JSON string. */
const inQuotes = (value: unknown): string => {
  if (value === undefined) throw new TypeError('a value that is not there was asked for')
  return JSON.stringify(plainText(value)).slice(1, -1)
}

function plainText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') return JSON.stringify(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
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
    storageName: (...given: unknown[]) => storageName(words(given), seed, Number(hashOf(given)['max'] ?? 24)),
    unique: (...given: unknown[]) => uniqueText(Number(hashOf(given)['length'] ?? 13), seed, ...words(given)),
    eq: (a: unknown, b: unknown) => a === b,
    and: (...given: unknown[]) => given.slice(0, -1).every(Boolean),
    or: (...given: unknown[]) => given.slice(0, -1).some(Boolean),
    not: (value: unknown) => !value,
    has: (list: unknown, value: unknown) => listOf(list).includes(value),
    join: (list: unknown, between: unknown) => listOf(list).map(plainText).join(plainText(between)),
    list: (...given: unknown[]) => given.slice(0, -1),
    count: (list: unknown) => listOf(list).length,
  }
}

/** A renderer over one context. Names that are not there are an error, and no inherited member can be reached. */
export function openRenderer(context: Record<string, unknown>, seed: string): Renderer {
  const own = Handlebars.create()
  own.unregisterHelper('log')
  for (const [name, helper] of Object.entries(helpersOf(seed))) own.registerHelper(name, helper)
  const compile = (source: string, form: 'json' | 'text'): ((values: Record<string, unknown>) => string) => {
    const tree = own.parse(source)
    if (form === 'json') new Quoting().accept(tree)
    const compiled = own.compile(tree, { strict: true, noEscape: true })
    return (values) => compiled(values, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false })
  }
  return {
    render: (source, where, form) => rendered(where, () => compile(source, form)(context)),
    repeat(source, where) {
      const compiled = rendered(where, () => compile(source, 'json'))
      const values = { ...context }
      return (more) => rendered(where, () => compiled(Object.assign(values, more)))
    },
  }
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
