import { nestedTemplate, topResources } from '../generators/arm-resources.ts'
import type { ArmResource, ArmTemplate } from '../generators/arm-template.ts'
import { memberOf } from '../middleware/edit-template.ts'

/** What an expression that names one parameter or variable stands for; anything else as it is. */
export type Read = (value: unknown) => unknown

/** A resource that is made, and how what it names is read where it stands. */
interface ScopedResource {
  resource: ArmResource
  read: Read
}

type Values = Readonly<Record<string, unknown>>
type Scope = Pick<ArmTemplate, 'resources'> & Partial<Pick<ArmTemplate, 'parameters' | 'variables'>>

/** Variables may name variables; more than this many times over is a circle. */
const MOST_STEPS = 10
const own = (from: Values | undefined, name: string): unknown =>
  from !== undefined && Object.hasOwn(from, name) ? from[name] : undefined

function readerOf(template: Scope, values: Values): Read {
  const step = (value: unknown): unknown => {
    const [, kind, name = ''] =
      /^\[(parameters|variables)\('([^']+)'\)\]$/.exec(typeof value === 'string' ? value : '') ?? []
    if (kind === 'variables') return own(template.variables, name)
    if (kind === undefined) return value
    return Object.hasOwn(values, name) ? values[name] : memberOf(own(template.parameters, name), 'defaultValue')
  }
  return (value) => {
    let at = value
    for (let count = 0; count < MOST_STEPS; count++) {
      const next = step(at)
      if (next === at) return at
      at = next
    }
    return undefined
  }
}

/** What a nested deployment with a scope of its own is handed, as read outside of it. */
function handed(deployment: ArmResource, read: Read): Values {
  const given = memberOf(deployment, 'properties.parameters')
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : []
  return Object.fromEntries(entries.map(([name, one]) => [name, read(memberOf(one, 'value'))]))
}

/**
 * Every resource that a template makes for these answers, those of nested deployments in the place of the deployment.
 * A deployment whose template is elsewhere stands for itself; what is switched off or only referred to is left out.
 */
export function* scopedResources(template: Scope, values: Values): Generator<ScopedResource> {
  yield* within(template, readerOf(template, values))
}

function* within(template: Scope, read: Read): Generator<ScopedResource> {
  for (const resource of topResources(template)) {
    if (resource['condition'] === false || resource['existing'] === true) continue
    const inner: Scope | undefined = nestedTemplate(resource)
    if (!inner) yield { resource, read }
    else if (memberOf(resource, 'properties.expressionEvaluationOptions.scope') !== 'inner') yield* within(inner, read)
    else yield* scopedResources(inner, handed(resource, read))
  }
}
