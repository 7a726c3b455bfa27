import type { Dependency, Listing, Release } from '../model/listing.ts'
import type { Conflict, Installation } from '../model/plan.ts'
import { isRange } from '../model/versions.ts'
import { describeClash } from './clash.ts'
import { solve, type Candidate, type Demand, type Need, type Problem } from './solve.ts'
import { openSupplier, type Supply } from './supply.ts'

/** An item chosen, with the listing and release it came from. */
export interface Chosen {
  id: string
  registry: string
  release: Release
  listing: Listing
  demands: Demand[]
  /** Ids it needs, with their ranges; missing optional ones are left out. */
  needs: { id: string; range: string }[]
}

export interface Resolution {
  /** Root ids in the order asked. */
  roots: string[]
  /** Dependencies first. */
  chosen: Chosen[]
  conflicts: Conflict[]
  missing: { name: string; by: string; asked: string[] }[]
  warnings: string[]
  /** Registries that failed while they were asked, with the first error each. */
  failures: Map<string, Error>
}

export interface ResolveRequest extends Supply {
  /** `name`, `registry/name`, `name@range`. */
  roots: string[]
  /** Installed items that stay unless the choice touches them. */
  installed: readonly Installation[]
}

/** `name@range` taken apart; a scope's leading `@` belongs to the name. */
export function splitSpec(spec: string): { name: string; range: string } {
  const at = spec.lastIndexOf('@')
  return at > 0 ? { name: spec.slice(0, at), range: spec.slice(at + 1) || '*' } : { name: spec, range: '*' }
}

const NO_RELEASE = (listing: Listing): Release => ({
  version: listing.version ?? '',
  dependencies: [],
  artifacts: [{ form: 'text', file: 'listing.json', content: `${JSON.stringify(listing, null, 2)}\n` }],
  requires: [],
  capabilities: [],
})

const releasesOf = (listing: Listing): Release[] =>
  listing.releases.length > 0 ? listing.releases : [NO_RELEASE(listing)]

/** A range semver cannot read asks for exactly that version when there is one, else for any. */
function rangeOf(dependency: Dependency, known: readonly string[]): string {
  if (isRange(dependency.range) || known.includes(dependency.range)) return dependency.range
  return '*'
}

/** Resolves direct and transitive dependencies through the registries. Never throws for what registries lack. */
export async function resolve(request: ResolveRequest): Promise<Resolution> {
  const supplier = openSupplier(request)
  const candidates = new Map<string, Candidate[]>()
  const lacking = new Map<string, string[]>()
  const held = request.installed.flatMap((one) => one.dependencies.map((need) => ({ ...need, by: one.id })))
  const problem: Problem = { roots: [], candidates, held }
  const work: Work = { supplier, candidates, lacking, problem }
  const missing: Resolution['missing'] = []
  for (const spec of request.roots) {
    const { name, range } = splitSpec(spec)
    const found = await supplier.find(name)
    if (found.id === undefined) missing.push({ name, by: 'asked for', asked: found.asked })
    else {
      loadCandidates(work, found.id)
      problem.roots.push({ id: found.id, range })
    }
  }
  let solution = solve(problem)
  while (solution.state === 'unknown') {
    await Promise.all(solution.ids.map((one) => askNeeds(work, one)))
    solution = solve(problem)
  }
  const roots = [...new Set(problem.roots.map((one) => one.id))]
  const base = { roots, missing, failures: supplier.failures }
  if (solution.state === 'conflict') {
    await Promise.all(solution.clash.demands.map((demand) => askOthers(work, demand.by.at(-1))))
    const conflict = describeClash(problem, solution.clash, solution.isExhausted)
    return { ...base, chosen: [], conflicts: [conflict], warnings: [...supplier.warnings] }
  }
  const { ordered, cycles } = installOrder(problem, solution.chosen)
  const chosen = ordered.flatMap((id) => describeChoice(work, solution, id, missing) ?? [])
  const warnings = [...supplier.warnings, ...cycles.map((cycle) => `Circle of dependencies: ${cycle.join(' > ')}.`)]
  return { ...base, chosen, conflicts: [], warnings }
}

