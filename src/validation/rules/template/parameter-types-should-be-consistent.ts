import { parameterReferences } from '../../../arm/expressions.ts'
import { entriesOf, member, propertyOf, textOf, type ObjectNode } from '../../../arm/node.ts'
import type { Spot } from '../../../arm/walk.ts'
import type { Fault, TemplateRule, TemplateSubject } from '../../rule.ts'

export const parameterTypesShouldBeConsistent: TemplateRule = {
  name: 'Parameter-Types-Should-Be-Consistent',
  family: 'template',
  step: 'structure',
  summary: 'A parameter handed to an inner template has the same type there.',
  severity: 'medium',
  isOuterOnly: true,
  seesLinks: true,
  *inspect(subject) {
    for (const template of subject.inner) yield* inspectTemplate(subject, template)
  },
}

function* inspectTemplate({ document }: TemplateSubject, template: ObjectNode): Iterable<Fault> {
  const owner = document.index.byKey.get('template')?.find(({ property }) => property.value === template)?.owner
  const declared = member(template, 'parameters')
  for (const { name, start, value } of entriesOf(member(owner?.node, 'parameters'))) {
    const type = textOf(member(declared, name, 'type'))
    const outer = plainReference(textOf(member(value, 'value')))
    if (!type || !outer) continue
    const outerType = typeOutside(owner, outer)
    if (!outerType || outerType.toLowerCase() === type.toLowerCase()) continue
    const message = `The parameter ${outer} is of type ${outerType}, but ${name} of the inner template is ${type}.`
    yield { id: 'Inconsistent.Parameter', at: start, message }
  }
}

/** The one parameter a value hands on as it is: nothing is taken from it and no other argument follows. */
function plainReference(text: string | undefined): string | undefined {
  const [first, second] = parameterReferences(text ?? '')
  if (!text || !first || second) return undefined
  const rest = text.slice(first.end)
  return /^\s*[.[]/.test(rest) || rest.includes(',') ? undefined : first.name
}

/** The declared type in the nearest template around a spot that knows the parameter. */
function typeOutside(spot: Spot | undefined, name: string): string | undefined {
  for (let at = spot?.parent; at; at = at.parent) {
    const type = textOf(member(propertyOf(member(at.node, 'parameters'), name)?.value, 'type'))
    if (type) return type
  }
  return undefined
}
