import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { CostEstimate, CostQuery, CostReport } from '../../model/cost.ts'
import { fileProblem, reasonOf, usage } from '../../model/errors.ts'
import { OUTSIDE } from '../../model/limits.ts'
import { nestedLayers } from '../generators/arm-resources.ts'
import type { ArmTemplate } from '../generators/arm-template.ts'
import { hasManifest, loadTemplate } from '../generators/template-folder.ts'
import { layerFinder } from '../layer-of.ts'
import { previewRun } from '../preview-run.ts'
import { templateFolder } from '../run-input.ts'
import type { RunTools } from '../run-state.ts'
import { COST_ANALYZER_POINT, costAnalyzers, estimates, type CostRequest } from './cost-analyzer.ts'
import { costRequest } from './cost-request.ts'
import type { PriceTable } from './price-table.ts'

const MAIN = 'mainTemplate.json'
const DAY_MS = 86_400_000

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true

function readJson(file: string): unknown {
  try {
    if (statSync(file).size > OUTSIDE.fileTextBytes) throw new Error('it is too large')
    return JSON.parse(readFileSync(file, 'utf8')) as unknown
  } catch (error) {
    throw fileProblem(file, `it cannot be read (${reasonOf(error)})`, error)
  }
}

/** Folders of environments below a folder, or the folder itself when the files are in it. */
function environmentFolders(folder: string): { env: string; path: string }[] {
  if (isFile(join(folder, MAIN))) return [{ env: basename(folder), path: folder }]
  const entries = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : []
  return entries
    .toSorted()
    .map((env) => ({ env, path: join(folder, env) }))
    .filter(({ path }) => isFile(join(path, MAIN)))
}

/** Whether a path holds generated files rather than a template. */
export const isGenerated = (path: string): boolean => !hasManifest(path) && environmentFolders(path).length > 0

type Sections = { sections?: { 'finops-analysis'?: { lines?: { layer: string; type: string; name: string }[] } } }
/** The layers as the report beside the files tells them, if there is one. */
function toldLayers(path: string): { name: string; resources: { type: string; name: string }[] }[] {
  const file = join(path, 'report.json')
  const lines = isFile(file) ? (readJson(file) as Sections).sections?.['finops-analysis']?.lines : undefined
  return (Array.isArray(lines) ? lines : []).map(({ layer, type, name }) => ({
    name: layer,
    resources: [{ type, name }],
  }))
}

/** What there is to price of a folder with generated files. */
function folderRequest(env: string, path: string, prices: PriceTable): CostRequest {
  const template = readJson(join(path, MAIN)) as Partial<ArmTemplate>
  if (typeof template.resources !== 'object') throw fileProblem(join(path, MAIN), 'it has no resources')
  const answered = join(path, 'parameters.json')
  const given = isFile(answered)
    ? (readJson(answered) as { parameters?: Record<string, { value?: unknown }> }).parameters
    : undefined
  const parameters = Object.fromEntries(Object.entries(given ?? {}).map(([name, one]) => [name, one.value]))
  const region = parameters['location']
  return {
    env,
    region: typeof region === 'string' ? region : '',
    template: { variables: {}, outputs: {}, ...template, parameters: template.parameters ?? {} } as ArmTemplate,
    parameters,
    layerOf: layerFinder([...toldLayers(path), ...nestedLayers({ resources: template.resources })]),
    prices,
  }
}

function folderRequests({ target, envs }: CostQuery, prices: PriceTable): CostRequest[] {
  const there = environmentFolders(target)
  const strange = envs.find((env) => !there.some((one) => one.env === env))
  if (strange !== undefined)
    throw usage(
      `${target} has no environment "${strange.slice(0, 40)}".`,
      `There is ${there.map((one) => one.env).join(', ')}.`,
    )
  return there
    .filter(({ env }) => envs.length === 0 || envs.includes(env))
    .map(({ env, path }) => folderRequest(env, path, prices))
}

async function templateRequests(query: CostQuery, tools: RunTools, signal: AbortSignal): Promise<CostRequest[]> {
  const { environments } = loadTemplate(await templateFolder(query.target, tools)).environments
  const envs = query.envs.length > 0 ? [...query.envs] : Object.keys(environments)
  const run = await previewRun({ ...query.input, template: query.target, envs }, tools, signal)
  const requests: CostRequest[] = []
  for (const draft of run.drafts) requests.push(await costRequest(run, draft, tools))
  return requests
}

/** Costs of environments, by the same calculation that a run puts into its report. */
export async function costReport(
  query: Omit<CostQuery, 'prices'>,
  prices: { table: PriceTable; from: string },
  tools: RunTools,
  signal: AbortSignal,
): Promise<CostReport> {
  const { table, from } = prices
  const priced = { ...tools, prices: async () => table }
  const requests = isGenerated(query.target)
    ? folderRequests(query, table)
    : await templateRequests(query, priced, signal)
  const analyzers = costAnalyzers(tools.costAnalyzers)
  const environments: CostEstimate[] = []
  const others: CostEstimate[] = []
  for (const request of requests) {
    const [own, ...more] = await estimates(request, analyzers)
    if (own) environments.push(own)
    others.push(...more)
  }
  const ageDays = Math.max(0, Math.floor((tools.system.clock.now() - Date.parse(table.date)) / DAY_MS))
  const told = analyzers.map(({ id, title }) => ({ point: COST_ANALYZER_POINT, id, title }))
  return { target: query.target, prices: from, date: table.date, ageDays, analyzers: told, environments, others }
}
