import { compareVersions, fits, isPrerelease } from '../model/versions.ts'

/** A dependency whose name the registries have already been asked for. */
export interface Need {
  /** `registry/name`; undefined when no registry has it. */
  id?: string
  name: string
  range: string
}

export interface Candidate {
  version: string
  /** Undefined while the names have not been asked for yet. */
  needs: Need[] | undefined
}

export interface Problem {
  /** Asked for by the user. */
  roots: { id: string; range: string }[]
  /** All versions of an item. */
  candidates: ReadonlyMap<string, readonly Candidate[]>
  /** What installed items that stay as they are ask of others. */
  held: { id: string; range: string; by: string }[]
}

/** A range and the chain of ids that asks for it. */
export interface Demand {
  range: string
  by: string[]
}

export interface Clash {
  id: string
  demands: Demand[]
}

export type Solution =
  | { state: 'solved'; chosen: Map<string, string>; demands: Map<string, Demand[]> }
  /** These items' needs have to be looked up before a choice can be trusted. */
  | { state: 'unknown'; ids: { id: string; version: string }[] }
  | { state: 'conflict'; clash: Clash; isExhausted: boolean }

/** Most choices tried before a tangle is called a conflict. */
const MAX_CHOICES = 10_000
const NAMES_PRERELEASE = /\d-[0-9a-z]/i

/**
 * Whether a version is allowed by all ranges together. A pre-release is, when one of the ranges names pre-releases
 * and takes it, or when the item has no stable version at all.
 */
export function isAllowed(version: string, ranges: readonly string[], hasStable: boolean): boolean {
  if (!isPrerelease(version)) return ranges.every((range) => fits(version, range))
  const isNamed = ranges.some((range) => NAMES_PRERELEASE.test(range) && fits(version, range))
  return (isNamed || !hasStable) && ranges.every((range) => fits(version, range, true))
}

interface Trail {
  chosen: Map<string, string>
  demands: Map<string, Demand[]>
  /** Ids in the order they were first asked for. */
  order: string[]
}

/**
 * Chooses one version for every item that is needed: the newest that all ranges allow, in the order the items are
 * asked for, going back when a choice leads nowhere. Pure and deterministic; cycles are fine (an item is chosen once).
 */
export function solve(problem: Problem): Solution {
  const start: Trail = { chosen: new Map(), demands: new Map(), order: [] }
  for (const root of problem.roots) ask(start, root.id, { range: root.range, by: [] })
  let choices = 0
  let deepest: { depth: number; clash: Clash } | undefined
  const note = (depth: number, clash: Clash): void => {
    if (!deepest || depth > deepest.depth) deepest = { depth, clash }
  }
  // An own stack instead of recursion: a chain of dependencies may be long.
  const stack: { trail: Trail; id: string; options: Candidate[] }[] = []
  let trail: Trail | undefined = start
  while (choices < MAX_CHOICES) {
    if (trail) {
      const clash = clashIn(problem, trail)
      const next = clash ? undefined : trail.order.find((id) => !trail?.chosen.has(id))
      if (clash) note(trail.chosen.size, clash)
      else if (next === undefined) return finish(problem, trail)
      else {
        const options = optionsFor(problem, trail, next)
        if (options.length === 0) note(trail.chosen.size, clashOf(problem, trail, next))
        stack.push({ trail, id: next, options })
      }
    }
    const top = stack.at(-1)
    if (!top) break
    const option = top.options.shift()
    if (option) {
      choices += 1
      trail = choose(top.trail, top.id, option)
    } else {
      stack.pop()
      trail = undefined
    }
  }
  return {
    state: 'conflict',
    clash: deepest?.clash ?? { id: problem.roots[0]?.id ?? '', demands: [] },
    isExhausted: choices >= MAX_CHOICES,
  }
}

function finish(problem: Problem, { chosen, demands }: Trail): Solution {
  const ids = [...chosen]
    .filter(([id, version]) => candidateOf(problem, id, version)?.needs === undefined)
    .map(([id, version]) => ({ id, version }))
  return ids.length > 0 ? { state: 'unknown', ids } : { state: 'solved', chosen, demands }
}

const candidateOf = (problem: Problem, id: string, version: string): Candidate | undefined =>
  problem.candidates.get(id)?.find((one) => one.version === version)

function ask(trail: Trail, id: string, demand: Demand): void {
  const known = trail.demands.get(id)
  if (known) trail.demands.set(id, [...known, demand])
  else {
    trail.demands.set(id, [demand])
    trail.order.push(id)
  }
}

function choose(before: Trail, id: string, option: Candidate): Trail {
  const trail: Trail = {
    chosen: new Map(before.chosen).set(id, option.version),
    demands: new Map(before.demands),
    order: [...before.order],
  }
  const chain = before.demands.get(id)?.[0]?.by ?? []
  for (const need of option.needs ?? [])
    if (need.id !== undefined) ask(trail, need.id, { range: need.range, by: [...chain, id] })
  return trail
}

/** Demands on an item, with those of installed items that are not part of this choice. */
function demandsOn(problem: Problem, trail: Trail, id: string): Demand[] {
  const held = problem.held
    .filter((one) => one.id === id && !trail.demands.has(one.by))
    .map((one) => ({ range: one.range, by: [`${one.by} (installed)`] }))
  return [...(trail.demands.get(id) ?? []), ...held]
}

const hasStable = (problem: Problem, id: string): boolean =>
  (problem.candidates.get(id) ?? []).some((one) => !isPrerelease(one.version))

/** A choice already made that the demands made since then refuse. */
function clashIn(problem: Problem, trail: Trail): Clash | undefined {
  for (const [id, version] of trail.chosen) {
    const demands = demandsOn(problem, trail, id)
    // A later range may still permit a pre-release, so it is judged when every range is known.
    const isComplete = trail.chosen.size === trail.order.length
    const ranges = demands.map((one) => one.range)
    const isGood = isComplete
      ? isAllowed(version, ranges, hasStable(problem, id))
      : ranges.every((range) => fits(version, range, true))
    if (!isGood) return { id, demands }
  }
  return undefined
}

const clashOf = (problem: Problem, trail: Trail, id: string): Clash => ({ id, demands: demandsOn(problem, trail, id) })

/** Versions worth trying: those allowed as things stand, newest first, then pre-releases a later range may permit. */
function optionsFor(problem: Problem, trail: Trail, id: string): Candidate[] {
  const ranges = demandsOn(problem, trail, id).map((one) => one.range)
  const stable = hasStable(problem, id)
  const all = (problem.candidates.get(id) ?? []).toSorted((a, b) => compareVersions(a.version, b.version))
  const allowed = all.filter((one) => isAllowed(one.version, ranges, stable))
  const later = all.filter((one) => !allowed.includes(one) && ranges.every((range) => fits(one.version, range, true)))
  return [...allowed, ...later]
}
