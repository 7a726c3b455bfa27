import { itemUnsafe } from '../../model/errors.ts'
import type { Draft } from '../../model/draft.ts'
import { toJson } from '../generators/arm-template.ts'
import { allResources } from '../generators/arm-resources.ts'
import type { ArmResource, ArmTemplate } from '../generators/arm-template.ts'
import { beside } from '../generators/nest.ts'
import type { RunState } from '../run-state.ts'

const FILE = 'mainTemplate.json'

/** The generated template of a draft, read from its file; every section is there, if empty. */
export function readTemplate(draft: Draft): ArmTemplate {
  const file = draft.files.find((one) => one.path === FILE)
  if (!file) throw itemUnsafe(draft.manifest.id, `there is no ${FILE} for ${draft.env}; generate it first`)
  const text = typeof file.content === 'string' ? file.content : Buffer.from(file.content).toString('utf8')
  let value: Partial<ArmTemplate>
  try {
    value = JSON.parse(text) as Partial<ArmTemplate>
  } catch (error) {
    throw itemUnsafe(draft.manifest.id, `${draft.env}/${FILE} is no JSON any more`, { cause: String(error) })
  }
  if (typeof value.resources !== 'object') throw itemUnsafe(draft.manifest.id, `${draft.env}/${FILE} has no resources`)
  value.parameters ??= {}
  value.variables ??= {}
  value.outputs ??= {}
  return value as ArmTemplate
}

/** Why middleware that looks at the template leaves a draft alone: another format was asked for. */
export const withoutTemplate = ({ files }: Draft): string | undefined =>
  files.some((one) => one.path === FILE) ? undefined : 'no ARM template was asked for'

/** Writes a changed template back to the draft; `added` are resources that were not in it before. */
export function writeTemplate(run: RunState, draft: Draft, template: ArmTemplate, added: Added): void {
  addTo(template, added)
  const { parameters, variables, resources, outputs, ...head } = template
  const part = (name: string, value: object): object => (Object.keys(value).length > 0 ? { [name]: value } : {})
  const whole = {
    ...head,
    ...part('parameters', parameters),
    ...part('variables', variables),
    resources,
    ...part('outputs', outputs),
  }
  draft.files = draft.files.map((file) => (file.path === FILE ? { path: FILE, content: toJson(whole) } : file))
  const made = run.made.get(draft.env)
  const had = allResources(template).filter((one) => !added.resources.includes(one))
  const layers = made?.layers ?? [{ name: 'resources', resources: had }]
  run.made.set(draft.env, {
    notes: made?.notes ?? [],
    findings: made?.findings ?? [],
    template,
    layers: [...layers, { ...added }],
  })
}

/** Puts resources into a template; where its layers are nested deployments, into one more that comes after them all. */
function addTo(template: ArmTemplate, { name, resources }: Added): void {
  if (Array.isArray(template.resources)) template.resources.push(...resources)
  else if (resources.length > 0) {
    const alone = resources.map(({ dependsOn, ...rest }) => {
      const kept = (dependsOn ?? []).filter((id) => resources.some((one) => id.includes(`'${one.type}'`)))
      return { ...rest, ...(kept.length > 0 ? { dependsOn: kept } : {}) }
    })
    template.resources[name] = beside(name, alone, Object.keys(template.resources))
  }
}

interface Added {
  /** What the layer is called in ARCHITECTURE.md. */
  name: string
  resources: ArmResource[]
}

/** Adds a section to the report, in the place of one that a former run of the same stage left. */
export function addSection(draft: Draft, section: Draft['sections'][number]): void {
  draft.sections = [...draft.sections.filter((one) => one.id !== section.id), section]
}

/** A member deep in a resource, such as `properties.sku.name`; names in any case are not looked for: we made them. */
export function memberOf(value: unknown, path: string): unknown {
  let at = value
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = (at as Record<string, unknown>)[part]
  }
  return at
}

/** Whether a resource is of a type, in any case as the language has it. */
export const isType = (resource: ArmResource, type: string): boolean =>
  resource.type.toLowerCase() === type.toLowerCase()

/** A value of a template as text: nothing for one that is not there. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
