import type { ArmResource, ArmTemplate } from './arm-template.ts'

type Holder = Pick<ArmTemplate, 'resources'>

/** The resources of a template itself, in a list or by symbolic name. */
export const topResources = ({ resources }: Holder): ArmResource[] =>
  Array.isArray(resources) ? resources : Object.values(resources)

/** The template that a nested deployment holds; undefined for any other resource. */
export function nestedTemplate(resource: ArmResource): Holder | undefined {
  if (resource.type.toLowerCase() !== 'microsoft.resources/deployments') return undefined
  const template = resource.properties?.['template']
  return typeof template === 'object' && template !== null && 'resources' in template ? (template as Holder) : undefined
}

/** Every resource that a template makes, those of nested deployments in the place of the deployment. */
export const allResources = (template: Holder): ArmResource[] =>
  topResources(template).flatMap((one) => {
    const inner = nestedTemplate(one)
    return inner ? allResources(inner) : [one]
  })

/** The layers of a template whose resources have symbolic names: a nested deployment each. */
export const nestedLayers = ({ resources }: Holder): { name: string; resources: ArmResource[] }[] =>
  Object.entries(resources).flatMap(([name, one]) => {
    const inner = nestedTemplate(one)
    return inner ? [{ name, resources: allResources(inner) }] : []
  })
