import { literalCredential } from './literal-credential.ts'

export const adminUsernameShouldNotBeALiteral = literalCredential({
  name: 'adminUsername-Should-Not-Be-A-Literal',
  summary: 'Administrator names come from parameters.',
  keys: ['administratorlogin', 'adminusername'],
  ids: {
    resource: 'AdminUsername.Is.Literal',
    variable: 'AdminUsername.Var.Is.Literal',
    indirect: 'AdminUserName.Is.Variable.Literal',
  },
  severity: 'high',
})
