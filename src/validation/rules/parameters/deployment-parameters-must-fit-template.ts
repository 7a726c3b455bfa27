import { declaredType } from '../../../arm/declared-type.ts'
import {
  elementsOf,
  entriesOf,
  isTruthy,
  member,
  plainText,
  propertyOf,
  textOf,
  type ArmNode,
} from '../../../arm/node.ts'
import type { Fault, ParametersRule } from '../../rule.ts'

/** What a value must be by the type of its parameter; `bool` and the like as JSON writes them. */
const KINDS: Record<string, ArmNode['kind']> = {
  string: 'string',
  securestring: 'string',
  int: 'number',
  bool: 'boolean',
  array: 'array',
  object: 'object',
  secureobject: 'object',
}
/** Words that pipelines of the quickstarts fill in before a deployment. */
const FILLED_IN_LATER = /^(?:GEN|GET|CHANGE|CONFIGURE)[-_]/i

export const deploymentParametersMustFitTemplate: ParametersRule = {
  name: 'DeploymentParameters-Must-Fit-Template',
  family: 'parameters',
  step: 'structure',
  summary: 'The values of an environment fit the parameters of the template beside them.',
  severity: 'high',
  needs: 'template',
  *inspect({ root, template }) {
    if (!template) return
    const declared = member(template, 'parameters')
    const given = member(root, 'parameters')
    for (const { name, start, value } of entriesOf(given)) {
      if (name.startsWith('__')) continue
      const fault = judge(template, propertyOf(declared, name)?.value, value)
      const where = { at: start, path: `parameters.${name}` }
      if (fault) yield { ...where, ...fault, message: `The parameter ${name} ${fault.message}.` }
    }
    for (const { name, value } of entriesOf(declared)) {
      const isSecret = declaredType(template, value)?.startsWith('secure') ?? false
      const isOptional = propertyOf(value, 'defaultValue') !== undefined || member(value, 'nullable')
      if (isSecret || isOptional || propertyOf(given, name)) continue
      const message = `The template needs a value for ${name}, which is not given here.`
      yield { id: 'Parameters.Fit.Missing', level: 'warning', at: root.start, path: 'parameters', message }
    }
  },
}

/** What is wrong with one value; the words go on from the name of its parameter. */
function judge(template: ArmNode, declaration: ArmNode | undefined, parameter: ArmNode): Omit<Fault, 'at'> | undefined {
  if (!declaration) return { id: 'Parameters.Fit.Unknown', message: 'is not one of the template' }
  const value = member(parameter, 'value')
  if (!value || value.kind === 'null' || FILLED_IN_LATER.test(textOf(value) ?? '')) return undefined
  const type = declaredType(template, declaration) ?? ''
  const kind = KINDS[type]
  if (kind && value.kind !== kind) return { id: 'Parameters.Fit.Type', message: `must be of type ${type}` }
  if (value.kind === 'number' && !value.isInteger) {
    return { id: 'Parameters.Fit.Type', message: 'must be a whole number' }
  }
  const allowed = member(declaration, 'allowedValues')
  if (allowed && value.kind !== 'object' && value.kind !== 'array' && isTruthy(allowed)) {
    const texts = elementsOf(allowed).map(plainText)
    const isIn = texts.some((one) => one.toLowerCase() === plainText(value).toLowerCase())
    if (!isIn) return { id: 'Parameters.Fit.Allowed', message: `is none of ${texts.slice(0, 10).join(', ')}` }
  }
  return outOfBounds(declaration, value)
}

function outOfBounds(declaration: ArmNode, value: ArmNode): Omit<Fault, 'at'> | undefined {
  const bound = (name: string): number | undefined => {
    const node = member(declaration, name)
    return node?.kind === 'number' ? node.value : undefined
  }
  const [size, low, high, what] =
    value.kind === 'number'
      ? [value.value, bound('minValue'), bound('maxValue'), 'value']
      : [lengthOf(value), bound('minLength'), bound('maxLength'), 'length']
  if (size === undefined || (size >= (low ?? size) && size <= (high ?? size))) return undefined
  const span = `${low ?? 'any'} to ${high ?? 'any'}`
  return { id: 'Parameters.Fit.Bounds', message: `has the ${what} ${size}, which is not within ${span}` }
}

function lengthOf(value: ArmNode): number | undefined {
  if (value.kind === 'string') return value.value.length
  return value.kind === 'array' ? value.items.length : undefined
}
