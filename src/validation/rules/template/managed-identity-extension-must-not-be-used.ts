import { propertyOf } from '../../../arm/node.ts'
import { matchesIn } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'

export const managedIdentityExtensionMustNotBeUsed: TemplateRule = {
  name: 'ManagedIdentityExtension-must-not-be-used',
  family: 'template',
  step: 'security',
  summary: 'The retired managed identity extension is not installed.',
  severity: 'medium',
  *inspect({ view, root }) {
    const resources = propertyOf(root, 'resources')
    if (!resources) return
    const hit = matchesIn(view, /ManagedIdentityExtension/gi).find(
      ({ start }) => start >= resources.start && start < resources.end,
    )
    if (!hit) return
    const message = 'The managed identity extension is retired; use the identity of the resource.'
    yield { id: 'ManagedIdentityExtension.Was.Used', at: hit.start, message }
  },
}
