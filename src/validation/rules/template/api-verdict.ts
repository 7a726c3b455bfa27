import { judgeVersion, versionsNear } from '../../../arm/api-versions.ts'
import type { Facts, Fault } from '../../rule.ts'

const DAY_MS = 86_400_000

/** One use of an API version, and how the rule names its faults. */
export interface VersionUse {
  version: string
  type: string
  at: number
  path?: string
  /** `ApiVersion` or `ApiReference.Version`. */
  prefix: string
  /** Whether a version that the table does not know deserves a warning. */
  tellsUnknown: boolean
}

/** The fault of one API version, if any. */
export function judgeUse(use: VersionUse, facts: Facts): Fault | undefined {
  const versions = versionsNear(facts.apiVersions, use.type)
  if (!versions) return undefined
  const verdict = judgeVersion(use.version, versions, facts.now, facts.maxAgeDays)
  const place = use.path === undefined ? { at: use.at } : { at: use.at, path: use.path }
  const newest = versions.find((one) => !one.includes('preview')) ?? versions[0]
  const words = `${use.type} has the API version ${use.version}`
  if (verdict === 'previewNotRecent') {
    return {
      ...place,
      id: `${use.prefix}.Preview.Not.Recent`,
      message: `${words}, an old preview; newest is ${newest}.`,
    }
  }
  if (verdict === 'previewHasRelease') {
    const id = `${use.prefix}.Preview.Version.Has.NonPreview`
    return { ...place, id, message: `${words}, a preview of a version that is out; leave "-preview" off.` }
  }
  if (verdict === 'outOfDate') {
    return { ...place, id: `${use.prefix}.OutOfDate`, message: `${words}, older than two years; newest is ${newest}.` }
  }
  // A version dated after the table was made cannot be in it: nothing can be said.
  const dated = Date.parse(use.version.slice(0, 10))
  if (verdict !== 'unknown' || !use.tellsUnknown || dated > facts.apiVersions.madeAt - DAY_MS) return undefined
  return { ...place, level: 'warning', severity: 'info', message: `${words}, which is not in the table of versions.` }
}
