import { isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import { isInsecureAddress, type RegistryEntry } from '../model/registry-entry.ts'
import { parseDuration } from './quantity.ts'

/** Names of registries: part of ids (`registry/name`) and of cache keys, so no slash and no colon. */
const REGISTRY_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i
const REGISTRY_TYPES = ['official', 'community', 'institutional', 'private'] as const

const text = z.string('must be a text').min(1, 'must not be empty')
const credentials = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('token'), token: text }),
    z.strictObject({ type: z.literal('basic'), username: text, password: text }),
    z.strictObject({ type: z.literal('ssh_key'), keyFile: text }),
  ],
  { error: 'must have the type token, basic or ssh_key, and what belongs to it' },
)

const entrySchema = z.looseObject({
  name: z.string('must be a text').regex(REGISTRY_NAME, 'must be letters, digits, dots and dashes, at most 64'),
  type: z.enum(REGISTRY_TYPES, `must be one of ${REGISTRY_TYPES.join(', ')}`).default('private'),
  url: text.max(2000, 'must have at most 2000 characters'),
  protocol: z
    .string('must be a text')
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a name such as rest, folder, git or index')
    .optional(),
  enabled: z.boolean('must be true or false').default(true),
  priority: z.number('must be a number').default(100),
  timeoutMs: z.number('must be a number of ms').int('must be a whole number').min(1).max(600_000).optional(),
  credentials: credentials.optional(),
})
const OWN = new Set(Object.keys(entrySchema.shape))
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/** What is wrong with an entry, and with which member of it. */
export interface EntryFault {
  path: (string | number)[]
  why: string
}

/**
 * Reads one entry of `registries:`. `type` is `private` when left out (the least trust), `protocol` is '' when left
 * out (recognised from the address later). Members that are not ours become `options` for the protocol.
 */
export function readEntry(
  raw: unknown,
  home: string,
  folder: string,
): { entry: RegistryEntry } | { faults: EntryFault[] } {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { faults: [{ path: [], why: 'must be an entry with name and url' }] }
  }
  const read = entrySchema.safeParse(camelled(raw as Record<string, unknown>), { reportInput: true })
  if (!read.success) return { faults: read.error.issues.map(faultOf) }
  const { name, type, protocol, enabled, priority, timeoutMs, credentials: secrets } = read.data
  const url = placed(read.data.url.trim(), home, folder)
  const refused = refusal(url)
  if (refused) return { faults: [{ path: ['url'], why: refused }] }
  return {
    entry: {
      name,
      type,
      protocol: protocol ?? '',
      url,
      enabled,
      priority,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(secrets ? { credentials: withKeyPlaced(secrets, home, folder) } : {}),
      options: Object.fromEntries(
        Object.entries(read.data).filter(([member]) => !OWN.has(member) && !FORBIDDEN.has(member)),
      ),
    },
  }
}

function faultOf(issue: z.core.$ZodIssue): EntryFault {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  const missing = issue.code === 'invalid_type' && issue.input === undefined
  return { path, why: missing ? 'is missing' : issue.message }
}

/** `timeout_ms` and `key_file` are read as `timeoutMs` and `keyFile`; a timeout may be written as 5s. */
function camelled(raw: Record<string, unknown>): Record<string, unknown> {
  const out: [string, unknown][] = []
  for (const [member, value] of Object.entries(raw)) {
    if (/^timeout(?:_ms|Ms)?$/.test(member)) out.push(['timeoutMs', parseDuration(value) ?? value])
    else if (member === 'credentials' && typeof value === 'object' && value !== null) out.push([member, keyFile(value)])
    else out.push([member, value])
  }
  return Object.fromEntries(out.filter(([, value]) => value !== null))
}

const keyFile = (value: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).map(([member, inner]): [string, unknown] => [
      member === 'key_file' ? 'keyFile' : member,
      inner,
    ]),
  )

const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i
/** `git@host:path`, as ssh and git write it. */
const SCP_LIKE = /^[^/\\\s@]+@[^/\\\s:]+:/

/** A folder or file is made absolute against the settings file's folder; other addresses stay as written. */
export function placed(address: string, home: string, folder: string): string {
  if (address === '~' || address.startsWith('~/')) return join(home, address.slice(1))
  if (HAS_SCHEME.test(address) || SCP_LIKE.test(address) || isAbsolute(address)) return address
  return resolve(folder, address)
}

function withKeyPlaced(
  secrets: NonNullable<RegistryEntry['credentials']>,
  home: string,
  folder: string,
): NonNullable<RegistryEntry['credentials']> {
  if (secrets.type !== 'ssh_key' || secrets.keyFile.includes('${')) return secrets
  return { type: 'ssh_key', keyFile: placed(secrets.keyFile, home, folder) }
}

/** Why an address is not accepted; the sentence never repeats the address, which may hold a password. */
function refusal(address: string): string | undefined {
  if (!HAS_SCHEME.test(address)) return undefined
  if (!URL.canParse(address)) return 'is not an address that can be read'
  if (isInsecureAddress(address)) {
    return `would be asked in the clear (${new URL(address).protocol}//); use https, or a loopback address for tests`
  }
  const { protocol, password, username } = new URL(address)
  if (password || (username && protocol.startsWith('http'))) {
    return 'holds a user name or password; put them under credentials instead'
  }
  return undefined
}
