import { itemNeeded, itemNotInstalled } from '../model/errors.ts'
import type { Artifact, Release } from '../model/listing.ts'
import type { Change, Conflict, Installation, Plan } from '../model/plan.ts'
import { compareVersions } from '../model/versions.ts'
import type { Env } from '../system/system.ts'
import { requiredPrograms } from './host-programs.ts'
import { splitSpec, type Chosen, type Resolution } from './resolve.ts'

const SYSTEMS: Record<string, string> = { win32: 'windows' }
const MACHINES: Record<string, string> = { x64: 'amd64', ia32: '386' }

/** This machine in the words registries use: `linux/amd64`, `darwin/arm64`, `windows/amd64`. */
export const platformOf = (env: Pick<Env, 'platform' | 'arch'>): string =>
  `${SYSTEMS[env.platform] ?? env.platform}/${MACHINES[env.arch] ?? env.arch}`

/** The artifact for a platform: its own, one for the system, one for all. Undefined when none fits. */
function artifactFor(release: Release, platform: string): Artifact | undefined {
  const of = (wanted: string | undefined): Artifact | undefined =>
    release.artifacts.find((one) => (one.form === 'archive' ? one.platform : undefined) === wanted)
  return of(platform) ?? of(platform.split('/')[0]) ?? of(undefined)
}

const sizeOf = (artifact: Artifact | undefined): number | undefined => {
  if (artifact?.form === 'archive') return artifact.size
  return artifact?.form === 'text' ? Buffer.byteLength(artifact.content) : undefined
}

export interface PlanFacts {
  installed: readonly Installation[]
  env: Pick<Env, 'platform' | 'arch'>
  /** Take versionless items again (update), instead of leaving them as they are (install). */
  isUpdate: boolean
}

function changeFor(chosen: Chosen, facts: PlanFacts, platform: string): Change {
  const { id, registry, release, listing } = chosen
  const before = facts.installed.find((one) => one.id === id)
  const version = release.version || undefined
  const isSame = before !== undefined && before.version === version && (version !== undefined || !facts.isUpdate)
  const why = chosen.demands.map(({ by }) => (by.length === 0 ? 'asked for' : by.join(' > ')))
  const change: Change = {
    action: before === undefined ? 'add' : isSame ? 'keep' : 'update',
    id,
    registry,
    name: listing.name,
    kind: listing.kind,
    why: [...new Set(why)],
    listing,
    dependencies: chosen.needs.map(({ id: need, range }) => ({ name: need, range })),
  }
  const artifact = artifactFor(release, platform)
  const size = sizeOf(artifact)
  if (version !== undefined) change.version = version
  if (before?.version !== undefined) change.fromVersion = before.version
  if (artifact) change.artifact = artifact
  if (size !== undefined) change.size = size
  return change
}

/** What a resolution would change here. `Change.dependencies` name full ids. Pure: it is also the dry run. */
export function makePlan(resolution: Resolution, facts: PlanFacts): Plan {
  const platform = platformOf(facts.env)
  const changes = resolution.chosen.map((chosen) => changeFor(chosen, facts, platform))
  const conflicts: Conflict[] = [...resolution.conflicts]
  const warnings = [...resolution.warnings]
  for (const { id, release } of resolution.chosen) {
    if (release.artifacts.length > 0 && !artifactFor(release, platform)) {
      const known = release.artifacts.flatMap((one) => (one.form === 'archive' && one.platform ? [one.platform] : []))
      conflicts.push({ name: id, ranges: [{ by: 'this machine', range: platform }], known })
    }
  }
  const fetched = changes.filter((one) => one.action === 'add' || one.action === 'update')
  const plan: Plan = { roots: resolution.roots, changes, conflicts, missing: resolution.missing, warnings }
  const requires = requiredPrograms(resolution.chosen.filter(({ id }) => fetched.some((one) => one.id === id)))
  if (requires.length > 0) plan.requires = requires
  const sizes = fetched.flatMap((one) => one.size ?? [])
  if (sizes.length > 0) plan.bytes = sizes.reduce((sum, size) => sum + size, 0)
  return plan
}

/** The installed items a word means: the full id, or the bare name when only one has it. */
export function findInstalled(word: string, installed: readonly Installation[]): Installation {
  const { name } = splitSpec(word)
  const exact = installed.find((one) => one.id === name || one.id === word)
  const named = installed.filter((one) => one.name === name)
  const found = exact ?? (named.length === 1 ? named[0] : undefined)
  if (found) return found
  const near = named.length > 1 ? named : installed.filter((one) => one.id.includes(name))
  throw itemNotInstalled(
    word,
    near.slice(0, 5).map((one) => one.id),
  )
}

/** What a removal would change: refused with `item.needed` while others need an item, unless `cascade` takes them along. */
export function planRemoval(ids: readonly string[], installed: readonly Installation[], cascade: boolean): Plan {
  const roots = [...new Set(ids.map((id) => findInstalled(id, installed).id))]
  const going = new Map(roots.map((id) => [id, 'asked for']))
  // Grows while it is walked: whoever needs something that goes, goes too.
  for (const [id] of going) {
    const needing = installed.filter((one) => !going.has(one.id) && one.dependencies.some((need) => need.id === id))
    if (needing.length > 0 && !cascade)
      throw itemNeeded(
        id,
        needing.map((one) => one.id),
      )
    for (const one of needing) going.set(one.id, `needs ${id}`)
  }
  const changes = [...going].flatMap(([id, why]): Change[] => {
    const one = installed.find((item) => item.id === id)
    if (!one) return []
    const { registry, name, kind, listing } = one
    const change: Change = { action: 'remove', id, registry, name, kind, why: [why], listing, dependencies: [] }
    if (one.version !== undefined) change.fromVersion = one.version
    return [change]
  })
  const left = installed.filter((one) => !going.has(one.id))
  const idle = left.filter(
    (one) => !one.isRoot && !left.some((by) => by.dependencies.some((need) => need.id === one.id)),
  )
  const warnings = idle.map((one) => `${one.id} is then needed by nothing; remove it with "souk uninstall ${one.id}".`)
  return { roots, changes: changes.toReversed(), conflicts: [], missing: [], warnings }
}

/** What to ask registries for in an update: the installed version or newer, or the range given with the name. */
export function updateRoots(ids: readonly string[], installed: readonly Installation[]): string[] {
  const all = ids.length === 0 ? installed.filter((one) => one.isRoot).map((one) => one.id) : ids
  return all.map((word) => {
    const one = findInstalled(word, installed)
    const { range } = splitSpec(word)
    if (word !== one.id && range !== '*') return `${one.id}@${range}`
    return one.version === undefined || !isOrdered(one.version) ? one.id : `${one.id}@>=${one.version}`
  })
}

/** Whether a version sorts before a word, as every readable version does. */
const isOrdered = (version: string): boolean => compareVersions(version, 'not a version') < 0 && /^\d/.test(version)
