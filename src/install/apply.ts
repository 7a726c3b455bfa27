import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { removeTree } from '../bundle/remove-tree.ts'
import type { Step, StepContext } from '../jobs/job.ts'
import {
  isMarketError,
  itemNotFound,
  itemUnsafe,
  jobCancelled,
  reasonOf,
  registryOffline,
  registryUnknown,
  usage,
} from '../model/errors.ts'
import type { Artifact } from '../model/listing.ts'
import { PLUGIN_SCHEME } from '../model/plugin.ts'
import { problemOf } from '../model/problem.ts'
import { harmless } from '../model/text.ts'
import type { Registry } from '../registries/registry.ts'
import { parcelFor, unpackParcel, verifyArchive, type Parcel } from './goods.ts'
import { judgeGoods } from './judge.ts'
import { openLock, type StoreLock } from './lock.ts'
import { commit, place, takeBack } from './place.ts'
import { planProblem, planWish, refusedBy } from './planning.ts'
import { scanFiles } from './scan.ts'
import { readState } from './installed.ts'
import { recoverStore } from './store.ts'
import { diskError, isChanged, leaveOut, type Work } from './work.ts'

/** How often a store that is taken is looked at again, ms. */
const WAIT_MS = 200
/** Scan notes logged for one item; the rest is counted. */
const MAX_NOTES = 20

/** The store for this work alone. Another change under way is waited for, as long as patience goes; then its error. */
async function takeStore(work: Work, context: StepContext): Promise<StoreLock> {
  const { system, patienceMs = 0 } = work.parts
  const what = `${work.action} ${work.ids.join(' ')}`.trim()
  const until = system.clock.monotonic() + patienceMs
  for (let tries = 0; ; tries++) {
    try {
      return await openLock(system, work.places.root, what)
    } catch (error) {
      const isBusy = isMarketError(error) && error.code === 'job.storeBusy'
      if (!isBusy || system.clock.monotonic() >= until) throw error
      if (tries === 0) context.log(`${error.message} Waiting for it to end.`)
      await system.clock.sleep(WAIT_MS, context.signal)
    }
  }
}

async function confirm(work: Work, context: StepContext): Promise<void> {
  if (!work.isConfirmed) throw usage(`The ${work.action} was not confirmed.`, 'Look at the plan and add --yes.')
  const { system } = work.parts
  await mkdir(work.places.root, { recursive: true, mode: 0o755 })
  await readState(work.places.root)
  work.lock = await takeStore(work, context)
  for (const line of await recoverStore(work.places.root, work.lock.nonce, system.clock.now())) context.log(line)
  for (const folder of [work.staging, work.places.goods, work.places.downloads])
    await mkdir(folder, { recursive: true, mode: 0o755 })
}

async function resolveWish(work: Work, context: StepContext): Promise<void> {
  const { action, ids, cascade } = work
  const { plan, failures } = await planWish(work.parts, {
    action,
    ids,
    cascade,
    offline: work.isOffline,
    signal: context.signal,
  })
  work.failures = failures
  work.plan = plan
  for (const warning of plan.warnings) context.log(warning, 'warning')
  // One name of several that is nowhere leaves the others be.
  const lost = plan.missing.filter((one) => one.by === 'asked for')
  if (lost.length > 0 && plan.roots.length > 0 && refusedBy(failures) === undefined) {
    for (const { name } of lost) work.failed.set(name, itemNotFound(name, []))
    work.plan = { ...plan, missing: plan.missing.filter((one) => one.by !== 'asked for') }
  }
  const problem = planProblem(work.plan)
  // Refused credentials are the concern of the next step, which says so under its own name.
  if (problem && (work.plan.conflicts.length > 0 || refusedBy(failures) === undefined)) throw problem
  const changed = work.plan.changes.filter(isChanged)
  for (const one of changed) context.log(`${one.action} ${one.id}${one.version ? ` ${one.version}` : ''}`)
  if (changed.length === 0) context.log('Nothing has to change.')
  work.parcels = changed
    .filter((one) => one.action !== 'remove')
    .map((one) => parcelFor(one, work.places, work.staging))
}

const hasCredentials = ({ entry }: Registry): boolean =>
  entry.credentials !== undefined || entry.signing === true || entry.signingKey !== undefined

