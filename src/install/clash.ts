import type { Conflict } from '../model/plan.ts'
import { compareVersions } from '../model/versions.ts'
import { isAllowed, type Clash, type Demand, type Problem } from './solve.ts'

/** A conflict for people: who asks for what, which versions exist, and what would help. */
export function describeClash(problem: Problem, { id, demands }: Clash, isExhausted: boolean): Conflict {
  const all = (problem.candidates.get(id) ?? []).toSorted((a, b) => compareVersions(a.version, b.version))
  const known = all.map((one) => one.version)
  const ranges = demands.map((one) => ({ by: one.by.length > 0 ? one.by.join(' > ') : 'asked for', range: one.range }))
  const conflict: Conflict = { name: id, ranges, known }
  if (isExhausted) return { ...conflict, suggestion: 'Too many combinations were tried; ask for exact versions.' }
  const suggestion = suggest(problem, id, demands, known)
  return suggestion === undefined ? conflict : { ...conflict, suggestion }
}

function suggest(problem: Problem, id: string, demands: Demand[], known: readonly string[]): string | undefined {
  const stable = known.some((version) => isAllowed(version, ['*'], true))
  for (const demand of demands) {
    const others = demands.filter((one) => one !== demand).map((one) => one.range)
    const version = known.find((one) => isAllowed(one, others, stable))
    if (version === undefined || others.length === 0) continue
    const asker = demand.by.at(-1)
    if (asker === undefined) return `Ask for ${id}@${version}, which the others accept.`
    const other = (problem.candidates.get(asker) ?? []).find((one) =>
      one.needs?.some((need) => need.id === id && isAllowed(version, [need.range], stable)),
    )
    if (other) return `${asker}@${other.version} would accept ${id}@${version}.`
    return `${id}@${version} would do for all but ${asker}; choose another version of ${asker}.`
  }
  const best = known[0]
  return best === undefined ? undefined : `The newest known version is ${best}.`
}
