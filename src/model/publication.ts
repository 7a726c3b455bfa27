/** A version on its way to a registry, or there. */
export interface Publication {
  id: string
  version: string
  registry: string
  /** Size and SHA-256 of the packed folder; the same files give the same bytes. */
  bytes: number
  sha256: string
  /** Files of the folder that are never packed, and why. */
  left: { path: string; why: string }[]
  report?: { status: string; score: number }
  /** Where it can be found; absent in a dry run. */
  url?: string
}
