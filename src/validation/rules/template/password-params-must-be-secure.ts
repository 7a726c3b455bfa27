import { declaredType } from '../../../arm/declared-type.ts'
import { entriesOf, member } from '../../../arm/node.ts'
import type { TemplateRule } from '../../rule.ts'

const SECRET = /password|secret|accountkey/i
/** Words beside `secret` that speak of where it is or who may see it rather than of its value. */
const ABOUT_SECRET = /permission|version|url|uri|name/i
const SECURE = ['securestring', 'secureobject', 'bool']

export const passwordParamsMustBeSecure: TemplateRule = {
  name: 'Password-params-must-be-secure',
  family: 'template',
  step: 'security',
  summary: 'A parameter whose name speaks of a secret has a secure type.',
  severity: 'high',
  *inspect({ root }) {
    for (const { name, start, value } of entriesOf(member(root, 'parameters'))) {
      const type = declaredType(root, value) ?? 'none'
      if (!SECRET.test(name) || SECURE.includes(type)) continue
      const isAbout = /secret/i.test(name) && ABOUT_SECRET.test(name)
      yield {
        id: 'Password.Param.Not.Secure',
        level: isAbout ? 'warning' : 'error',
        at: start,
        path: `parameters.${name}`,
        message: `The parameter ${name} sounds secret, but its type is ${type}.`,
      }
    }
  },
}
