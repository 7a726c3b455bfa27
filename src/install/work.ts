import type { Strictness } from './judge.ts'
import type { UnpackLimits } from '../bundle/unpack.ts'
import { isMarketError, itemInstall, reasonOf, type MarketError } from '../model/errors.ts'
import type { Emit } from '../model/events.ts'
import type { Change, Plan } from '../model/plan.ts'
import type { Registry } from '../registries/registry.ts'
import type { System } from '../system/system.ts'
import type { Parcel } from './goods.ts'
import type { StoreLock } from './lock.ts'
import type { StorePlaces, StoreState } from './installed.ts'

/** What the install room is built from. */
/** Runs a call once there is a place for it. */
export type TakePlace = <T>(call: () => Promise<T>) => Promise<T>

export interface InstallParts {
  system: System
  settings: {
    install: UnpackLimits & { validation?: Strictness }
    concurrency: { downloads: number }
  }
  /** Asks a registry in a place of its own: searches and plans together never hold more than there are. */
  take: TakePlace
  /** The registries open just now, in configured order. */
  registries(): readonly Registry[]
  defaultRegistry?: string
  paths: { store: string }
  emit: Emit
  /** How long a change waits for another one under way, ms; not at all when left out. */
  patienceMs?: number
  /** Told of every id whose installed state changed, so that caches and screens follow. */
  afterChange(ids: readonly string[]): Promise<void> | void
}

/** One install, update or removal under way. */
export interface Work {
  action: 'install' | 'update' | 'uninstall'
  ids: string[]
  isConfirmed: boolean
  cascade: boolean
  /** Nobody is asked and nothing is fetched from other machines. */
  isOffline: boolean
  parts: InstallParts
  places: StorePlaces
  staging: string
  lock?: StoreLock
  plan: Plan
  /** Registries that could not be asked while resolving. */
  failures: Map<string, Error>
  parcels: Parcel[]
  /** Asked for, but left out because something it needs failed. */
  failed: Map<string, MarketError>
  /** State before the swap; set once the swap is done. */
  former?: StoreState
  /** The store says what the plan says; told to whoever listens. */
  isSwapped: boolean
  /** Folders put into the store, and those nothing points to after the swap. */
  placed: string[]
  replaced: string[]
  /** From here on nothing is taken back. */
  isCommitted: boolean
}

export const isChanged = (change: Change): boolean => change.action !== 'keep'

/** Ids reachable from roots over the dependencies of a plan. */
function reach(plan: Plan, roots: readonly string[]): Set<string> {
  const reached = new Set(roots)
  for (const id of reached)
    for (const need of plan.changes.find((one) => one.id === id)?.dependencies ?? []) reached.add(need.name)
  return reached
}

/**
 * Leaves out every root that needs the failed item; the others go on. Throws the error when none is left.
 * The error of a dependency names the chain that brings it.
 */
export function leaveOut(work: Work, id: string, error: unknown): void {
  const { plan } = work
  const known = diskError(id, error)
  if (!isMarketError(known)) throw known
  const hit = plan.roots.filter((root) => reach(plan, [root]).has(id))
  for (const root of hit) work.failed.set(root, known)
  const roots = plan.roots.filter((root) => !hit.includes(root))
  if (roots.length === 0) {
    const why = plan.changes.find((one) => one.id === id)?.why.filter((one) => one !== 'asked for') ?? []
    if (why.length > 0) known.message += ` It is needed by ${why.join('; ')}.`
    throw known
  }
  const left = reach(plan, roots)
  work.plan = { ...plan, roots, changes: plan.changes.filter((one) => left.has(one.id)) }
  work.parcels = work.parcels.filter((one) => left.has(one.change.id))
}

/** A failure of the disk as a sentence that names the path; anything else as it was. */
export function diskError(what: string, error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException
  const isDisk = error instanceof Error && /^E[A-Z0-9]+$/.test(code ?? '') && code !== 'ERR_ABORTED'
  return isDisk && !isMarketError(error) ? itemInstall(what, `${path ?? 'the disk'}: ${reasonOf(error)}`, error) : error
}
