import type { ArmResource, ArmTemplate } from './arm-template.ts'
import { allResources, nestedTemplate } from './arm-resources.ts'
import type { Template } from './template-folder.ts'

/** A step of the order: what it makes, and the steps it waits for by their numbers. */
interface OrderedStep {
  step?: number
  name: string
  title: string
  needs: number[]
  types: string[]
  /** Types made before by other means than the template. */
  before?: { types: string[]; by: string }
}

/** The order in which the steps of a template are deployed; those without a number come after all others. */
export interface DeploymentOrder {
  steps: OrderedStep[]
  afterwards: OrderedStep[]
}

const typesOf = (resource: ArmResource): string[] => {
  const inner = nestedTemplate(resource)
  return inner ? [...new Set(allResources(inner).map(({ type }) => type))].toSorted() : []
}

/** Read from what was generated: steps that are not there are not in the order. */
export function deploymentOrder(template: Template, made: Pick<ArmTemplate, 'resources'>): DeploymentOrder {
  const numbers = new Map(template.steps.map(({ name, step }) => [name, step]))
  const ordered = template.steps.flatMap(({ name, title, step, before }): OrderedStep[] => {
    const resource = Array.isArray(made.resources) ? undefined : made.resources[name]
    if (!resource) return []
    const needs = (resource.dependsOn ?? []).flatMap((one) => numbers.get(one) ?? []).toSorted((a, b) => a - b)
    const types = [...new Set([...(before?.types ?? []), ...typesOf(resource)])].toSorted()
    return [{ ...(step === undefined ? {} : { step }), name, title, needs, types, ...(before ? { before } : {}) }]
  })
  return {
    steps: ordered.filter(({ step }) => step !== undefined),
    afterwards: ordered.filter(({ step }) => step === undefined),
  }
}
