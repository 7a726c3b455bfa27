/** What one registry says about one item. Parsed at the door: text is already harmless, shapes are already checked. */

export type RegistryType = 'official' | 'community' | 'institutional' | 'private'

/** A digest a registry promises, e.g. `{algorithm: 'sha256', value: 'ab12...'}` (lower-case hex). */
export interface Digest {
  algorithm: 'sha256' | 'sha384' | 'sha512'
  value: string
}

export interface Dependency {
  name: string
  /** A semver range; `*` where the registry gives none. */
  range: string
  /** Name of the registry it must come from, when the registry says so. */
  source?: string
  kind?: string
  optional?: boolean
}

/**
 * Where the bytes of a release are.
 * `archive`: one file to download (zip, tar.gz, or a plain file). `files`: a folder on this machine, to copy.
 * `git`: a repository to fetch. `text`: the registry's own entry is all there is; it is written as one file.
 */
export type Artifact =
  | { form: 'archive'; url: string; size?: number; digests: Digest[]; platform?: string; entryPoint?: string }
  | { form: 'files'; root: string; files: string[] }
  | { form: 'git'; url: string; ref?: string; path?: string }
  | { form: 'text'; file: string; content: string }

/** One version of an item. */
export interface Release {
  version: string
  publishedAt?: string
  dependencies: Dependency[]
  /** Several when they differ by platform (`linux/amd64` ...); empty for packs that only name dependencies. */
  artifacts: Artifact[]
  /** Host programs and versions it needs, such as `{name: 'azd', range: '>=1.27.1'}`. */
  requires: { name: string; range: string }[]
  capabilities: string[]
  notes?: string
}

/** The security scan a registry reports for an item; its own word. */
export interface ScanClaim {
  status?: string
  scannedAt?: string
  score?: number
  findings: Partial<Record<string, number>>
}

export interface Listing {
  /** `registry/name`: exact and unique. */
  id: string
  registry: string
  registryType: RegistryType
  kind: string
  /** Machine name, unique within its registry and kind. */
  name: string
  /** For people; equals `name` where the registry gives none. */
  title: string
  /** The version this listing describes (the newest release); undefined when the registry has no versions. */
  version?: string
  description: string
  /** Markdown, when the registry gives it with the listing. */
  readme?: string
  author?: string
  license?: string
  categories: string[]
  tags: string[]
  services: string[]
  languages: string[]
  updatedAt?: string
  /** Unknown is undefined, never zero. */
  downloads?: number
  rating?: number
  ratingCount?: number
  score?: number
  /** The registry's own word. */
  verified?: boolean
  badges: string[]
  scan?: ScanClaim
  homepage?: string
  repository?: string
  /** Newest first. Empty when the registry has no versions at all. */
  releases: Release[]
  /** What it would run or need: label and text, shown in Detail before an install. */
  needs: { label: string; text: string }[]
  /** Scripts that a job of this item would run; shown in full, never run at install. */
  scripts: { label: string; text: string }[]
  /** Unknown members of the entry, kept and ignored. */
  extra: Record<string, unknown>
}
