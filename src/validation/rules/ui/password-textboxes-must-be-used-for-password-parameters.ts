import type { UiRule } from '../../rule.ts'
import { isSecure } from '../template/secure-parameters.ts'
import { controlsOf, outputsOf, parameterOf } from './controls.ts'

export const passwordTextboxesMustBeUsedForPasswordParameters: UiRule = {
  name: 'Password-Textboxes-Must-Be-Used-For-Password-Parameters',
  family: 'ui',
  step: 'security',
  summary: 'What a password box holds goes to a secure parameter.',
  severity: 'high',
  needs: 'main',
  *inspect(subject) {
    const outputs = outputsOf(subject)
    for (const { name, at, path } of controlsOf(subject, 'Microsoft.Common.PasswordBox')) {
      const used = new RegExp(String.raw`(?:steps|basics)\([\s\S]*${escaped(name)}`, 'i')
      const output = outputs.find(({ text }) => used.test(text))
      const parameter = output && parameterOf(subject.main, output.name)
      if (!output) yield { at, path, message: `The password box ${name} is in no output.` }
      else if (!parameter) yield { at, path, message: `The output ${output.name} is not a parameter of the template.` }
      else if (!isSecure(subject.main ?? parameter, parameter))
        yield { at, path, message: `The parameter ${output.name} takes a password and is not secure.` }
    }
  },
}

const escaped = (name: string): string => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
