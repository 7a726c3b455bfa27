import type { RegistryType } from './listing.ts'
import { LOOPBACK } from './store-address.ts'

/** Name of the registry of the goods that ship with the program; no other can have it. */
export const BUILTIN = 'builtin'

/** Credentials of a registry. Secrets may hold `${VAR}`; they are resolved when first used and never shown. */
export type Credentials =
  | { type: 'token'; token: string }
  /** A program that prints the token, with its arguments. */
  | { type: 'token'; tokenCommand: readonly string[] }
  /** A file that holds the token and nothing else. */
  | { type: 'token'; tokenFile: string }
  | { type: 'basic'; username: string; password: string }
  | { type: 'ssh_key'; keyFile: string }

/** At most `count` requests in any span of `perMs`. */
export interface RateLimit {
  count: number
  perMs: number
}

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
  /** Requests of one process are never more than this. */
  rateLimit?: RateLimit
  /** File with further certificate authorities (PEM) that this registry's certificate may be signed by. */
  ca?: string
  credentials?: Credentials
  /** It was called private or institutional and has no credentials: nothing is sent to it. */
  needsCredentials?: boolean
  /** It lies on this very machine and may be asked in the clear, whatever the profile says. */
  allowInsecureLoopback?: boolean
  /** Whether requests are signed; left out, those of a registry with an SSH key are. */
  signing?: boolean
  /** Private key that requests are signed with, where it is not the SSH key of the credentials. */
  signingKey?: string
  /** Members of the entry that belong to the protocol (branch, path, shape ...). */
  options: Record<string, unknown>
  /** Where in the settings file it stands. */
  place?: { file: string; line: number; column: number }
}

/** Whether a host name of an address is this machine. */
export const isLoopbackHost = (hostname: string): boolean => LOOPBACK.test(hostname)

/** Whether an address would travel in the clear: http or git to anything but this machine (inventory C15). */
export function isInsecureAddress(address: string): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  return isOpen(url) && !isLoopbackHost(url.hostname)
}

/** A part of an address without its percent signs; as it is when they mean nothing. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Whether an address leads in the clear to this very machine. */
export function isInsecureLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  return isOpen(url) && isLoopbackHost(url.hostname)
}

const isOpen = ({ protocol }: URL): boolean => protocol === 'http:' || protocol === 'git:'

/** What one of these holds is not for everyone: a name in it is told to no public registry. */
export const isOwn = ({ type }: Pick<RegistryEntry, 'type'>): boolean => type === 'private' || type === 'institutional'
