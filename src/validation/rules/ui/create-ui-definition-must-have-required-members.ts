import { member, propertyOf } from '../../../arm/node.ts'
import type { UiRule } from '../../rule.ts'

const MEMBERS = { basics: 'array', steps: 'array', outputs: 'object' } as const

export const createUiDefinitionMustHaveRequiredMembers: UiRule = {
  name: 'CreateUIDefinition-Must-Have-Required-Members',
  family: 'ui',
  step: 'structure',
  summary: 'A createUiDefinition has parameters with basics, steps and outputs of the right kind.',
  severity: 'high',
  *inspect({ root }) {
    const parameters = member(root, 'parameters')
    if (parameters?.kind !== 'object') {
      yield { id: 'Structure.Missing', at: root.start, message: 'The definition has no parameters object.' }
      return
    }
    for (const [name, kind] of Object.entries(MEMBERS)) {
      const found = propertyOf(parameters, name)
      if (!found || found.value.kind === kind) continue
      const message = `parameters.${name} must be an ${kind}.`
      yield { id: 'Structure.Type', at: found.start, path: `parameters.${name}`, message }
    }
  },
}
