import { isTruthy, member, plainText } from '../../../arm/node.ts'
import type { Fault, UiRule } from '../../rule.ts'
import { controlsOf, type Control } from './controls.ts'
import { isRegexReadable } from './dotnet-regex.ts'

const SHORTEST = 12

export const passwordBoxesMustHaveMinLength: UiRule = {
  name: 'PasswordBoxes-Must-Have-Min-Length',
  family: 'ui',
  step: 'security',
  summary: 'Password boxes ask for at least twelve characters.',
  severity: 'medium',
  *inspect(subject) {
    for (const control of controlsOf(subject, 'Microsoft.Common.PasswordBox')) {
      const fault = judge(control)
      if (fault) yield { at: control.at, path: control.path, ...fault }
    }
  },
}

function judge({ node, name }: Control): Omit<Fault, 'at'> | undefined {
  const constraints = member(node, 'constraints')
  if (!isTruthy(constraints)) return { message: `The password box ${name} has no constraints.` }
  const regex = plainText(member(constraints, 'regex'))
  if (!regex || (regex.startsWith('[') && regex.endsWith(']') && regex.includes('('))) return undefined
  if (!isRegexReadable(regex))
    return { message: `The password box ${name} has a regular expression that cannot be read.` }
  const minima = Array.from(regex.matchAll(/\{(\d+)/g), (match) => Number(match[1]))
  if (!minima.length) return { message: `The regular expression of the password box ${name} sets no length.` }
  const total = minima.reduce((sum, one) => sum + one, 0)
  if (total >= SHORTEST) return undefined
  return { level: 'warning', message: `The password box ${name} takes fewer than ${SHORTEST} characters.` }
}
