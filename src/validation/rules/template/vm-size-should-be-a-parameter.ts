import { refersToParameter } from '../../../arm/expressions.ts'
import { expandVariable } from '../../../arm/variables.ts'
import { member, textOf, type ArmNode } from '../../../arm/node.ts'
import { find, innerView, type Found } from '../../../arm/templates.ts'
import type { TemplateRule, TemplateSubject } from '../../rule.ts'

export const vmSizeShouldBeAParameter: TemplateRule = {
  name: 'VM-Size-Should-Be-A-Parameter',
  family: 'template',
  step: 'quality',
  summary: 'The size of machines is a parameter.',
  severity: 'low',
  isOuterOnly: true,
  acrossFor: 'vmsize',
  *inspect(subject) {
    // The whole file counts here, inner templates too.
    for (const found of find(innerView(subject.document, subject.root), 'vmsize', subject.root)) {
      const why = judge(found, subject)
      if (why) yield { at: found.property.start, path: found.path, message: why }
    }
  },
}

function judge({ path, value, ancestors, owner }: Found, { root, document }: TemplateSubject): string | undefined {
  const isHandedOn = /resources\[\d+\]\.properties\.parameters/i.test(path)
  if (!isHandedOn && /^parameters|\.parameters\./i.test(path)) return undefined
  const given = textOf(value) === undefined ? (member(value, 'value') ?? value) : value
  const text = textOf(given) ?? document.text.slice(given.start, given.end)
  if (refersToParameter(text)) return undefined
  if (!isHandedOn && /variables\s?\(/i.test(text)) {
    const template = [owner, ...ancestors].find(({ node }) => member(node, 'variables') && member(node, 'resources'))
    const expanded = expandVariable(template?.node ?? root, given)
    if (!expanded.ok) return `The size cannot be found: ${expanded.missing}.`
    const words = textIn(expanded.value, document.text).toLowerCase()
    const start = words.indexOf('[')
    if (start >= 0 && words.includes("parameters('", start)) return undefined
  }
  return `The size ${text.slice(0, 60)} does not come from a parameter.`
}

const textIn = (node: ArmNode | undefined, text: string): string => (node ? text.slice(node.start, node.end) : '')
