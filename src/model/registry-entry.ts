import type { RegistryType } from './listing.ts'

/** Credentials of a registry. Secrets may hold `${VAR}`; they are resolved when first used and never shown. */
export type Credentials =
  | { type: 'token'; token: string }
  | { type: 'basic'; username: string; password: string }
  | { type: 'ssh_key'; keyFile: string }

/** What the settings say about one registry, checked. */
export interface RegistryEntry {
  name: string
  type: RegistryType
  /** `rest`, `folder`, `git`, `index` or one a plugin adds; recognised from the address when the file leaves it out. */
  protocol: string
  url: string
  enabled: boolean
  /** Lower comes first; file order when equal. */
  priority: number
  timeoutMs?: number
  credentials?: Credentials
  /** Members of the entry that belong to the protocol (branch, path, shape ...). */
  options: Record<string, unknown>
  /** Where in the settings file it stands. */
  place?: { file: string; line: number; column: number }
}
