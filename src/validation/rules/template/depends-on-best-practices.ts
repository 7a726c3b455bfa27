import { elementsOf, member, textOf } from '../../../arm/node.ts'
import { find } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'

export const dependsOnBestPractices: TemplateRule = {
  name: 'DependsOn-Best-Practices',
  family: 'template',
  step: 'quality',
  summary: 'dependsOn holds plain ids, neither conditions nor concatenations.',
  severity: 'low',
  *inspect({ view, root }) {
    for (const found of find(view, 'dependson', member(root, 'resources'))) {
      const { value, property, path } = found
      const entries = (value.kind === 'string' ? [value] : elementsOf(value)).map((one) => (textOf(one) ?? '').trim())
      if (entries.some((text) => /^\[\s*if\s*\(/i.test(text))) {
        const message = 'dependsOn holds a condition; Azure drops dependencies on absent resources by itself.'
        yield { id: 'Resource.DependsOn.Conditional', at: property.start, path, message }
      }
      const isLoop = entries.some((text) => /copyIndex/i.test(text))
      if (!isLoop && entries.some((text) => /^\[\s*concat\s*\(/i.test(text))) {
        const message = 'dependsOn starts with concat(); use resourceId().'
        yield { id: 'Resource.DependsOn.StartsWithConcat', at: property.start, path, message }
      }
    }
  },
}
