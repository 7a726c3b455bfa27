import type { Artifact, Dependency, Listing } from './listing.ts'

/** One change an install, update or removal would make. */
export interface Change {
  action: 'add' | 'update' | 'keep' | 'remove'
  /** `registry/name`. */
  id: string
  registry: string
  name: string
  kind: string
  /** The version that will be there; undefined for items without versions. */
  version?: string
  fromVersion?: string
  /** Why it is in the plan: `asked for`, or the chain of ids that brings it. */
  why: string[]
  /** Chosen for this platform; undefined for packs without bytes. */
  artifact?: Artifact
  size?: number
  listing?: Listing
  dependencies: Dependency[]
}

export interface Conflict {
  name: string
  ranges: { by: string; range: string }[]
  known: string[]
  suggestion?: string
}

/** The resolved versions in install order, dependencies first. The dry run is this very plan. */
export interface Plan {
  roots: string[]
  changes: Change[]
  conflicts: Conflict[]
  /** Named by some item but in no registry that was reached. */
  missing: { name: string; by: string; asked: string[] }[]
  warnings: string[]
  /** Programs of this machine that what is added asks for, and the ids that ask. */
  requires?: { name: string; range: string; by: string[] }[]
  /** Bytes to fetch as far as registries say. */
  bytes?: number
}

/** The receipt of an installed item: what is here, from where, byte for byte. */
export interface Installation {
  id: string
  registry: string
  registryType: string
  name: string
  title: string
  kind: string
  version?: string
  description: string
  installedAt: string
  /** Asked for by the user, not only needed by others. */
  isRoot: boolean
  source: string
  /** SHA-256 of the downloaded bytes, or of the file list for folders. */
  digest: string
  files: { path: string; size: number; sha256: string; mode: number }[]
  bytes: number
  dependencies: { id: string; range: string }[]
  /** Absolute folder of the goods. */
  path: string
  listing: Listing
}

export interface Outdated {
  id: string
  installed?: string
  wanted?: string
  newest?: string
  note?: string
}
