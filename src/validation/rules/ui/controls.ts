import { entriesOf, member, textOf, type ArmNode, type ObjectNode, type Property } from '../../../arm/node.ts'
import { find } from '../../../arm/templates.ts'
import type { Spot } from '../../../arm/walk.ts'
import type { UiSubject } from '../../rule.ts'

/** One control of a definition: an object with a `type`. */
export interface Control {
  readonly node: ObjectNode
  readonly type: string
  readonly name: string
  readonly at: number
  readonly path: string
  /** The objects around it, nearest first. */
  readonly ancestors: readonly Spot[]
}

/** The controls whose type is one of those given (any case). */
export function controlsOf({ view }: UiSubject, ...types: readonly string[]): Control[] {
  const wanted = types.map((type) => type.toLowerCase())
  return find(view, 'type', view.root).flatMap(({ owner, value, ownerPath, ancestors }) => {
    const type = textOf(value)
    if (type === undefined || !wanted.includes(type.toLowerCase())) return []
    const name = textOf(member(owner.node, 'name')) ?? ''
    return [{ node: owner.node, type, name, at: owner.node.start, path: ownerPath, ancestors }]
  })
}

/** The outputs of a definition, and each as text (objects as JSON). */
export function outputsOf({ root, document }: UiSubject): (Property & { text: string })[] {
  return entriesOf(member(root, 'parameters', 'outputs')).map((output) => ({
    ...output,
    text: textOf(output.value) ?? document.text.slice(output.value.start, output.value.end),
  }))
}

/** A parameter of a template by name. */
export const parameterOf = (template: ArmNode | undefined, name: string): ArmNode | undefined =>
  member(template, 'parameters', name)

/** The name of the step that holds a control; undefined among the basics. */
export function stepOf(control: Control): string | undefined {
  if (!/(?:^|\.)steps\[/i.test(control.path)) return undefined
  const step = control.ancestors.findLast(({ node }) => member(node, 'elements'))
  return step && textOf(member(step.node, 'name'))
}
