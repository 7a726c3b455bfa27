import { member, textOf, type ArmNode, type ObjectNode } from '../../../arm/node.ts'
import { find, type TemplateView } from '../../../arm/templates.ts'
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

const resourcesOf = new WeakMap<ObjectNode, readonly ResourceSpot[]>()

/**
 * The resources of a template, in document order; those of inner templates belong to their own views. Looked for once:
 * several rules ask for them.
 */
export function resourcesIn({ view, root }: TemplateSubject): readonly ResourceSpot[] {
  let found = resourcesOf.get(root)
  if (!found) resourcesOf.set(root, (found = [...findResources(view, root)]))
  return found
}

function* findResources(view: TemplateView, root: ObjectNode): Iterable<ResourceSpot> {
  for (const { owner, value } of find(view, 'type', root)) {
    const { node } = owner
    const type = textOf(value)?.toLowerCase()
    // Parameters and outputs have a type too, and no API version.
    if (type === undefined || !type.includes('/') || !member(node, 'apiVersion')) continue
    const spot = { type, node, properties: member(node, 'properties') }
    yield {
      ...spot,
      get path() {
        return pathOf(owner, root)
      },
    }
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
