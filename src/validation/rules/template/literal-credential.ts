import { entriesOf, member, textOf, type ArmNode } from '../../../arm/node.ts'
import { find, type Found } from '../../../arm/templates.ts'
import type { Fault, TemplateRule, TemplateSubject } from '../../rule.ts'

/** The words of one credential rule. */
interface Credential {
  name: string
  summary: string
  /** Property names, lower case. */
  keys: readonly string[]
  ids: { resource: string; variable: string; indirect: string }
  severity: TemplateRule['severity']
}

/** A rule that a credential is never written into resources or variables. */
export function literalCredential(credential: Credential): TemplateRule {
  return {
    name: credential.name,
    family: 'template',
    step: 'security',
    summary: credential.summary,
    severity: credential.severity,
    *inspect(subject) {
      for (const key of credential.keys) yield* inspectKey(subject, key, credential)
    },
  }
}

function* inspectKey(subject: TemplateSubject, key: string, { ids }: Credential): Iterable<Fault> {
  const { view, root } = subject
  const variables = member(root, 'variables')
  const sections = [
    { section: member(root, 'resources'), id: ids.resource },
    { section: variables, id: ids.variable },
  ]
  let last: { found: Found; text: string } | undefined
  for (const { section, id } of sections) {
    for (const found of find(view, key, section)) {
      const text = literalOf(found.value)
      if (text === undefined) continue
      last = { found, text }
      if (!isExpression(text)) yield fault(id, found, 'is written into the template')
    }
  }
  if (!last || !variables) return
  const name = /^\s*\[\s*variables\s*\(\s*'([^']*)'\s*\)/i.exec(last.text)?.[1]?.toLowerCase()
  const variable = entriesOf(variables).find((one) => one.key === name)
  if (variable && !isExpression(textOf(variable.value) ?? '')) {
    yield fault(ids.indirect, last.found, `comes from the variable ${variable.name}, which is not an expression`)
  }
}

/** Whether a pair of brackets with something in between stands in a text. By steps: a pattern takes quadratic time. */
function isExpression(text: string): boolean {
  const last = text.lastIndexOf(']')
  for (let at = text.indexOf('['); at >= 0 && at < last; at = text.indexOf('[', at + 2))
    if (text.charAt(at + 1) !== ']') return true
  return false
}

function literalOf(value: ArmNode): string | undefined {
  return textOf(value) ?? textOf(member(value, 'value'))
}

function fault(id: string, found: Found, what: string): Fault {
  return {
    id,
    at: found.property.start,
    path: found.path,
    message: `${found.property.name} ${what}; take a parameter.`,
  }
}
