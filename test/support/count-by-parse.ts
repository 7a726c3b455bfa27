import { elementsOf, entriesOf, member, propertyOf, textOf, type ArmNode } from '../../src/arm/node.ts'
import { readJson } from '../../src/arm/reader.ts'

/** What a full parse counts: written on its own, over the tree of the reader, to be compared with the stream. */
interface Counted {
  parameters: number
  variables: number
  outputs: number
  functions: number
  resources: number
  children: number
  types: Map<string, number>
}

const none = (): Counted => {
  return { parameters: 0, variables: 0, outputs: 0, functions: 0, resources: 0, children: 0, types: new Map() }
}

const membersOf = (node: ArmNode | undefined, name: string): number => entriesOf(member(node, name)).length

function addTo(sum: Counted, more: Counted): void {
  for (const key of ['parameters', 'variables', 'outputs', 'functions', 'resources', 'children'] as const)
    sum[key] += more[key]
  for (const [type, count] of more.types) sum.types.set(type, (sum.types.get(type) ?? 0) + count)
}

interface Found {
  own: Counted
  nested: Counted
  templates: number
  depth: number
}

function countTemplate(root: ArmNode | undefined): Found {
  const own = none()
  own.parameters = membersOf(root, 'parameters')
  own.variables = membersOf(root, 'variables')
  own.outputs = membersOf(root, 'outputs')
  const functions = member(root, 'functions')
  if (functions?.kind === 'array') for (const one of functions.items) own.functions += membersOf(one, 'members')
  const found: Found = { own, nested: none(), templates: 0, depth: 0 }
  countResources(found, member(root, 'resources'), false)
  return found
}

function countResources(found: Found, list: ArmNode | undefined, isChild: boolean): void {
  for (const resource of elementsOf(list)) {
    const type = resource.kind === 'object' ? textOf(propertyOf(resource, 'type')?.value) : undefined
    const key = type?.toLowerCase() ?? '(none)'
    found.own[isChild ? 'children' : 'resources']++
    found.own.types.set(key, (found.own.types.get(key) ?? 0) + 1)
    if (resource.kind !== 'object') continue
    countResources(found, member(resource, 'resources'), true)
    const template = member(resource, 'properties', 'template')
    if (key !== 'microsoft.resources/deployments' || template?.kind !== 'object') continue
    const inner = countTemplate(template)
    addTo(found.nested, inner.own)
    addTo(found.nested, inner.nested)
    found.templates += 1 + inner.templates
    found.depth = Math.max(found.depth, 1 + inner.depth)
  }
}

const isExpression = (text: string): boolean =>
  text.startsWith('[') && text.endsWith(']') && !text.startsWith('[[') && text.length > 1

function countTexts(node: ArmNode, depth: number, sum: { depth: number; expressions: number; calls: number }): void {
  const look = (text: string): void => {
    if (!isExpression(text)) return
    sum.expressions++
    sum.calls += Array.from(text.replaceAll(/'[^']*'?/g, ' ').matchAll(/[A-Za-z0-9_]+\(/g)).length
  }
  if (node.kind === 'string') look(node.value)
  if (node.kind !== 'array' && node.kind !== 'object') return
  sum.depth = Math.max(sum.depth, depth + 1)
  for (const property of entriesOf(node)) look(property.name)
  for (const one of elementsOf(node)) countTexts(one, depth + 1, sum)
}

const listed = ({ types, ...counts }: Counted): object => ({
  ...counts,
  types: Object.fromEntries([...types].toSorted(([a], [b]) => (a < b ? -1 : 1))),
})

/** The counts of a text by a full parse; undefined when the reader refuses it. */
export function countByParse(text: string): object | undefined {
  const { root } = readJson(text)
  if (!root) return undefined
  const { own, nested, templates, depth } = countTemplate(root.kind === 'object' ? root : undefined)
  const texts = { depth: 0, expressions: 0, calls: 0 }
  countTexts(root, 0, texts)
  return { ...texts, ...listed(own), nested: { ...listed(nested), templates, depth } }
}