/** What one resolution has learnt so far. */
interface Work {
  supplier: ReturnType<typeof openSupplier>
  candidates: Map<string, Candidate[]>
  /** Names no registry has, with those that were asked. */
  lacking: Map<string, string[]>
  problem: Problem
}

function loadCandidates({ supplier, candidates }: Work, id: string): void {
  const listing = supplier.listings.get(id)
  if (!listing || candidates.has(id)) return
  const found = releasesOf(listing).map(({ version }): Candidate => ({ version, needs: undefined }))
  candidates.set(id, found)
}

const releaseOf = ({ supplier }: Work, id: string, version: string | undefined) => {
  const listing = supplier.listings.get(id)
  const release = listing && releasesOf(listing).find((one) => one.version === version)
  return listing && release ? { listing, release } : undefined
}

/** Looks up the names a release depends on. Optional ones are mentioned, never installed unasked. */
async function askNeeds(work: Work, { id, version }: { id: string; version: string }): Promise<void> {
  const { supplier, candidates, lacking } = work
  const known = releaseOf(work, id, version)
  const candidate = candidates.get(id)?.find((one) => one.version === version)
  if (!known || !candidate) return
  const required = known.release.dependencies.filter((one) => !one.optional)
  candidate.needs = await Promise.all(
    required.map(async (dependency): Promise<Need> => {
      const { name, source } = dependency
      const found = await supplier.find(name, source, known.listing.registry)
      if (found.id === undefined) {
        lacking.set(name, found.asked)
        return { name, range: dependency.range }
      }
      loadCandidates(work, found.id)
      const versions = (candidates.get(found.id) ?? []).map((one) => one.version)
      return { id: found.id, name, range: rangeOf(dependency, versions) }
    }),
  )
}

/** Versions of an asker looked at for a way out of a conflict. */
const MAX_ALTERNATIVES = 20

/** Learns what the other versions of an item ask for, so that one of them can be suggested. */
async function askOthers(work: Work, id: string | undefined): Promise<void> {
  const others = (work.candidates.get(id ?? '') ?? []).filter((one) => one.needs === undefined)
  await Promise.all(others.slice(0, MAX_ALTERNATIVES).map(({ version }) => askNeeds(work, { id: id ?? '', version })))
}

function describeChoice(
  work: Work,
  solution: { chosen: Map<string, string>; demands: Map<string, Demand[]> },
  id: string,
  missing: Resolution['missing'],
): Chosen | undefined {
  const version = solution.chosen.get(id)
  const known = releaseOf(work, id, version)
  if (!known) return undefined
  const { listing, release } = known
  const needs = work.candidates.get(id)?.find((one) => one.version === version)?.needs ?? []
  for (const { id: found, name } of needs)
    if (found === undefined) missing.push({ name, by: id, asked: work.lacking.get(name) ?? [] })
  for (const { name } of release.dependencies.filter((one) => one.optional))
    work.supplier.warnings.add(`${id} can also use ${name}; add it with "souk install ${name}".`)
  const found = needs.flatMap((need) => (need.id === undefined ? [] : [{ id: need.id, range: need.range }]))
  const demands = solution.demands.get(id) ?? []
  return { id, registry: listing.registry, release, listing, demands, needs: found }
}

/** Depth-first order, dependencies before what needs them, and the circles met on the way. */
function installOrder(problem: Problem, chosen: Map<string, string>): { ordered: string[]; cycles: string[][] } {
  const ordered: string[] = []
  const cycles: string[][] = []
  const done = new Set<string>()
  const needsOf = (id: string): string[] =>
    (problem.candidates.get(id)?.find((one) => one.version === chosen.get(id))?.needs ?? []).flatMap(
      (need) => need.id ?? [],
    )
  for (const root of problem.roots) {
    const path: { id: string; left: string[] }[] = done.has(root.id) ? [] : [{ id: root.id, left: needsOf(root.id) }]
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.left.shift()
      const at = path.findIndex((one) => one.id === next)
      if (next === undefined) {
        path.pop()
        done.add(top.id)
        ordered.push(top.id)
      } else if (at >= 0) cycles.push([...path.slice(at).map((one) => one.id), next])
      else if (!done.has(next)) path.push({ id: next, left: needsOf(next) })
    }
  }
  return { ordered, cycles }
}
