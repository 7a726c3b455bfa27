import { propertyOf } from '../../../arm/node.ts'
import type { TemplateRule } from '../../rule.ts'

const MEMBERS = ['$schema', 'contentVersion', 'resources']

export const templateMustHaveRequiredMembers: TemplateRule = {
  name: 'Template-Must-Have-Required-Members',
  family: 'template',
  step: 'structure',
  summary: 'A template has $schema, contentVersion and resources.',
  severity: 'high',
  isOuterOnly: true,
  *inspect({ root }) {
    for (const name of MEMBERS) {
      const found = propertyOf(root, name)
      if (!found) yield { id: 'Structure.Missing', at: root.start, message: `The template has no ${name}.` }
      else if (name === 'resources' && found.value.kind !== 'array' && found.value.kind !== 'object') {
        yield { id: 'Structure.Type', at: found.start, path: name, message: 'resources must be an array or an object.' }
      }
    }
  },
}
