import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { removeTree } from '../bundle/remove-tree.ts'
import type { JobType } from '../jobs/job.ts'
import { isMarketError, usage } from '../model/errors.ts'
import type { Installation, Outdated, Plan } from '../model/plan.ts'
import { problemOf } from '../model/problem.ts'
import type { AskOptions } from '../registries/registry.ts'
import { installSteps } from './apply.ts'
import { openLock } from './lock.ts'
import { listOutdated } from './outdated.ts'
import { findInstalled } from './plan.ts'
import { planWish, refusedBy, type Wish } from './planning.ts'
import { placesOf, readInstalled } from './installed.ts'
import { checkGoods, recoverStore, type GoodsReport } from './store.ts'
import { isChanged, type InstallParts, type Work } from './work.ts'

/** Installing, updating and removing, as the engine sees it. */
export interface Install {
  /** The dry run: the very plan a job would carry out. */
  plan(wish: Wish): Promise<Plan>
  /** `install`, `update`, `uninstall`. Input: `{ids: string[], yes: true, cascade?, offline?}`; result: `{changes, failed}`. */
  readonly jobTypes: JobType<Work>[]
  installed(): Promise<Installation[]>
  outdated(options?: AskOptions): Promise<Outdated[]>
  /** Removes what a killed run left, unless somebody is at work; answers what it did. */
  recover(): Promise<string[]>
  /** Re-hashes the files of one installed item. */
  verify(id: string): Promise<GoodsReport>
}

const inputShape = z.object({
  ids: z.array(z.string().min(1).max(500)).max(1000),
  yes: z.boolean().optional(),
  cascade: z.boolean().optional(),
  offline: z.boolean().optional(),
})

function openWork(parts: InstallParts, action: Wish['action'], input: Record<string, unknown>): Work {
  const parsed = inputShape.safeParse(input)
  if (!parsed.success) throw usage(`The ${action} cannot be read: ${z.prettifyError(parsed.error)}.`)
  const { ids, yes, cascade, offline } = parsed.data
  if (ids.length === 0 && action !== 'update') throw usage(`Nothing to ${action} was named.`)
  const places = placesOf(parts.paths.store)
  return {
    action,
    ids,
    isConfirmed: yes === true,
    cascade: cascade === true,
    isOffline: offline === true,
    parts,
    places,
    staging: join(places.staging, parts.system.random.id(16)),
    plan: { roots: [], changes: [], conflicts: [], missing: [], warnings: [] },
    failures: new Map(),
    parcels: [],
    failed: new Map(),
    isSwapped: false,
    placed: [],
    replaced: [],
    isCommitted: false,
  }
}

function jobType(parts: InstallParts, action: Wish['action']): JobType<Work> {
  return {
    type: action,
    open: (input) => openWork(parts, action, input),
    steps: installSteps,
    result: (work) => ({
      changes: work.plan.changes
        .filter(isChanged)
        .map(({ id, action, version, fromVersion }) => ({ id, action, version, fromVersion })),
      failed: [...work.failed].map(([id, error]) => ({ id, code: error.code, message: error.message })),
    }),
    async close(work) {
      if (!work.lock) return
      try {
        await removeTree(work.staging)
      } finally {
        await work.lock.release()
      }
    },
  }
}

/** Opens the install room. It holds nothing open; every call reads the store anew. */
export function openInstall(parts: InstallParts): Install {
  const { store } = parts.paths
  return {
    async plan(wish) {
      const { plan, failures } = await planWish(parts, wish)
      const refused = plan.missing.length > 0 ? refusedBy(failures) : undefined
      const items = plan.missing.map((one) => one.name)
      if (refused) parts.emit('install.failed', { action: wish.action, items, problem: problemOf(refused) })
      return plan
    },
    jobTypes: (['install', 'update', 'uninstall'] as const).map((action) => jobType(parts, action)),
    installed: async () => readInstalled(store),
    outdated: async (options = {}) => listOutdated(parts, await readInstalled(store), options),
    async recover() {
      if (!existsSync(store)) return []
      try {
        const lock = await openLock(parts.system, store, 'recovery')
        try {
          return await recoverStore(store, lock.nonce, parts.system.clock.now())
        } finally {
          await lock.release()
        }
      } catch (error) {
        // Somebody is at work: what looks left over is theirs, and the store is whole.
        if (isMarketError(error) && error.code === 'job.storeBusy') return []
        throw error
      }
    },
    verify: async (id) => checkGoods(findInstalled(id, await readInstalled(store))),
  }
}
