import { isTruthy, member } from '../../../arm/node.ts'
import type { UiRule } from '../../rule.ts'
import { controlsOf } from './controls.ts'

export const usernamesShouldNotHaveADefault: UiRule = {
  name: 'Usernames-Should-Not-Have-A-Default',
  family: 'ui',
  step: 'security',
  summary: 'User names are chosen by whoever deploys.',
  severity: 'medium',
  *inspect(subject) {
    for (const { node, name, at, path } of controlsOf(subject, 'Microsoft.Compute.UserNameTextBox')) {
      if (!isTruthy(member(node, 'defaultValue'))) continue
      yield { at, path, message: `The user name ${name} has a default value.` }
    }
  },
}
