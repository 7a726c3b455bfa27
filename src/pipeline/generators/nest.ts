import { itemManifest } from '../../model/errors.ts'
import type { ArmParameter, ArmResource, ArmTemplate } from './arm-template.ts'
import type { Step } from './steps.ts'

export const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
/** Resources have symbolic names from this version of the language on. */
export const SYMBOLIC = '2.0'
const DEPLOYMENTS = { type: 'Microsoft.Resources/deployments', apiVersion: '2025-04-01' }

/** Where a value of a nested template comes from, and of which type it is. */
interface Source {
  value: string
  declared: ArmParameter
  /** The step that must have ended for it. */
  step?: string
}

/** What the files of a step render to. */
export type Part = Omit<ArmTemplate, 'resources'> & { resources: Record<string, ArmResource> }

/** Names in `parameters('name')`; what stands in templates inside is theirs. */
function parametersIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === 'string' && value.startsWith('[')) {
    for (const [, name = ''] of value.matchAll(/\bparameters\('(\w+)'\)/g)) found.add(name)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      if (typeof one !== 'object' || key !== 'template') parametersIn(one, found)
      if (key.startsWith('[')) parametersIn(key, found)
    }
  }
  return found
}

const typeOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'object') return 'object'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'number' ? 'int' : 'string'
}

/** What the steps of a template can be handed: its parameters, its variables, and what earlier steps put out. */
export function openScope(whole: ArmTemplate) {
  const outputs = new Map<string, Source>()
  const own = (from: Record<string, unknown>, name: string): boolean => Object.hasOwn(from, name)
  return {
    find(name: string): Source | undefined {
      const parameter = own(whole.parameters, name) ? whole.parameters[name] : undefined
      if (parameter) {
        const { defaultValue: _default, metadata: _words, ...declared } = parameter
        return { value: `[parameters('${name}')]`, declared }
      }
      if (own(whole.variables, name)) {
        return { value: `[variables('${name}')]`, declared: { type: typeOf(whole.variables[name]) } }
      }
      return outputs.get(name)
    },
    /** Tells what a step puts out; the whole template puts it out too. */
    add(step: string, part: Part): void {
      for (const [name, output] of Object.entries(part.outputs)) {
        const { type } = output as { type: string }
        const value = `[reference('${step}').outputs.${name}.value]`
        outputs.set(name, { value, declared: { type }, step })
        whole.outputs[name] = { type, value }
      }
    },
  }
}
type Scope = ReturnType<typeof openScope>

/** One step as a nested deployment with a scope of its own, which is handed all that it uses. */
export function nest(step: Step, part: Part, scope: Scope): ArmResource {
  const used = [...parametersIn([part.variables, part.resources, part.outputs])]
  const handed = used.map((name) => {
    const source = scope.find(name)
    if (!source) throw itemManifest(step.layers.join(', '), `uses the parameter "${name}", which nothing gives it`)
    return { name, ...source }
  })
  const declared = Object.fromEntries(handed.map((one) => [one.name, one.declared]))
  const values = Object.fromEntries(handed.map(({ name, value }) => [name, { value }]))
  const dependsOn = [...new Set([...step.needs, ...handed.flatMap((one) => one.step ?? [])])]
  return {
    ...DEPLOYMENTS,
    name: step.name,
    ...(dependsOn.length > 0 ? { dependsOn } : {}),
    properties: {
      mode: 'Incremental',
      expressionEvaluationOptions: { scope: 'inner' },
      ...filled({ parameters: values }),
      template: {
        $schema: SCHEMA,
        languageVersion: SYMBOLIC,
        contentVersion: '1.0.0.0',
        ...filled({ parameters: declared, variables: part.variables }),
        resources: part.resources,
        ...filled({ outputs: part.outputs }),
      },
    },
  }
}

/** Resources that stand beside all steps, in a deployment that shares the scope of the whole. */
export const beside = (name: string, resources: readonly ArmResource[], needs: readonly string[]): ArmResource => ({
  ...DEPLOYMENTS,
  name,
  dependsOn: [...needs],
  properties: {
    mode: 'Incremental',
    expressionEvaluationOptions: { scope: 'outer' },
    template: { $schema: SCHEMA, contentVersion: '1.0.0.0', resources },
  },
})

/** The members that hold something. */
const filled = (members: Record<string, object>): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => Object.keys(value).length > 0))
