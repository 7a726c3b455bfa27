import { reasonOf } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { Installation, Outdated } from '../model/plan.ts'
import { compareVersions, isPrerelease, newest } from '../model/versions.ts'
import type { AskOptions } from '../registries/registry.ts'
import { isAllowed } from './solve.ts'
import type { InstallParts } from './work.ts'

async function versionsOf(parts: InstallParts, one: Installation, options: AskOptions): Promise<string[] | string> {
  const registry = parts.registries().find((each) => each.entry.name === one.registry)
  if (!registry) return `registry ${one.registry} is not in the settings or is disabled`
  try {
    const { value, state } = await registry.item(one.name, undefined, options)
    if (state === 'stale') return (value?.releases ?? []).map((release) => release.version)
    if (!value) return `${one.registry} does not list it`
    const versions = value.releases.map((release) => release.version)
    return versions.length > 0 ? versions : [value.version ?? ''].filter(Boolean)
  } catch (error) {
    options.signal?.throwIfAborted()
    return `${one.registry} is unreachable: ${harmless(reasonOf(error), 200)}`
  }
}

/**
 * Installed, wanted and newest versions of everything installed. `wanted` fits the ranges of all that need the item.
 * A registry that cannot be reached is a note, never a withdrawal.
 */
export async function listOutdated(
  parts: InstallParts,
  installed: readonly Installation[],
  options: AskOptions,
): Promise<Outdated[]> {
  return Promise.all(
    installed.map(async (one): Promise<Outdated> => {
      const row: Outdated = { id: one.id }
      if (one.version !== undefined) row.installed = one.version
      const versions = await parts.take(() => versionsOf(parts, one, options))
      if (typeof versions === 'string') return { ...row, note: versions }
      const ranges = installed.flatMap((by) => by.dependencies.filter((need) => need.id === one.id).map((n) => n.range))
      const hasStable = versions.some((version) => !isPrerelease(version))
      const wanted = versions
        .toSorted(compareVersions)
        .find((version) => isAllowed(version, ranges.length > 0 ? ranges : ['*'], hasStable))
      const top = newest(versions)
      if (wanted !== undefined) row.wanted = wanted
      if (top !== undefined) row.newest = top
      return row
    }),
  )
}
