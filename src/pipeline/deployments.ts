import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { DeployCommand, DeployQuery, Deployment } from '../model/deployment.ts'
import { fileProblem, usage } from '../model/errors.ts'
import { loadPatterns } from '../model/pattern.ts'
import { isGenerated } from './cost/cost-report.ts'
import { openAnswers } from './generators/answers.ts'
import { environmentOf } from './generators/environments.ts'
import { checkParameters } from './generators/parameters.ts'
import { hasManifest, loadTemplate, type Template } from './generators/template-folder.ts'
import { templateFolder, type TemplatePlaces } from './run-input.ts'

const SEED = 'souk'

/** Where the files of one environment are, and what they are called in the cloud. */
interface Place {
  env: string
  folder: string
  location: string
  resourceGroup: string
  name: string
}

type Values = Record<string, { value?: unknown }>
function valuesIn(folder: string): Record<string, unknown> {
  const file = join(folder, 'parameters.json')
  if (!existsSync(file)) return {}
  try {
    const { parameters = {} } = JSON.parse(readFileSync(file, 'utf8')) as { parameters?: Values }
    return Object.fromEntries(Object.entries(parameters).map(([name, one]) => [name, one.value]))
  } catch (error) {
    throw fileProblem(file, 'it is no file of parameters', error)
  }
}

const textOf = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise

/** By what was generated: its parameters name the region, and the prefix that begins every name. */
function placeOfFolder(folder: string, env: string): Place {
  const values = valuesIn(folder)
  const prefix = textOf(values['namePrefix'], basename(join(folder, '..')).toLowerCase())
  const location = textOf(values['location'], 'westus2')
  return { env, folder, location, resourceGroup: `rg-${prefix}-${env}`, name: `${prefix}-${env}` }
}

/** By the tables of the template, for what is not generated yet. */
function placeOfTemplate(template: Template, folder: string, env: string): Place {
  const { manifest, environments } = template
  const { location } = environmentOf(environments, env, manifest.id)
  const made = placeOfFolder(folder, env)
  if (existsSync(join(folder, 'parameters.json'))) return { ...made, name: `${manifest.id}-${env}` }
  const { names } = openAnswers(template, { env, parameters: checkParameters(manifest, {}), seed: SEED })
  const group = names['resourceGroup']
  return { ...made, location, resourceGroup: textOf(group, `rg-${manifest.id}-${env}`), name: `${manifest.id}-${env}` }
}

function azCommands({ folder, location, resourceGroup, name }: Place): DeployCommand[] {
  const deploy = ['az', 'deployment', 'group', 'create', '--resource-group', resourceGroup, '--name', name]
  return [
    { folder, command: ['az', 'group', 'create', '--name', resourceGroup, '--location', location] },
    { folder, command: [...deploy, '--template-file', 'mainTemplate.json', '--parameters', '@parameters.json'] },
  ]
}

/** The folder of the Pulumi project of an environment: one beside its template, or the folder itself. */
function projectIn(folder: string): string | undefined {
  return [join(folder, 'pulumi'), folder].find((one) => existsSync(join(one, 'Pulumi.yaml')))
}

function deploymentOf(place: Place, asked: DeployQuery['with']): Deployment {
  const { env, folder } = place
  const project = projectIn(folder)
  const hasTemplate = existsSync(join(folder, 'mainTemplate.json'))
  const kind = asked ?? (project !== undefined && !hasTemplate ? 'pulumi' : 'az')
  if (kind === 'az') return { env, with: 'az', isGenerated: hasTemplate, commands: azCommands(place) }
  const at = project ?? join(folder, 'pulumi')
  return {
    env,
    with: 'pulumi',
    isGenerated: project !== undefined,
    commands: [
      { folder: at, command: ['pulumi', 'stack', 'select', env] },
      { folder: at, command: ['pulumi', 'up'] },
    ],
    orElse: { folder: at, command: ['pulumi', 'up', '--stack', env] },
  }
}

/** The commands that deploy environments. Nothing runs. Throws `usage` for an environment there is none of. */
export async function deployments(query: DeployQuery, places: TemplatePlaces): Promise<Deployment[]> {
  const { target, envs, out, resourceGroup } = query
  const own = resourceGroup === undefined ? {} : { resourceGroup }
  const below = [target, ...envs.map((env) => join(target, env))]
  if (isGenerated(target) || (!hasManifest(target) && below.some((one) => projectIn(one) !== undefined))) {
    return envs.map((env) => {
      const below = join(target, env)
      const isOne = basename(target) === env && !existsSync(below)
      if (!isOne && !existsSync(below))
        throw usage(`There is no folder "${env}" in ${target}.`, 'Name another with --env.')
      return deploymentOf({ ...placeOfFolder(isOne ? target : below, env), ...own }, query.with)
    })
  }
  const template = loadTemplate(await templateFolder(target, places))
  await loadPatterns()
  return envs.map((env) => deploymentOf({ ...placeOfTemplate(template, join(out, env), env), ...own }, query.with))
}
