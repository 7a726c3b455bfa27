import { entriesOf, member, propertyOf, type ArmNode } from '../../../arm/node.ts'
import type { Fault, TemplateRule } from '../../rule.ts'

const isInteger = (node: ArmNode): boolean => node.kind === 'number' && node.isInteger

export const minAndMaxValueAreNumbers: TemplateRule = {
  name: 'Min-And-Max-Value-Are-Numbers',
  family: 'template',
  step: 'structure',
  summary: 'minValue and maxValue are integers and come together.',
  severity: 'medium',
  *inspect({ root }) {
    for (const { name, value } of entriesOf(member(root, 'parameters'))) {
      const fault = judge(name, value)
      if (fault) yield fault
    }
  },
}

function judge(name: string, value: ArmNode): Fault | undefined {
  const min = propertyOf(value, 'minValue')
  const max = propertyOf(value, 'maxValue')
  const path = `parameters.${name}`
  if (max && !isInteger(max.value)) {
    const message = `maxValue of the parameter ${name} is not an integer.`
    return { id: 'Parameter.Max.Not.Int', at: max.start, path: `${path}.maxValue`, message }
  }
  if (min && !isInteger(min.value)) {
    const message = `minValue of the parameter ${name} is not an integer.`
    return { id: 'Parameter.Min.Not.Int', at: min.start, path: `${path}.minValue`, message }
  }
  if (min && !max) {
    return { id: 'Parameter.Missing.Max', at: min.start, path, message: `The parameter ${name} has no maxValue.` }
  }
  if (max && !min) {
    return { id: 'Parameter.Missing.Min', at: max.start, path, message: `The parameter ${name} has no minValue.` }
  }
  return undefined
}
