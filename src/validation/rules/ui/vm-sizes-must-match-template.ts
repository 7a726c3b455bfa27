import { elementsOf, isTruthy, member, plainText } from '../../../arm/node.ts'
import type { UiRule } from '../../rule.ts'
import { controlsOf, outputsOf, parameterOf, stepOf } from './controls.ts'

export const vmSizesMustMatchTemplate: UiRule = {
  name: 'VMSizes-Must-Match-Template',
  family: 'ui',
  step: 'structure',
  summary: 'The default size of the template is one of those that can be chosen.',
  severity: 'medium',
  needs: 'main',
  *inspect(subject) {
    for (const control of controlsOf(subject, 'Microsoft.Compute.SizeSelector')) {
      const { node, name, at, path } = control
      const step = stepOf(control)
      const parts = step === undefined ? ['basics(', name] : ['steps(', step, ')', `.${name}`]
      const output = outputsOf(subject).find(({ text }) => hasInOrder(text.toLowerCase(), parts))
      const parameter = output && parameterOf(subject.main, output.name)
      const given = member(parameter, 'defaultValue')
      const sizes = elementsOf(member(node, 'constraints', 'allowedSizes')).map((size) => plainText(size).toLowerCase())
      if (!output) yield { at, path, message: `The size of ${name} is in no output.` }
      else if (!parameter) yield { at, path, message: `The output ${output.name} is not a parameter of the template.` }
      else if (sizes.length && isTruthy(given) && !sizes.includes(plainText(given).toLowerCase())) {
        yield { at, path, message: `The default size ${plainText(given)} of the template cannot be chosen in ${name}.` }
      }
    }
  },
}

function hasInOrder(text: string, parts: readonly string[]): boolean {
  let from = 0
  for (const part of parts) {
    const at = text.indexOf(part.toLowerCase(), from)
    if (at < 0) return false
    from = at + part.length
  }
  return true
}
