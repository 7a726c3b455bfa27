import { member, textOf, type ArmNode, type ObjectNode } from '../../../arm/node.ts'
import { find } from '../../../arm/templates.ts'
import { pathOf } from '../../../arm/walk.ts'
import type { TemplateSubject } from '../../rule.ts'

/** A resource that a template deploys. */
export interface ResourceSpot {
  /** In lower case. */
  type: string
  node: ObjectNode
  properties: ArmNode | undefined
  /** Such as `resources[0]`. */
  path: string
}

/** The resources of a template, in document order; those of inner templates belong to their own views. */
export function* resourcesIn({ view, root }: TemplateSubject): Iterable<ResourceSpot> {
  for (const { owner, value } of find(view, 'type', root)) {
    const { node } = owner
    const type = textOf(value)?.toLowerCase()
    // Parameters and outputs have a type too, and no API version.
    if (type === undefined || !type.includes('/') || !member(node, 'apiVersion')) continue
    yield { type, node, properties: member(node, 'properties'), path: pathOf(owner, root) }
  }
}

const PARAMETER = /^\[\s*parameters\(\s*'([^']{1,100})'\s*\)\s*\]$/i

/** What a value is when nobody says otherwise: itself, or the default of the parameter it is. */
export function usualValue(root: ObjectNode, node: ArmNode | undefined): ArmNode | undefined {
  const name = PARAMETER.exec(textOf(node) ?? '')?.[1]
  return name === undefined ? node : member(root, 'parameters', name, 'defaultValue')
}

/** The same as text in lower case; empty for what is no plain value. */
export function usualText(root: ObjectNode, node: ArmNode | undefined): string {
  const usual = usualValue(root, node)
  return usual?.kind === 'string' || usual?.kind === 'boolean' || usual?.kind === 'number'
    ? String(usual.value).trim().toLowerCase()
    : ''
}
