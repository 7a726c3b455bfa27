import { elementsOf, isTruthy, member, plainText, propertyOf } from '../../../arm/node.ts'
import type { TemplateRule } from '../../rule.ts'

export const resourcesShouldHaveLocation: TemplateRule = {
  name: 'Resources-Should-Have-Location',
  family: 'template',
  summary: 'The location of a resource is an expression or "global".',
  severity: 'medium',
  *inspect({ root }) {
    const resources = member(root, 'resources')
    if (resources?.kind !== 'array') return
    for (const [index, resource] of elementsOf(resources).entries()) {
      const location = propertyOf(resource, 'location')
      if (!isTruthy(location?.value)) continue
      const text = plainText(location?.value).trim()
      if (/^\[[\s\S]*\]$/.test(text) || text.toLowerCase() === 'global') continue
      const path = `resources[${index}].location`
      yield { at: location?.start ?? resource.start, path, message: `The location "${text}" is not an expression.` }
    }
  },
}
