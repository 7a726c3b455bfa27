import { itemManifest } from '../../model/errors.ts'
import type { Answers } from './answers.ts'
import { nestedLayers, topResources } from './arm-resources.ts'
import type { ArmResource, ArmTemplate, Generated } from './arm-template.ts'
import type { Renderer } from './handlebars.ts'
import { nest, openScope, SYMBOLIC, type Part } from './nest.ts'
import { joinSection, renderLayer } from './render-layer.ts'
import { isStepOn, stepsMade, type Step } from './steps.ts'

/** The files of a step, rendered and joined. */
function renderStep(step: Step, renderer: Renderer): Part {
  const part: Part = { parameters: {}, variables: {}, resources: {}, outputs: {} }
  for (const { source, file } of step.sources) {
    const { parameters, variables, resources, outputs } = renderLayer(renderer, source, file)
    if (Object.keys(parameters).length > 0) {
      throw itemManifest(file, 'has parameters; a step is handed what it uses, so leave them out')
    }
    if (Array.isArray(resources)) throw itemManifest(file, 'has a list of resources; those of a step have names')
    joinSection(part.variables, variables, `${file}: variables`)
    joinSection(part.resources, resources, `${file}: resources`)
    joinSection(part.outputs, outputs, `${file}: outputs`)
  }
  return part
}

/**
 * Puts the steps of a template into it, each a nested deployment with a symbolic name; answers the layers they are. A
 * step whose files render to nothing is not there.
 */
export function renderSteps(
  whole: ArmTemplate,
  steps: readonly Step[],
  { renderer, answers }: { renderer: Renderer; answers: Answers },
): Generated['layers'] {
  if (topResources(whole).length > 0) throw itemManifest('layers', 'have resources; where there are steps, these do')
  const switches = { ...answers.environment, parameters: answers.parameters }
  const parts = new Map<Step, Part>()
  for (const step of steps) {
    const part = isStepOn(step, switches) ? renderStep(step, renderer) : undefined
    if (part && Object.keys(part.resources).length > 0) parts.set(step, part)
  }
  const scope = openScope(whole)
  const resources: Record<string, ArmResource> = {}
  for (const { step, needs } of stepsMade(steps, parts)) {
    const part = parts.get(step)
    if (!part) continue
    resources[step.name] = nest({ ...step, needs }, part, scope)
    scope.add(step.name, part)
  }
  whole.languageVersion = SYMBOLIC
  whole.resources = resources
  return nestedLayers(whole)
}
