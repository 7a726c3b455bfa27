import { entriesOf, isTruthy, member, plainText, propertyOf, type ArmNode } from '../../../arm/node.ts'
import type { TemplateRule } from '../../rule.ts'

export const resourcesShouldHaveLocation: TemplateRule = {
  name: 'Resources-Should-Have-Location',
  family: 'template',
  step: 'quality',
  summary: 'The location of a resource is an expression or "global".',
  severity: 'medium',
  *inspect({ root }) {
    for (const { node: resource, step } of resourcesOf(root)) {
      const location = propertyOf(resource, 'location')
      if (!isTruthy(location?.value)) continue
      const text = plainText(location?.value).trim()
      if (/^\[[\s\S]*\]$/.test(text) || text.toLowerCase() === 'global') continue
      const path = `resources${step}.location`
      yield { at: location?.start ?? resource.start, path, message: `The location "${text}" is not an expression.` }
    }
  },
}

/** The resources of a template, in a list or by symbolic name, with the step of the path to each. */
function resourcesOf(root: ArmNode): { node: ArmNode; step: string }[] {
  const resources = member(root, 'resources')
  if (resources?.kind === 'array') return resources.items.map((node, index) => ({ node, step: `[${index}]` }))
  return entriesOf(resources).map(({ name, value }) => ({ node: value, step: `.${name}` }))
}
