import { configInvalid, usage } from '../model/errors.ts'
import { readCondition } from './condition.ts'
import type { Middleware } from './pipeline.ts'

/** What settings say of one middleware. */
interface Adjustment {
  enabled?: boolean
  priority?: number
  /** A condition such as `category == data-mesh`; `always` for every draft. */
  when?: string
}

/** By the id of the middleware. */
export type Adjustments = Readonly<Record<string, Adjustment | undefined>>

const adjustmentOf = (all: Adjustments, id: string): Adjustment => (Object.hasOwn(all, id) ? (all[id] ?? {}) : {})

/** Why a condition leaves a draft alone; throws `config.invalid` for one that cannot be read. */
function conditional(one: Middleware, when: string): Middleware['skip'] {
  const condition = readCondition(when)
  if ('why' in condition) throw configInvalid({ field: `pipeline.${one.id}.when` }, `cannot be read: ${condition.why}`)
  return (draft) => (condition.isTrue(draft) ? one.skip?.(draft) : `its condition "${when}" does not hold`)
}

/**
 * The middleware of a run: with the priorities and conditions of the settings, without what is switched off there or
 * left out of this run. What is fixed stays as it is; asking to leave it out is refused.
 */
export function arrange(
  list: readonly Middleware[],
  adjustments: Adjustments = {},
  without: readonly string[] = [],
): Middleware[] {
  const free = list.filter((one) => one.isFixed !== true)
  for (const id of without) {
    if (free.some((one) => one.id === id)) continue
    const names = free.map((one) => one.id).join(', ')
    const isFixed = list.some((one) => one.id === id)
    const what = id.slice(0, 60)
    const why = isFixed
      ? `"${what}" is the work of its stage and cannot be left out.`
      : `There is no middleware "${what}".`
    throw usage(why, `Choose from ${names}; --only STAGE runs one stage alone.`)
  }
  return list.flatMap((one) => {
    if (one.isFixed === true) return [one]
    const { enabled = true, priority = one.priority, when = one.when ?? 'always' } = adjustmentOf(adjustments, one.id)
    if (!enabled || without.includes(one.id)) return []
    const skip = conditional(one, when)
    return [{ ...one, priority, when, ...(skip ? { skip } : {}) }]
  })
}
