import { itemManifest } from '../../model/errors.ts'
import type { Finding } from '../../model/report.ts'
import type { Answers } from './answers.ts'
import { topResources } from './arm-resources.ts'
import { overrideText } from './features.ts'
import { openRenderer } from './handlebars.ts'
import type { Renderer } from './handlebars.ts'
import { SCHEMA } from './nest.ts'
import { joined, type Piece } from './piece.ts'
import { readRendered } from './read-rendered.ts'
import { joinSection, renderLayer, SECTIONS } from './render-layer.ts'
import { renderSteps } from './render-steps.ts'
import { openRepeat } from './repeat-layer.ts'
import type { Template } from './template-folder.ts'

export interface ArmParameter {
  type: string
  defaultValue?: unknown
  allowedValues?: unknown[]
  metadata?: { description?: string }
  [member: string]: unknown
}
export interface ArmResource {
  type: string
  name: string
  dependsOn?: string[]
  properties?: Record<string, unknown>
  [member: string]: unknown
}
/** An ARM template as it is generated. */
export interface ArmTemplate {
  /** 2.0 where resources have symbolic names. */
  languageVersion?: string
  parameters: Record<string, ArmParameter>
  variables: Record<string, unknown>
  resources: ArmResource[] | Record<string, ArmResource>
  outputs: Record<string, unknown>
}

/** One environment of a template, generated. `layers` says which layer file made which resources. */
export interface Generated {
  template: ArmTemplate
  layers: { name: string; resources: ArmResource[] }[]
  notes: string[]
  /** What is to be said of the answers themselves, such as a tier that was raised. */
  findings: Finding[]
}

/** Renders every layer with the answers and joins them to one template. Equal answers give equal bytes. */
export function generateArm(template: Template, answers: Answers): Generated {
  const { whole, layers, notes, repeated } = renderLayers(template, answers)
  for (const { name, pieces } of repeated) {
    const resource = JSON.parse(joined(pieces)) as ArmResource
    const last = layers.at(-1)
    if (last?.name === name) last.resources.push(resource)
    else layers.push({ name, resources: [resource] })
    if (Array.isArray(whole.resources)) whole.resources.push(resource)
  }
  return { template: whole, layers, notes, findings: answers.findings }
}

/** What layers see of the answers. */
export function contextOf(template: Template, answers: Answers): Record<string, unknown> {
  const { env, environment, parameters, tiers, requested, names } = answers
  const { title, location, settings, features } = environment
  const { shared } = template.environments
  return { env, title, location, settings, features, tiers, requested, parameters, names, shared }
}

/** Where what looks like chance in the files of one environment comes from. */
export const seedOf = ({ manifest }: Template, { env, seed }: Answers): string =>
  JSON.stringify([manifest.id, env, seed])

/** The renderer of a template's layers for one set of answers. */
const rendererFor = (template: Template, answers: Answers): Renderer =>
  openRenderer(contextOf(template, answers), seedOf(template, answers), template.parts)

/** The Mermaid diagram of one environment, where the template draws one. */
export const diagram = (template: Template, answers: Answers): string | undefined =>
  template.diagram &&
  rendererFor(template, answers).render(template.diagram.source, template.diagram.file, 'text').trimEnd()

/** `viewDefinition.json`, rendered as the layers are. */
export function viewDefinition(template: Template, layer: { file: string; source: string }, answers: Answers): string {
  const renderer = rendererFor(template, answers)
  return toJson(readRendered(renderer.render(layer.source, layer.file, 'json'), layer.file))
}

/** The layers that are made once, and those that repeat as they are asked for. */
export interface Rendered {
  whole: ArmTemplate
  layers: Generated['layers']
  notes: string[]
  repeated: Iterable<{ name: string; pieces: readonly Piece[] }>
}

/** Renders what is made once; what repeats is rendered one by one when it is asked for. */
export function renderLayers(template: Template, answers: Answers): Rendered {
  const { parameters } = answers
  const renderer = rendererFor(template, answers)
  const whole: ArmTemplate = { parameters: {}, variables: {}, resources: [], outputs: {} }
  const layers = template.layers.map((layer) => {
    const part = renderLayer(renderer, layer.source, layer.file)
    for (const section of SECTIONS) joinSection(whole[section], part[section], `${layer.file}: ${section}`)
    const made = topResources(part)
    if (Array.isArray(whole.resources)) whole.resources.push(...made)
    return { name: layer.name, resources: made }
  })
  if (template.steps.length > 0) layers.push(...renderSteps(whole, template.steps, { renderer, answers }))
  const repeated = { [Symbol.iterator]: () => repeatLayers(template, parameters, renderer) }
  return { whole, layers, notes: [...answers.overrides.map(overrideText), ...template.environments.notes], repeated }
}

/** One resource for each entry of the list that a layer repeats over, with `item` and `index` in its context. */
function* repeatLayers(
  { repeats }: Template,
  parameters: Record<string, unknown>,
  renderer: Renderer,
): Generator<{ name: string; pieces: readonly Piece[] }> {
  for (const { name, file, each, source } of repeats) {
    const list = Object.hasOwn(parameters, each) ? parameters[each] : undefined
    if (!Array.isArray(list)) throw itemManifest(file, `repeats over "${each}", which is no list parameter`)
    const render = openRepeat(renderer, source, file)
    for (let index = 0; index < list.length; index++) yield { name, pieces: render(list[index], index) }
  }
}

export const toJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

/** The sections that have something in them. */
export const sectionsOf = (template: ArmTemplate): (typeof SECTIONS)[number][] =>
  SECTIONS.filter((name) => Object.keys(template[name]).length > 0)

/** The template as a file. Empty sections are left out. */
export function mainTemplate(template: ArmTemplate): string {
  const sections = sectionsOf(template)
  const part = (name: (typeof SECTIONS)[number]): Record<string, unknown> =>
    sections.includes(name) ? { [name]: template[name] } : {}
  return toJson({
    $schema: SCHEMA,
    ...(template.languageVersion === undefined ? {} : { languageVersion: template.languageVersion }),
    contentVersion: '1.0.0.0',
    ...part('parameters'),
    ...part('variables'),
    resources: template.resources,
    ...part('outputs'),
  })
}
