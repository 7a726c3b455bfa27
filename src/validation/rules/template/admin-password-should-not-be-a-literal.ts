import { literalCredential } from './literal-credential.ts'

export const adminPasswordShouldNotBeALiteral = literalCredential({
  name: 'adminPassword-Should-Not-Be-A-Literal',
  summary: 'Administrator passwords come from parameters.',
  keys: ['administratorloginpassword', 'adminpassword'],
  ids: {
    resource: 'AdminPassword.Is.Literal',
    variable: 'AdminPassword.Var.Is.Literal',
    indirect: 'AdminPassword.Is.Variable.Literal',
  },
  severity: 'critical',
})
