import type { Emit } from '../model/events.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import { keepSecret } from '../model/secrets.ts'
import type { System } from '../system/system.ts'
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
  /** Gives a text with its `${VAR}` filled in; throws `config.variable` when one is not set. Called at the first request, never before. */
  secret: (text: string) => string
}

/** The limit of a call, ms: an entry's own goes over those of search, metadata and catalog. */
export function limitOf(options: HttpOptions, kind: HttpRequest['kind']): number {
  const own = kind === 'search' || kind === 'metadata' || kind === 'catalog' ? options.entry.timeoutMs : undefined
  return own ?? options.settings.timeoutMs[kind]
}

/** The Authorization header of a registry, or undefined when it has no credentials for HTTP. */
export function authorizationOf({ entry, secret }: HttpOptions): string | undefined {
  const { credentials } = entry
  if (credentials?.type === 'token') return `Bearer ${headerSafe(keepSecret(secret(credentials.token)))}`
  if (credentials?.type === 'basic') {
    const pair = keepSecret(`${secret(credentials.username)}:${keepSecret(secret(credentials.password))}`)
    return `Basic ${Buffer.from(pair).toString('base64')}`
  }
  return undefined
}

/** A secret read from a file often ends in a line break, which no header may have. */
const headerSafe = (text: string): string => text.trim().replace(/[^\u0021-\u007e]/g, '')
