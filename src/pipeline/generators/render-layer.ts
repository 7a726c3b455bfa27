import { itemManifest } from '../../model/errors.ts'
import type { ArmTemplate } from './arm-template.ts'
import type { Renderer } from './handlebars.ts'
import { readRendered } from './read-rendered.ts'

/** What a template has besides its resources. */
export const SECTIONS = ['parameters', 'variables', 'outputs'] as const

/** One layer as a template: sections that are not there are empty. */
export function renderLayer(renderer: Renderer, source: string, file: string): ArmTemplate {
  const value = readRendered(renderer.render(source, file, 'json'), file) as Partial<ArmTemplate> | null
  if (typeof value?.resources !== 'object' || value.resources === null) {
    throw itemManifest(file, 'does not render to an object with resources')
  }
  return {
    parameters: value.parameters ?? {},
    variables: value.variables ?? {},
    resources: value.resources,
    outputs: value.outputs ?? {},
  }
}

/** Puts the members of one section into another. Throws `item.manifest` for a name that is there already. */
export function joinSection(into: Record<string, unknown>, from: Record<string, unknown>, where: string): void {
  for (const [name, value] of Object.entries(from)) {
    if (Object.hasOwn(into, name)) throw itemManifest(where, `"${name}" is already in another layer`)
    into[name] = value
  }
}
