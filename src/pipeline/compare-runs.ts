import { isDeepStrictEqual } from 'node:util'
import type { DiffRow, EnvironmentDiff } from '../model/environment-diff.ts'
import type { Draft } from '../model/draft.ts'
import { answersOf } from './builtin-middleware.ts'
import { costRequest, templateOf } from './cost/cost-request.ts'
import { costAnalyzers, estimates } from './cost/cost-analyzer.ts'
import { tableRows } from './environment-table.ts'
import type { Answers } from './generators/answers.ts'
import { allResources } from './generators/arm-resources.ts'
import { layerFinder } from './layer-of.ts'
import { logicalNames } from './logical-names.ts'
import type { RunState, RunTools } from './run-state.ts'

/** One side, generated. */
export interface GeneratedSide {
  label: string
  run: RunState
  draft: Draft
}

interface NamedResource {
  /** Type and name, told apart by a number where two are the same. */
  key: string
  type: string
  name: string
  layer: string
  members: Map<string, string>
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Every plain value of a resource by its path. */
function leaves(value: unknown, path: string, into: Map<string, string>): Map<string, string> {
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    const isList = Array.isArray(value)
    for (const [name, member] of Object.entries(value)) {
      leaves(member, isList ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`, into)
    }
  } else into.set(path, shown(value))
  return into
}

function resourcesOf({ run, draft }: GeneratedSide, answers: Answers): NamedResource[] {
  const nameOf = logicalNames(answers.names)
  const layerOf = layerFinder(run.made.get(draft.env)?.layers ?? [])
  const seen = new Map<string, number>()
  return allResources(templateOf(run, draft)).map((one) => {
    const { name: given, dependsOn: _, ...rest } = one
    const name = nameOf(given)
    const twin = `${one.type} ${name}`
    const count = (seen.get(twin) ?? 0) + 1
    seen.set(twin, count)
    return { key: `${twin} ${count}`, type: one.type, name, layer: layerOf(one), members: leaves(rest, '', new Map()) }
  })
}

const differs = (cells: readonly unknown[]): boolean => cells.some((cell) => !isDeepStrictEqual(cell, cells[0]))

/** The cells that are not the same: of the environment itself, its tables and the answers. */
function rowsOf(sides: readonly GeneratedSide[], answers: readonly Answers[]): DiffRow[] {
  const [{ run } = {} as GeneratedSide] = sides
  const environments = answers.map((one) => one.environment)
  const { settings, features, tiers } = tableRows(run.template.environments, environments)
  const of = (part: DiffRow['part'], rows: readonly { title: string; cells: string[] }[]): DiffRow[] =>
    rows.map(({ title, cells }) => ({ part, title, cells }))
  const names = [...new Set(answers.flatMap((one) => Object.keys(one.parameters)))]
  const parameters = names.map((title) => ({ title, cells: answers.map((one) => shown(one.parameters[title] ?? '-')) }))
  const own = [
    { title: 'Title', cells: environments.map((one) => one.title) },
    { title: 'Region', cells: environments.map((one) => one.location) },
    { title: 'Addresses', cells: environments.map((one) => shown(one.settings['vnetCidr'] ?? '-')) },
  ]
  const asked = tiers.map((row) => ({ ...row, cells: answers.map((one) => one.requested[row.name] ?? '-') }))
  const made = tiers.map((row) => ({ ...row, cells: answers.map((one) => one.tiers[row.name] ?? '-') }))
  return [
    ...of('environment', own),
    ...of('setting', settings),
    ...of('feature', features),
    ...of('tier asked for', asked),
    ...of('tier made', made),
    ...of('parameter', parameters),
  ].filter((row) => differs(row.cells))
}

function changesOf(key: string, found: readonly (NamedResource | undefined)[]): EnvironmentDiff['changes'] {
  const [first] = found
  if (!first || found.includes(undefined)) return []
  const { type, name } = first
  const paths = [...new Set(found.flatMap((one) => [...(one?.members.keys() ?? [])]))]
  return paths
    .map((path) => ({ type, name, path, cells: found.map((one) => one?.members.get(path) ?? '-') }))
    .filter((row) => differs(row.cells))
}

type Resources = Pick<EnvironmentDiff, 'types' | 'resources' | 'changes'>
function resourceDiff(all: readonly NamedResource[][]): Resources {
  const byKey = all.map((list) => new Map(list.map((one) => [one.key, one])))
  const keys = [...new Set(all.flatMap((list) => list.map((one) => one.key)))]
  const types = [...new Set(all.flatMap((list) => list.map((one) => one.type)))]
  return {
    types: types
      .map((type) => ({ type, counts: all.map((list) => list.filter((one) => one.type === type).length) }))
      .filter((row) => differs(row.counts))
      .toSorted((a, b) => (a.type < b.type ? -1 : 1)),
    resources: keys.flatMap((key) => {
      const isIn = byKey.map((one) => one.has(key))
      const one = byKey.map((each) => each.get(key)).find(Boolean)
      return !one || isIn.every(Boolean) ? [] : [{ type: one.type, name: one.name, layer: one.layer, isIn }]
    }),
    changes: keys.flatMap((key) =>
      changesOf(
        key,
        byKey.map((one) => one.get(key)),
      ),
    ),
  }
}

function fileDiff(sides: readonly GeneratedSide[]): EnvironmentDiff['files'] {
  const files = sides.map(({ draft }) => new Map(draft.files.map(({ path, content }) => [path, Buffer.from(content)])))
  const paths = [...new Set(files.flatMap((one) => [...one.keys()]))].toSorted()
  return paths
    .filter((path) => differs(files.map((one) => one.get(path)?.toString('base64'))))
    .map((path) => ({ path, bytes: files.map((one) => one.get(path)?.byteLength ?? null) }))
}

/** What differs between sides of one template, by what was generated for each. */
export async function compareRuns(
  sides: readonly GeneratedSide[],
  tools: Pick<RunTools, 'prices' | 'costAnalyzers'>,
): Promise<EnvironmentDiff> {
  const answers = sides.map(({ run, draft }) => answersOf(run, draft))
  const costs = []
  for (const { run, draft } of sides) {
    const [own] = await estimates(await costRequest(run, draft, tools), costAnalyzers(tools.costAnalyzers))
    costs.push(own)
  }
  const resources = sides.map((side, index) => resourcesOf(side, answers[index] as Answers))
  const manifest = sides[0]?.run.template.manifest
  return {
    template: manifest?.id ?? '',
    version: manifest?.version ?? '',
    sides: sides.map((one) => one.label),
    rows: rowsOf(sides, answers),
    ...resourceDiff(resources),
    files: fileDiff(sides),
    totals: { resources: resources.map((one) => one.length), files: sides.map(({ draft }) => draft.files.length) },
    costs: { currency: costs[0]?.currency ?? '', monthly: costs.map((one) => one?.monthly ?? 0) },
  }
}
