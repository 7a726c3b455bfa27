import { satisfies, validRange } from 'semver'
import type { KnownGood, PackageRule } from '../../rule.ts'

export const dependenciesMustBeMet: PackageRule = {
  name: 'Dependencies-Must-Be-Met',
  family: 'package',
  step: 'dependencies',
  section: 'unmet',
  since: 2,
  summary: 'What a manifest depends on is there, in a version that its range allows.',
  severity: 'medium',
  needs: 'known',
  *inspect({ manifest, known = [] }) {
    if (!manifest) return
    const { file, data, placeOf } = manifest
    for (const [index, { name, version, optional = false }] of data.dependencies.entries()) {
      const why = unmet(name, version, known)
      if (why === undefined) continue
      const place = { file, ...placeOf(['dependencies', index]), path: `dependencies[${index}]` }
      const weight = optional ? ({ level: 'note', severity: 'info' } as const) : {}
      yield { id: 'Dependency.Unmet', ...place, ...weight, message: `${name} ${version} is needed: ${why}.` }
    }
  },
}

/** Why nothing that is known will do; undefined when something does. */
function unmet(name: string, range: string, known: readonly KnownGood[]): string | undefined {
  if (validRange(range) === null) return `"${range}" is no range of versions`
  // A name without a registry is met by goods from any.
  const isNamed = (one: KnownGood): boolean =>
    one.name === name || (!name.includes('/') && one.name.slice(one.name.lastIndexOf('/') + 1) === name)
  const candidates = known.filter(isNamed)
  if (candidates.some((one) => satisfies(one.version, range))) return undefined
  if (!candidates.length) return 'it is neither installed nor among the goods of this program'
  return `there is ${candidates.map((one) => one.version).join(', ')}`
}
