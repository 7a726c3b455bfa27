import { entriesOf, isTruthy, member, plainText, propertyOf, type ArmNode } from '../../../arm/node.ts'
import type { Fault, ParametersRule } from '../../rule.ts'

const VAULT = /\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/[^/]+/i
const SECRET_NAME = /^[A-Za-z0-9-]{1,127}$/

export const deploymentParametersShouldHaveValue: ParametersRule = {
  name: 'DeploymentParameters-Should-Have-Value',
  family: 'parameters',
  step: 'structure',
  summary: 'Every parameter has a value or a well-formed reference to a vault.',
  severity: 'medium',
  *inspect({ root }) {
    if (!isTruthy(member(root, '$schema'))) return
    for (const { name, start, value } of entriesOf(member(root, 'parameters'))) {
      if (name.startsWith('__')) continue
      const fault = judge(value)
      const where = { at: start, path: `parameters.${name}` }
      if (fault) yield { ...where, ...fault, message: `The parameter ${name} ${fault.message}.` }
    }
  },
}

function judge(parameter: ArmNode): Omit<Fault, 'at'> | undefined {
  const given = propertyOf(parameter, 'value')
  if (given) {
    if (!/^\s*\[[\s\S]*\]\s*$/.test(plainText(given.value))) return undefined
    return { level: 'warning', message: 'has a value that looks like an expression, which is not evaluated here' }
  }
  const reference = member(parameter, 'reference')
  if (!isTruthy(reference)) return { id: 'Parameters.Parameter.Missing.Value', message: 'has no value' }
  return judgeReference(reference)
}

function judgeReference(reference: ArmNode): Omit<Fault, 'at'> | undefined {
  const fault = (id: string, message: string): Omit<Fault, 'at'> => ({ id: `Parameters.Parameter.${id}`, message })
  const vault = member(reference, 'keyVault')
  if (!isTruthy(vault)) return fault('Missing.Value', 'has a reference without a keyVault')
  const id = plainText(member(vault, 'id'))
  if (!id) return fault('Missing.KeyVault.Id', 'has a reference to a vault without its id')
  if (!VAULT.test(id)) return fault('Bad.KeyVault.Id', 'has a reference whose vault id is not well-formed')
  const secret = plainText(member(reference, 'secretName'))
  if (!secret) return fault('Missing.SecretName', 'has a reference without a secretName')
  if (!SECRET_NAME.test(secret)) return fault('Bad.SecretName', 'has a reference whose secretName is not well-formed')
  return undefined
}
