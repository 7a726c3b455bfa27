import { elementsOf, isTruthy, member, plainText } from '../../../arm/node.ts'
import type { Fault, UiRule } from '../../rule.ts'
import { controlsOf, type Control } from './controls.ts'
import { isRegexReadable } from './dotnet-regex.ts'

const PREFIX = 'Textboxes.Are.Well.Formed.'

export const textboxesAreWellFormed: UiRule = {
  name: 'Textboxes-Are-Well-Formed',
  family: 'ui',
  step: 'quality',
  summary: 'Text boxes check what is typed and say what is wrong.',
  severity: 'medium',
  *inspect(subject) {
    for (const control of controlsOf(subject, 'Microsoft.Common.TextBox')) {
      for (const fault of judge(control)) yield { at: control.at, path: control.path, ...fault }
    }
  },
}

function* judge({ node, name }: Control): Iterable<Omit<Fault, 'at'>> {
  const constraints = member(node, 'constraints')
  const what = `The text box ${name}`
  if (!isTruthy(constraints)) {
    yield { id: `${PREFIX}Missing.Constraints`, message: `${what} has no constraints.` }
    return
  }
  const validation = elementsOf(member(constraints, 'validations')).find((one) => isTruthy(member(one, 'regex')))
  const regex = plainText(member(validation ?? constraints, 'regex'))
  if (!regex) {
    yield { id: `${PREFIX}Missing.Constraints.Regex`, message: `${what} has no regular expression.` }
    return
  }
  if (!validation && !isTruthy(member(constraints, 'validationMessage'))) {
    const message = `${what} does not say what is wrong (validationMessage).`
    yield { id: `${PREFIX}Missing.Constraints.ValidationMessage`, message }
  }
  if (!isRegexReadable(regex)) {
    const message = `${what} has a regular expression that cannot be read.`
    // The id is spelled as the toolkit spells it.
    yield { id: `${PREFIX}Invalid.Constraints.Regex.Expressison`, message }
  } else if (!/\{\d+(?:,\d*)?\}/.test(regex)) {
    yield { level: 'warning', message: `The regular expression of the text box ${name} sets no length.` }
  }
}
