import { isMarketError, itemDependency, itemNotFound, itemVersion } from '../model/errors.ts'
import type { Installation, Plan } from '../model/plan.ts'
import type { AskOptions } from '../registries/registry.ts'
import { missingPrograms } from './host-programs.ts'
import { makePlan, planRemoval, updateRoots } from './plan.ts'
import { resolve, splitSpec } from './resolve.ts'
import { readInstalled } from './installed.ts'
import type { InstallParts } from './work.ts'

/** A wish as the doors give it; the same shape as the engine's plan request. */
export interface Wish {
  action: 'install' | 'update' | 'uninstall'
  ids: readonly string[]
  cascade?: boolean
  refresh?: boolean
  offline?: boolean
  signal?: AbortSignal
}

export interface Planned {
  plan: Plan
  failures: Map<string, Error>
  installed: Installation[]
}

/** Makes the plan a wish leads to. Missing items and conflicts are in the plan; throws only for a wrong wish. */
export async function planWish(parts: InstallParts, wish: Wish): Promise<Planned> {
  const installed = await readInstalled(parts.paths.store)
  if (wish.action === 'uninstall')
    return { plan: planRemoval(wish.ids, installed, wish.cascade ?? false), failures: new Map(), installed }
  const isUpdate = wish.action === 'update'
  const options: AskOptions = {}
  if (wish.refresh) options.refresh = true
  if (wish.offline) options.offline = true
  if (wish.signal) options.signal = wish.signal
  const resolution = await resolve({
    roots: isUpdate ? updateRoots(wish.ids, installed) : [...wish.ids],
    installed,
    registries: parts.registries(),
    options,
    take: parts.take,
    ...(parts.defaultRegistry === undefined ? {} : { defaultRegistry: parts.defaultRegistry }),
  })
  if (isUpdate && wish.ids.length === 0) {
    // In an update of everything, what cannot be found just now stays as it is.
    for (const { name, asked } of resolution.missing.filter((one) => one.by === 'asked for'))
      resolution.warnings.push(`${name} stays as it is: not found (asked: ${asked.join(', ') || 'no registry'}).`)
    resolution.missing = resolution.missing.filter((one) => one.by !== 'asked for')
  }
  const plan = makePlan(resolution, { installed, env: parts.system.env, isUpdate })
  plan.warnings.push(...(await missingPrograms(plan, parts.system.env)))
  return { plan, failures: resolution.failures, installed }
}

const isUnreachable = (asked: readonly string[]): string[] =>
  asked.flatMap((one) => (one.includes(' (unreachable') ? [one.slice(0, one.indexOf(' (unreachable'))] : []))

/** The credentials error behind a missing item, if that is what it was. */
export const refusedBy = (failures: ReadonlyMap<string, Error>): Error | undefined =>
  [...failures.values()].find((error) => isMarketError(error) && /authenti|authori|variable/.test(error.code))

/** Why a plan cannot be carried out, as an error; undefined when it can. */
export function planProblem(plan: Plan): Error | undefined {
  const [conflict] = plan.conflicts
  if (conflict) {
    const isAsked = conflict.ranges.length === 1 && conflict.ranges[0]?.by === 'asked for'
    if (isAsked) return itemVersion(conflict.name, conflict.ranges[0]?.range ?? '', conflict.known)
    const asked = conflict.ranges.map((one) => `${one.by} asks for ${one.range}`).join('; ')
    const hint = conflict.suggestion ? ` ${conflict.suggestion}` : ''
    const root = plan.roots.join(', ') || conflict.name
    return itemDependency(root, `no version of ${conflict.name} suits all (${asked}).${hint}`.replace(/\.$/, ''), {
      conflict,
    })
  }
  const [missing] = plan.missing
  if (!missing) return undefined
  const unreachable = isUnreachable(missing.asked)
  if (missing.by === 'asked for') return itemNotFound(splitSpec(missing.name).name, [], unreachable)
  const asked = missing.asked.join(', ') || 'no registry'
  return itemDependency(missing.by, `nothing called ${missing.name} was found (asked: ${asked})`, { missing })
}
