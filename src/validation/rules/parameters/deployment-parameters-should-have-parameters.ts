import { isTruthy, member } from '../../../arm/node.ts'
import type { ParametersRule } from '../../rule.ts'

export const deploymentParametersShouldHaveParameters: ParametersRule = {
  name: 'DeploymentParameters-Should-Have-Parameters',
  family: 'parameters',
  step: 'structure',
  summary: 'A parameter file has parameters.',
  severity: 'medium',
  *inspect({ root }) {
    if (!isTruthy(member(root, '$schema')) && !isTruthy(member(root, 'contentVersion'))) return
    if (isTruthy(member(root, 'parameters'))) return
    yield { id: 'Parameters.Missing.Parameters', at: root.start, message: 'The file has no parameters.' }
  },
}
