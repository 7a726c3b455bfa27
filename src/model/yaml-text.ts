import { isAlias, isCollection, isPair, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import { OUTSIDE } from './limits.ts'
import { harmless } from './text.ts'

/** A YAML document that was read, or why not and where (line and column count from 1). */
export type YamlText =
  | { data: unknown; document: Document.Parsed; lines: LineCounter; fault?: undefined }
  | { fault: { why: string; line: number; column: number } }

/** What may differ between readers: JSON's own words only, or larger texts that were made on this machine. */
interface YamlOptions {
  schema: 'core' | 'json'
  maxBytes: number
  maxValues: number
}
const USUAL: YamlOptions = { schema: 'core', maxBytes: OUTSIDE.yamlBytes, maxValues: OUTSIDE.yamlValues }

/**
 * One YAML document of other people: core schema, bounded in size, nesting, values and aliases; every key is text or
 * a number and stands once in its map. The last is checked here since the package compares every pair of keys (20,000
 * keys take it six seconds), and keys that are lists or maps are refused since it writes each out as text (400 nested
 * ones take seven seconds).
 */
export function readYaml(text: string, wanted: Partial<YamlOptions> = {}): YamlText {
  const options: YamlOptions = { ...USUAL, ...wanted }
  const lines = new LineCounter()
  const refuse = (why: string, offset = 0): YamlText => {
    const { line, col } = lines.linePos(offset)
    return { fault: { why: harmless(why, 200), line: Math.max(1, line), column: Math.max(1, col) } }
  }
  if (Buffer.byteLength(text) > options.maxBytes) return refuse(`is larger than ${options.maxBytes} bytes`)
  try {
    const document = parseDocument(text, {
      schema: options.schema,
      uniqueKeys: false,
      lineCounter: lines,
      prettyErrors: false,
      strict: true,
      logLevel: 'silent',
    })
    const wrong = document.errors[0]
    if (wrong) return refuse(`is not valid YAML (${wrong.message})`, wrong.pos[0])
    const fault = faultIn(document.contents, options.maxValues)
    if (fault) return refuse(fault.why, fault.node?.range?.[0])
    return { data: document.toJS({ maxAliasCount: OUTSIDE.yamlAliases }), document, lines }
  } catch (error) {
    // Nesting beyond the stack, or aliases that unfold without end.
    if (error instanceof RangeError) return refuse('nests too deeply')
    if (error instanceof ReferenceError)
      return refuse(`refers to itself too often (aliases may be used ${OUTSIDE.yamlAliases} times)`)
    return refuse(`cannot be read as YAML (${error instanceof Error ? error.message : 'unreadable'})`)
  }
}

interface Fault {
  why: string
  node: Node | null
}

/** What is wrong with a tree of nodes; walked without recursion, since it may nest as deep as its text is long. */
function faultIn(root: Node | null, maxValues: number): Fault | undefined {
  const open: { node: Node | null; depth: number }[] = [{ node: root, depth: 0 }]
  let values = 0
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, depth } = next
    if (++values > maxValues) return { why: `holds more than ${maxValues} values`, node }
    if (depth > OUTSIDE.yamlDepth) return { why: `nests deeper than ${OUTSIDE.yamlDepth} levels`, node }
    if (!isCollection(node)) continue
    const keys = new Set<unknown>()
    for (const item of node.items) {
      if (!isPair(item)) {
        open.push({ node: item as Node, depth: depth + 1 })
        continue
      }
      const key = item.key as Node | null
      const fault = faultOfKey(key, keys)
      if (fault) return { why: fault, node: key }
      open.push({ node: item.value as Node | null, depth: depth + 1 })
    }
  }
  return undefined
}

/** `keys` are those of the same map seen before; the key is added to them. */
function faultOfKey(key: Node | null, keys: Set<unknown>): string | undefined {
  // An alias may stand for a list; nobody needs one as a key.
  if (isCollection(key) || isAlias(key)) return 'has a key that is no plain text'
  const name = isScalar(key) ? String(key.value) : ''
  if (keys.has(name)) return `has the key "${name.slice(0, 60)}" twice in one map`
  keys.add(name)
  return undefined
}
