import { guardOf, type Reference } from '../../../arm/expressions.ts'
import { elementsOf, entriesOf, member, propertyOf, textOf, type ArmNode } from '../../../arm/node.ts'
import { usesIn } from '../../../arm/templates.ts'
import type { Fault, TemplateRule, TemplateSubject } from '../../rule.ts'

export const variablesMustBeReferenced: TemplateRule = {
  name: 'Variables-Must-Be-Referenced',
  family: 'template',
  step: 'quality',
  summary: 'Every variable is used, inside an expression.',
  severity: 'medium',
  *inspect(subject) {
    const { view, root, document } = subject
    const uses = Map.groupBy(usesIn(view, document.variableUses), (use) => use.name)
    for (const { name, key, start, value } of entriesOf(member(root, 'variables'))) {
      const loop = key === 'copy' ? value : propertyOf(value, 'copy')?.value
      if (loop) yield* inspectLoop(subject, uses, { loop, outer: key === 'copy' ? undefined : key })
      else yield* judge(subject, uses.get(key), { name, at: start })
    }
  },
}

function* judge(
  { document }: TemplateSubject,
  uses: readonly Reference[] | undefined,
  { name, at }: { name: string; at: number },
): Iterable<Fault> {
  if (!uses) {
    yield {
      id: 'Variables.Must.Be.Referenced',
      at,
      path: `variables.${name}`,
      message: `The variable ${name} is never used.`,
    }
  }
  for (const use of uses ?? []) {
    if (guardOf(document.text, use.start) !== '"') continue
    yield {
      id: 'Variables.Must.Be.Referenced.In.Expression',
      at: use.start,
      message: `The variable ${name} is named outside an expression: put the value in square brackets.`,
    }
  }
}

/** A variable made by `copy`: each item counts as a variable, or is reached through the outer one. */
function* inspectLoop(
  subject: TemplateSubject,
  uses: ReadonlyMap<string, Reference[]>,
  { loop, outer }: { loop: ArmNode; outer: string | undefined },
): Iterable<Fault> {
  for (const item of loop.kind === 'array' ? elementsOf(loop) : [loop]) {
    const name = textOf(member(item, 'name'))
    if (name === undefined) continue
    const own = uses.get(name.toLowerCase())
    const first = outer === undefined ? undefined : uses.get(outer)?.[0]
    const after = first ? subject.document.text.slice(first.end, first.end + 1 + name.length).toLowerCase() : ''
    if (!own && after === `.${name.toLowerCase()}`) continue
    yield* judge(subject, own, { name, at: item.start })
  }
}