function registryOf(work: Work, name: string): Registry {
  const found = work.parts.registries().find((one) => one.entry.name === name)
  if (!found) throw registryUnknown(name, [])
  return found
}

const guarded = (work: Work): string[] => [
  ...new Set(work.parcels.map((one) => one.change.registry).filter((name) => hasCredentials(registryOf(work, name)))),
]

/** Proves the credentials with one fresh question a registry, before any byte is fetched. */
async function authenticate(work: Work, context: StepContext): Promise<void> {
  const refused = refusedBy(work.failures)
  if (refused && work.plan.missing.length > 0) throw refused
  const names = guarded(work)
  for (const [index, name] of names.entries()) {
    const parcel = work.parcels.find((one) => one.change.registry === name)
    if (!parcel) continue
    const { signal } = context
    const { reason } = await registryOf(work, name).item(parcel.change.name, undefined, { signal, refresh: true })
    const why = reason && refusedBy(new Map([[name, reason]]))
    if (why) throw why
    context.progress(index + 1, names.length, 'registries')
  }
}

/** Whether the bytes lie beyond this machine. */
const isRemote = (artifact: Artifact): boolean =>
  (artifact.form === 'archive' && (/^https?:/i.test(artifact.url) || artifact.url.startsWith(PLUGIN_SCHEME))) ||
  (artifact.form === 'git' && !/^(?:\/|file:)/i.test(artifact.url))

