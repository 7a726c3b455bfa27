import { elementsOf, entriesOf, member, type ArmNode, type ObjectNode } from '../../../arm/node.ts'
import type { Fault, TemplateRule } from '../../rule.ts'

/** The most that Azure Resource Manager takes, from its page "Template limits". */
const LIMITS: readonly (readonly [section: string, most: number])[] = [
  ['parameters', 256],
  ['variables', 256],
  ['resources', 800],
  ['outputs', 64],
]
/** Child resources within child resources: real types have at most five parts in their names. */
const MOST_NESTED = 6

export const templateMustKeepLimits: TemplateRule = {
  name: 'Template-Must-Keep-Limits',
  family: 'template',
  step: 'quality',
  section: 'complexity',
  since: 2,
  summary: 'A template has no more members than a deployment takes, and nests no deeper than people can follow.',
  severity: 'high',
  *inspect({ root }) {
    for (const [section, most] of LIMITS) {
      const node = member(root, section)
      const count = elementsOf(node).length
      if (!node || count <= most) continue
      const message = `There are ${count} ${section}; a deployment takes ${most}.`
      yield { id: 'Template.Too.Large', at: node.start, path: section, message }
    }
    yield* depth(root)
  },
}

/** Child resources within resources, deeper than anybody follows. */
function* depth(root: ObjectNode): Iterable<Fault> {
  const open: { node: ArmNode; depth: number }[] = elementsOf(member(root, 'resources')).map((node) => ({
    node,
    depth: 1,
  }))
  for (let one = open.pop(); one; one = open.pop()) {
    const { node, depth } = one
    if (depth > MOST_NESTED) {
      const message = `Resources are nested ${depth} deep; more than ${MOST_NESTED} are hard to follow.`
      yield { id: 'Template.Too.Deep', at: node.start, level: 'warning', severity: 'low', message }
      return
    }
    const children = entriesOf(node).find(({ key }) => key === 'resources')
    for (const child of elementsOf(children?.value)) open.push({ node: child, depth: depth + 1 })
  }
}
