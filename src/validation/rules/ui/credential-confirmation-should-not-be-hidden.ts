import { isTruthy, member } from '../../../arm/node.ts'
import type { UiRule } from '../../rule.ts'
import { controlsOf } from './controls.ts'

export const credentialConfirmationShouldNotBeHidden: UiRule = {
  name: 'Credential-Confirmation-Should-Not-Be-Hidden',
  family: 'ui',
  step: 'security',
  summary: 'Passwords are typed twice.',
  severity: 'medium',
  *inspect(subject) {
    const controls = controlsOf(subject, 'Microsoft.Common.PasswordBox', 'Microsoft.Compute.CredentialsCombo')
    for (const { node, name, at, path } of controls) {
      if (!isTruthy(member(node, 'options', 'hideConfirmation'))) continue
      const message = `The control ${name} hides the confirmation of the password.`
      yield { id: 'Confirmation.Should.Not.Be.Hidden', at, path, message }
    }
  },
}
