import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { ENVS, type Env } from './plan.ts'

export interface Resource {
  /** The step of the deployment it is made in. */
  step: string
  type: string
  name: string
  sku?: { name?: string }
  properties?: Record<string, unknown>
}

/** What was generated for one environment, as a reader of the files sees it. */
export interface Made {
  location: unknown
  resources: Resource[]
  /** Steps by what they wait for. */
  steps: Record<string, string[]>
  /** Tiers asked for, by component, as the description beside the template has them. */
  asked: Record<string, string>
  /** Text files of the project in Python by path; undefined where there is none. */
  project: Map<string, string> | undefined
}

type Nested = { properties: { template: { resources: Record<string, Resource> | Resource[] } }; dependsOn?: string[] }

const read = (path: string): string => readFileSync(path, 'utf8')

function projectIn(folder: string): Made['project'] {
  const root = join(folder, 'pulumi')
  if (!existsSync(root)) return undefined
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  return new Map(
    files.map((one) => {
      const path = join(one.parentPath, one.name)
      return [relative(root, path).split(sep).join('/'), read(path)]
    }),
  )
}

/** The rows of the table of tiers: component, asked for, used. */
function askedIn(text: string): Record<string, string> {
  const [, table = ''] = text.split('\n## Tiers\n')
  const rows = (table.split('\n## ', 1)[0] ?? '').split('\n').map((line) => line.split('|').map((one) => one.trim()))
  return Object.fromEntries(rows.slice(3).flatMap(([, title, asked]) => (title && asked ? [[title, asked]] : [])))
}

function madeIn(folder: string): Made {
  const template = JSON.parse(read(join(folder, 'mainTemplate.json'))) as { resources: Record<string, Nested> }
  const { parameters } = JSON.parse(read(join(folder, 'parameters.json'))) as {
    parameters: Record<string, { value: unknown }>
  }
  const steps = Object.entries(template.resources)
  return {
    location: parameters['location']?.value,
    resources: steps.flatMap(([step, one]) =>
      Object.values(one.properties.template.resources).map((resource) => ({ ...resource, step })),
    ),
    steps: Object.fromEntries(steps.map(([step, one]) => [step, one.dependsOn ?? []])),
    asked: askedIn(read(join(folder, 'ARCHITECTURE.md'))),
    project: projectIn(folder),
  }
}

/** The files of all environments below a folder. */
export const readGenerated = (out: string): Record<Env, Made> =>
  Object.fromEntries(ENVS.map((env) => [env, madeIn(join(out, env))])) as Record<Env, Made>
