import type { LookupFunction } from 'node:net'
import type { Emit } from '../model/events.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import type { System } from '../system/system.ts'
import type { RegistryCredentials } from './credentials.ts'
import type { HttpRequest } from './http.ts'

/** The part of the settings this room needs. */
export interface HttpPolicy {
  timeoutMs: Record<HttpRequest['kind'], number>
  connectMs: number
  /** Tries in all, the first one included. */
  tries: number
  /** Wait before the second try; doubles each time. */
  retryBaseMs: number
  maxBodyBytes: number
  /** To one origin at once. */
  connections: number
}

export interface HttpOptions {
  system: System
  settings: HttpPolicy
  entry: RegistryEntry
  emit: Emit
  /** Asked at the first request, never before. */
  credentials: RegistryCredentials
  /** Where the pace of all processes is kept; each has its own when left out. */
  paceFile?: string
  /** Looks names up; that of the system when left out. */
  lookup?: LookupFunction | undefined
}

/** The limit of a call, ms: an entry's own goes over those of search, metadata and catalog. */
export function limitOf(options: HttpOptions, kind: HttpRequest['kind']): number {
  const own = kind === 'search' || kind === 'metadata' || kind === 'catalog' ? options.entry.timeoutMs : undefined
  return own ?? options.settings.timeoutMs[kind]
}
