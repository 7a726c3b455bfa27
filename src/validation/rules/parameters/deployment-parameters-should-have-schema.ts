import { isTruthy, member, plainText } from '../../../arm/node.ts'
import type { ParametersRule } from '../../rule.ts'

const SCHEMA =
  /^https?:\/\/schema\.management\.azure\.com\/schemas\/(?:2015-01-01|2019-04-01)\/deploymentParameters\.json#$/i

export const deploymentParametersShouldHaveSchema: ParametersRule = {
  name: 'DeploymentParameters-Should-Have-Schema',
  family: 'parameters',
  step: 'structure',
  summary: 'A parameter file names its schema.',
  severity: 'medium',
  *inspect({ root }) {
    const schema = member(root, '$schema')
    if (!isTruthy(schema)) {
      if (!isTruthy(member(root, 'contentVersion'))) return
      yield { id: 'Parameters.Missing.Schema', at: root.start, message: 'The file has no $schema.' }
    } else if (!SCHEMA.test(plainText(schema))) {
      const message = `The schema ${plainText(schema)} is not one of parameter files.`
      yield { id: 'Parameters.Bad.Schema', at: schema.start, path: '$schema', message }
    }
  },
}
