import { parseDuration } from '../model/duration.ts'
import { isAbsolute, join, resolve } from 'node:path'
import { decoded, isInsecureAddress, type RateLimit, type RegistryEntry } from '../model/registry-entry.ts'
import { keepSecret } from '../model/secrets.ts'
import { readCredentials } from './read-credentials.ts'

/** Names of registries: part of ids (`registry/name`) and of cache keys, so no slash and no colon. */
const REGISTRY_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i
const REGISTRY_TYPES = ['official', 'community', 'institutional', 'private'] as const

/** Why a value is not accepted; undefined when it is. */
type Check = (value: unknown) => string | undefined

const text: Check = (value) =>
  typeof value !== 'string' ? 'must be a text' : value === '' ? 'must not be empty' : undefined
const pattern =
  (allowed: RegExp, why: string): Check =>
  (value) =>
    typeof value !== 'string' ? 'must be a text' : allowed.test(value) ? undefined : why

/** `5/s`, `100/m`, `1000/h`. */
const RATE_LIMIT = /^([1-9]\d{0,5})\s*\/\s*([smh])$/
const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000 } as const

const MAX_URL = 2000
const MAX_TIMEOUT_MS = 600_000

/** Checked by hand: every start reads the settings, and a library of schemas takes longer to load than to do this. */
const CHECKS: Record<string, Check> = {
  name: pattern(REGISTRY_NAME, 'must be letters, digits, dots and dashes, at most 64'),
  type: (value) =>
    REGISTRY_TYPES.some((type) => type === value) ? undefined : `must be one of ${REGISTRY_TYPES.join(', ')}`,
  url: (value) =>
    text(value) ?? (String(value).length > MAX_URL ? `must have at most ${MAX_URL} characters` : undefined),
  protocol: pattern(/^[a-z][a-z0-9-]{0,39}$/, 'must be a name such as rest, folder, git or index'),
  enabled: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  priority: (value) => (Number.isFinite(value) ? undefined : 'must be a number'),
  timeoutMs: (value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number of ms'
    if (!Number.isInteger(value)) return 'must be a whole number'
    return value >= 1 && value <= MAX_TIMEOUT_MS ? undefined : `must be from 1 to ${MAX_TIMEOUT_MS} ms`
  },
  rateLimit: pattern(RATE_LIMIT, 'must be a number of requests and a unit, such as 5/s, 100/m or 1000/h'),
  ca: text,
  allowInsecureLoopback: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  signing: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  signingKey: text,
}
const NEEDED = ['name', 'url']
const OWN = new Set([...Object.keys(CHECKS), 'credentials'])

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/** Types whose registries want to know who asks, when the settings say so outright (inventory S3.13, S5.9). */
const GUARDED: ReadonlySet<unknown> = new Set(['institutional', 'private'])
/** Over ssh the keys and the agent of the person are credentials of their own. */
const isAskedByNetwork = (url: string): boolean => /^(?:git\+)?(?:https?|git):\/\//i.test(url)

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
  const members = camelled(raw as Record<string, unknown>)
  const read = readCredentials(members['credentials'], (path) => placed(path, home, folder))
  const faults = Object.keys(CHECKS).flatMap((name) => memberFaults(members, name))
  if ('faults' in read) return { faults: [...faults, ...read.faults] }
  if (faults.length > 0) return { faults }
  // What the checks let through.
  const checked = members as unknown as Checked
  const { name, type = 'private', protocol = '', enabled = true, priority = 100, timeoutMs } = checked
  const { rateLimit, ca, signing, signingKey, allowInsecureLoopback } = checked
  const { credentials } = read
  const url = placed(checked.url.trim(), home, folder)
  const refused = refusal(url)
  if (refused) return { faults: [{ path: ['url'], why: refused }] }
  const isSigned = signing === true || signingKey !== undefined
  const isOpen = members['credentials'] !== undefined || isSigned || !GUARDED.has(checked.type)
  return {
    entry: {
      name,
      type,
      protocol,
      url,
      enabled,
      priority,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(rateLimit === undefined ? {} : { rateLimit: rateOf(rateLimit) }),
      ...(ca === undefined ? {} : { ca: placed(ca, home, folder) }),
      ...(credentials ? { credentials } : {}),
      ...(allowInsecureLoopback === undefined ? {} : { allowInsecureLoopback }),
      ...(signing === undefined ? {} : { signing }),
      ...(signingKey === undefined ? {} : { signingKey: placed(signingKey, home, folder) }),
      ...(isOpen || !isAskedByNetwork(url) ? {} : { needsCredentials: true }),
      options: Object.fromEntries(
        Object.entries(members).filter(([member]) => !OWN.has(member) && !FORBIDDEN.has(member)),
      ),
    },
  }
}

/** An entry as it is written, once its members are known to be right. */
type Checked = Partial<Omit<RegistryEntry, 'rateLimit'>> & { name: string; url: string; rateLimit?: string }

function rateOf(written: string): RateLimit {
  const [, count = '1', unit = 's'] = RATE_LIMIT.exec(written) ?? []
  return { count: Number(count), perMs: UNIT_MS[unit as keyof typeof UNIT_MS] }
}

function memberFaults(members: Record<string, unknown>, name: string): EntryFault[] {
  const value = members[name]
  if (value === undefined) return NEEDED.includes(name) ? [{ path: [name], why: 'is missing' }] : []
  const why = CHECKS[name]?.(value)
  return why === undefined ? [] : [{ path: [name], why }]
}

/** `timeout_ms`, `rate_limit` and `signing_key` are read in our spelling; a timeout may be written as 5s. */
function camelled(raw: Record<string, unknown>): Record<string, unknown> {
  const out: [string, unknown][] = []
  for (const [member, value] of Object.entries(raw)) {
    if (/^timeout(?:_ms|Ms)?$/.test(member)) out.push(['timeoutMs', parseDuration(value) ?? value])
    else if (member === 'rate_limit') out.push(['rateLimit', value])
    else if (member === 'signing_key') out.push(['signingKey', value])
    else out.push([member, value])
  }
  return Object.fromEntries(out.filter(([, value]) => value !== null))
}

const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i
/** `git@host:path`, as ssh and git write it. */
const SCP_LIKE = /^[^/\\\s@]+@[^/\\\s:]+:/

/** A folder or file is made absolute against the settings file's folder; other addresses stay as written. */
export function placed(written: string, home: string, folder: string): string {
  // `file:goods` and `file:/goods` are paths; `file:///goods` is an address.
  const address = written.replace(/^(?:file|folder):(?!\/\/)/i, '')
  if (address === '~' || address.startsWith('~/')) return join(home, address.slice(1))
  if (HAS_SCHEME.test(address) || SCP_LIKE.test(address) || isAbsolute(address)) return address
  return resolve(folder, address)
}

/** Why an address is not accepted; the sentence never repeats the address, which may hold a password. */
function refusal(address: string): string | undefined {
  if (!HAS_SCHEME.test(address)) return undefined
  if (!URL.canParse(address)) return 'is not an address that can be read'
  if (isInsecureAddress(address)) {
    return `would be asked in the clear (${new URL(address).protocol}//); use https, or a loopback address for tests`
  }
  const { protocol, password, username } = new URL(address)
  if (password || (username && /^(?:git\+)?http/.test(protocol))) {
    // It may stand in the file, and nowhere else.
    for (const secret of [username, password]) keepSecret(decoded(secret))
    return 'holds a user name or password; put them under credentials instead'
  }
  return undefined
}
