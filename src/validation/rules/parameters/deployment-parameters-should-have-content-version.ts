import { isTruthy, member } from '../../../arm/node.ts'
import type { ParametersRule } from '../../rule.ts'

export const deploymentParametersShouldHaveContentVersion: ParametersRule = {
  name: 'DeploymentParameters-Should-Have-ContentVersion',
  family: 'parameters',
  step: 'structure',
  summary: 'A parameter file with a schema has a contentVersion.',
  severity: 'medium',
  *inspect({ root }) {
    const version = member(root, 'contentVersion')
    if (!isTruthy(version)) {
      if (!isTruthy(member(root, '$schema'))) return
      yield { id: 'Parameters.Missing.ContentVersion', at: root.start, message: 'The file has no contentVersion.' }
    } else if (version.kind !== 'string') {
      const message = 'contentVersion must be a string such as "1.0.0.0".'
      yield { id: 'ContentVersion.Not.String', at: version.start, path: 'contentVersion', message }
    } else if (!/^\d+\.\d+\.\d+\.\d+$/.test(version.value)) {
      const message = 'contentVersion should read like 1.0.0.0.'
      yield { level: 'warning', at: version.start, path: 'contentVersion', message }
    }
  },
}
