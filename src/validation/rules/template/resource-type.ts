import { member, textOf } from '../../../arm/node.ts'
import type { Found } from '../../../arm/templates.ts'

const DEPLOYMENT = 'microsoft.resources/deployments'

/**
 * The full type of the resource that owns a property: its type after those of the resources around it. Deployments
 * with inner scope are left out, as is a part that a later one repeats.
 */
export function resourceTypeOf(found: Found): string {
  const types: string[] = []
  for (const spot of [found.owner, ...found.ancestors].toReversed()) {
    const type = textOf(member(spot.node, 'type'))
    if (type === undefined) continue
    const scope = textOf(member(spot.node, 'properties', 'expressionEvaluationOptions', 'scope'))?.toLowerCase()
    if (spot !== found.owner && type.toLowerCase() === DEPLOYMENT && scope === 'inner') continue
    types.push(type)
  }
  return types
    .filter(
      (type, index) => !types.slice(index + 1).some((later) => later.toLowerCase().startsWith(type.toLowerCase())),
    )
    .join('/')
}

/** The provider inside a plain resource name such as `vm/Microsoft.Insights/default`; an expression is not read. */
export function providerInName(name: string | undefined): string | undefined {
  return /^[^[]*\/(Microsoft\.[\w.]+)\//i.exec(name ?? '')?.[1]
}
