import { join } from 'node:path'
import { removeTree } from '../bundle/remove-tree.ts'
import type { StepContext } from '../jobs/job.ts'
import { reasonOf } from '../model/errors.ts'
import type { Change } from '../model/plan.ts'
import { problemOf } from '../model/problem.ts'
import { placeParcel, sourceOf } from './goods.ts'
import { readState, type StoreState } from './installed.ts'
import { discardGoods, writeState } from './store.ts'
import { isChanged, type Work } from './work.ts'

function receiptFor(work: Work, change: Change): Parameters<typeof placeParcel>[2] {
  const { id, registry, name, kind, listing } = change
  if (!listing) throw new Error(`the plan has no listing for ${id}`)
  const url = work.parts.registries().find((one) => one.entry.name === registry)?.entry.url ?? ''
  const receipt: Parameters<typeof placeParcel>[2] = {
    id,
    registry,
    registryType: listing.registryType,
    name,
    title: listing.title,
    kind,
    description: listing.description,
    installedAt: new Date(work.parts.system.clock.now()).toISOString(),
    isRoot: work.plan.roots.includes(id),
    source: sourceOf(change.artifact, url),
    dependencies: change.dependencies.map((need) => ({ id: need.name, range: need.range })),
    listing,
  }
  if (change.version !== undefined) receipt.version = change.version
  return receipt
}

const nonceOf = (work: Work): string => work.lock?.nonce ?? work.parts.system.random.id(16)

/**
 * Moves all goods into the store beside the old ones, then swaps the one state file. Before the swap nothing that
 * was there is touched; after it everything is new. The old goods stay until the job is done.
 */
export async function place(work: Work, context: StepContext): Promise<void> {
  const { root } = work.places
  const former = await readState(root)
  const items: StoreState['items'] = { ...former.items }
  try {
    for (const [index, parcel] of work.parcels.entries()) {
      context.signal.throwIfAborted()
      const { change } = parcel
      const folder = await placeParcel(parcel, work.places, receiptFor(work, change), nonceOf(work))
      work.placed.push(folder)
      const isRoot = work.plan.roots.includes(change.id) || former.items[change.id]?.isRoot === true
      items[change.id] = { folder, isRoot }
      context.progress(index + 1, work.parcels.length, 'items')
    }
    for (const change of work.plan.changes) {
      const known = items[change.id]
      if (change.action === 'remove') delete items[change.id]
      else if (change.action === 'keep' && known && work.plan.roots.includes(change.id))
        items[change.id] = { ...known, isRoot: true }
    }
    context.signal.throwIfAborted()
    work.former = former
    await writeState(root, { format: 1, fence: work.lock?.fence ?? 0, items }, nonceOf(work))
    work.isSwapped = true
    tell(work, 'install.changed')
  } catch (error) {
    await takeBack(work)
    throw error
  }
  const now = new Set(Object.values(items).map((one) => one.folder))
  work.replaced = Object.values(former.items).flatMap((one) => (now.has(one.folder) ? [] : [one.folder]))
}

/** Tells every change of the plan, or that it was taken back. */
function tell({ plan, parts }: Work, name: 'install.changed' | 'install.undone'): void {
  for (const { id, action, version, fromVersion, registry } of plan.changes.filter(isChanged)) {
    const known = version ?? fromVersion
    parts.emit(name, { id, action, ...(known === undefined ? {} : { version: known }), registry })
  }
}

/** Points back to the old goods, whose bytes were never touched, and removes the new ones. */
export async function takeBack(work: Work): Promise<void> {
  if (work.isCommitted) return
  const { root } = work.places
  if (work.former) await writeState(root, work.former, nonceOf(work))
  if (work.isSwapped) tell(work, 'install.undone')
  work.isSwapped = false
  for (const folder of work.placed) await discardGoods(root, folder, nonceOf(work))
  work.placed = []
}

/** The new state stands from here on: old goods and used downloads go. What cannot be removed now is swept later. */
export async function commit(work: Work, context: StepContext): Promise<void> {
  work.isCommitted = true
  const { root } = work.places
  const unwanted = work.replaced.map((folder) => async (): Promise<void> => {
    for (const path of await discardGoods(root, folder, nonceOf(work)))
      context.log(`kept your changed file ${path}`, 'warning')
  })
  const used = work.parcels
    .filter((one) => one.change.artifact?.form === 'archive')
    .map((one) => async () => removeTree(one.fetched))
  for (const remove of [...unwanted, ...used]) {
    try {
      await remove()
    } catch (error) {
      context.log(`left for the next run to remove: ${reasonOf(error)}`, 'warning')
    }
  }
  const { items } = await readState(root)
  for (const change of work.plan.changes.filter(isChanged)) {
    const folder = items[change.id]?.folder
    context.log(folder === undefined ? `${change.id} was removed` : `${change.id} is in ${join(root, folder, 'files')}`)
  }
  for (const [id, error] of work.failed) {
    const { action, parts } = work
    parts.emit('install.failed', { action, items: [id], problem: problemOf(error) })
    context.log(`${id} was not installed: ${error.message}`, 'error')
  }
}
