import semver from 'semver'

/** Version arithmetic that bears what registries really say: `0.20`, `v1.2`, `2025.1`, or nothing at all. */

/** Newest first; versions that are no semantic versions come last, by name. */
export function compareVersions(a: string, b: string): number {
  const left = loose(a)
  const right = loose(b)
  // Read loosely, they are to be compared so: strictly, `1.0.01.07` is none.
  if (left && right) return semver.rcompare(left, right, true) || (a < b ? 1 : a > b ? -1 : 0)
  if (left) return -1
  if (right) return 1
  return a < b ? 1 : a > b ? -1 : 0
}

/** A semantic version read loosely (`1.2` is `1.2.0`), or undefined. */
function loose(version: string): semver.SemVer | undefined {
  return (
    semver.parse(version, { loose: true }) ??
    (/^v?\d+(\.\d+){0,1}$/.test(version) ? (semver.coerce(version) ?? undefined) : undefined)
  )
}

export const isPrerelease = (version: string): boolean => (loose(version)?.prerelease.length ?? 0) > 0

/** Whether a text is a range semver can read. */
export const isRange = (range: string): boolean => semver.validRange(range, { loose: true }) !== null

/**
 * Whether a version fits a range. A pre-release fits when the range itself names a pre-release of the same
 * version (semver's own rule), or when `prereleases` is asked for.
 */
export function fits(version: string, range: string, prereleases = false): boolean {
  const parsed = loose(version)
  if (!parsed) return range === '*' || range === '' || range === version
  return semver.satisfies(parsed, range, {
    loose: true,
    includePrerelease: prereleases || range === '*' || range === '',
  })
}

/** The newest stable version, or the newest of all when every one is a pre-release. Undefined for none. */
export function newest(versions: readonly string[]): string | undefined {
  const sorted = versions.toSorted(compareVersions)
  return sorted.find((version) => !isPrerelease(version)) ?? sorted[0]
}