/** Fetches side by side under one limit. The first failure that leaves nothing to do stops the others. */
async function download(work: Work, context: StepContext): Promise<void> {
  const limit = pLimit(Math.max(1, work.parts.settings.concurrency.downloads))
  const stop = new AbortController()
  const signal = AbortSignal.any([context.signal, stop.signal])
  const done = new Map<string, number>()
  const totals = new Map(work.parcels.map(({ change }) => [change.id, change.size]))
  const report = (): void => {
    const sizes = [...totals.values()]
    const total = sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
    context.progress(
      [...done.values()].reduce((sum, bytes) => sum + bytes, 0),
      total,
      'bytes',
    )
  }
  const fetchOne = async ({ change, fetched }: Parcel): Promise<void> => {
    const { artifact, id } = change
    signal.throwIfAborted()
    if (!work.parcels.some((one) => one.change.id === id)) return
    if (!artifact) return void totals.set(id, 0)
    if (work.isOffline && isRemote(artifact)) throw registryOffline(change.registry)
    if (artifact.form !== 'archive') await mkdir(fetched, { recursive: true, mode: 0o755 })
    const { bytes } = await registryOf(work, change.registry).fetch(artifact, fetched, {
      signal,
      report(now, total) {
        done.set(id, now)
        if (total !== undefined) totals.set(id, total)
        report()
      },
    })
    done.set(id, bytes)
    totals.set(id, bytes)
    report()
  }
  const outcomes = await Promise.allSettled(
    work.parcels.map((parcel) =>
      limit(async () => {
        try {
          await fetchOne(parcel)
        } catch (error) {
          if (signal.aborted) throw error
          try {
            leaveOut(work, parcel.change.id, error)
          } catch (fatal) {
            stop.abort(fatal)
            throw fatal
          }
        }
      }),
    ),
  )
  context.signal.throwIfAborted()
  if (stop.signal.aborted) throw stop.signal.reason
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

/** Runs work on every parcel in turn; a failure leaves out what needs it. */
async function eachParcel(work: Work, context: StepContext, call: (parcel: Parcel) => Promise<void>): Promise<void> {
  const parcels = [...work.parcels]
  for (const [index, parcel] of parcels.entries()) {
    context.signal.throwIfAborted()
    if (!work.parcels.includes(parcel)) continue
    try {
      await call(parcel)
    } catch (error) {
      context.signal.throwIfAborted()
      leaveOut(work, parcel.change.id, error)
    }
    context.progress(index + 1, parcels.length, 'items')
  }
}

async function verify(work: Work, context: StepContext): Promise<void> {
  await eachParcel(work, context, async (parcel) => {
    if (parcel.change.artifact) await verifyArchive(parcel, parcel.change.artifact, context.signal)
    for (const warning of parcel.warnings) context.log(warning, 'warning')
  })
}

async function scan(work: Work, context: StepContext): Promise<void> {
  await eachParcel(work, context, async (parcel) => {
    const { id } = parcel.change
    await unpackParcel(parcel, work.parts.settings.install, context.signal)
    const findings = await scanFiles(join(parcel.stage, 'files'), parcel.files ?? [], context.signal)
    const notes = findings.filter((one) => one.level === 'note')
    for (const one of notes.slice(0, MAX_NOTES)) context.log(`${id}: ${harmless(one.file)} ${one.message}`)
    if (notes.length > MAX_NOTES) context.log(`${id}: ${notes.length - MAX_NOTES} more files can be run as programs`)
    const critical = findings.find((one) => one.level === 'critical')
    if (critical) throw itemUnsafe(id, `${harmless(critical.file)} ${critical.message}`, { findings })
    const strictness = work.parts.settings.install.validation ?? 'scan'
    const folder = join(parcel.stage, 'files')
    await judgeGoods(work.parts.system, { id, folder, strictness, signal: context.signal, log: context.log })
  })
}

/** Drops what is kept of an item that is gone from here; its registry may have been taken out of the settings. */
async function forget(work: Work, registry: string, name: string): Promise<void> {
  await work.parts
    .registries()
    .find((one) => one.entry.name === registry)
    ?.forget(name)
}

/** Sees to it that what was put in place can be shown without a request, and that no older answer about it stays. */
async function keepAnswers(work: Work, context: StepContext): Promise<void> {
  const changed = work.plan.changes.filter(isChanged)
  const { signal } = context
  for (const { id, action, name, registry } of changed) {
    try {
      if (action === 'remove') {
        if (!work.isOffline) await forget(work, registry, name)
        continue
      }
      const { state } = await registryOf(work, registry).renew(name, { signal, offline: work.isOffline })
      if (state === 'stale') context.log(`What ${registry} says of ${name} is kept from earlier.`)
    } catch (error) {
      signal.throwIfAborted()
      context.log(`${id} will be asked for when it is shown: ${reasonOf(error)}`, 'warning')
    }
  }
  try {
    await work.parts.afterChange(changed.map((one) => one.id))
  } catch (error) {
    context.log(`What is installed could not be read anew: ${reasonOf(error)}`, 'warning')
  }
}

const nothingToFetch = (work: Work): string | undefined => (work.parcels.length === 0 ? 'nothing to fetch' : undefined)

/** A step whose failures of the disk become sentences. */
function step(id: string, title: string, run: Step<Work>['run'], more: Partial<Step<Work>> = {}): Step<Work> {
  return {
    id,
    title,
    ...more,
    async run(work, context) {
      try {
        context.signal.throwIfAborted()
        await run(work, context)
      } catch (thrown) {
        const error = isMarketError(thrown) ? thrown : diskError(work.ids.join(', ') || work.action, thrown)
        tellFailure(work, context.signal.aborted ? jobCancelled(`The ${work.action}`) : error)
        throw error
      }
    },
  }
}

/** Tells what failed: the item that the error names, or what was asked for. */
function tellFailure({ action, ids, parts }: Work, error: unknown): void {
  const { item, registry } = isMarketError(error) ? error.details : {}
  const items = typeof item === 'string' ? [item] : ids
  const where = typeof registry === 'string' ? { registry } : {}
  parts.emit('install.failed', { action, items: [...items], ...where, problem: problemOf(error) })
}

/** The nine steps of an install, update or removal. */
export const installSteps = (): Step<Work>[] => [
  step('confirm', 'Confirm', confirm),
  step('resolve', 'Resolve dependencies', resolveWish),
  step('authenticate', 'Authenticate', authenticate, {
    skip: (work) =>
      guarded(work).length === 0 && refusedBy(work.failures) === undefined ? 'no registry asks for it' : undefined,
  }),
  step('download', 'Download', download, { skip: nothingToFetch, undo: clearStaging }),
  step('verify', 'Verify digests', verify, { skip: nothingToFetch }),
  step('scan', 'Scan content', scan, { skip: nothingToFetch, undo: clearStaging }),
  step('place', 'Put in place', place, { undo: takeBack }),
  step('cache', 'Update the cache', keepAnswers),
  step('done', 'Done', commit),
]

async function clearStaging(work: Work): Promise<void> {
  await removeTree(work.staging)
}
