import { withoutEnd } from './text.ts'

/** Shorter ones are words that stand everywhere; they are hidden by the patterns only. */
const MIN_SECRET = 8
/** What is written in the place of a secret. */
const HIDDEN = '***'

/** Texts that must not be written anywhere, longest first, so that one within another leaves no rest. */
let secrets: readonly string[] = []

/**
 * Remembers a secret for as long as the process lives and gives it back. It is hidden in every form it may come back
 * in: as it is, within JSON, within an address, in base64.
 */
export function keepSecret(secret: string): string {
  const bare = secret.trim()
  if (bare.length < MIN_SECRET || secrets.includes(bare)) return secret
  const encoded = Buffer.from(bare).toString('base64')
  const inAddress = encodeURIComponent(bare)
  const forms = [
    bare,
    JSON.stringify(bare).slice(1, -1),
    inAddress,
    inAddress.replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase()),
    inAddress.replaceAll('%20', '+'),
    // What RFC 3986 reserves and JavaScript leaves as it is.
    inAddress.replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`),
    encoded,
    withoutEnd(encoded, '='),
    Buffer.from(bare).toString('base64url'),
    Buffer.from(bare).toString('hex'),
  ]
  secrets = [...new Set([...secrets, ...forms])].toSorted((a, b) => b.length - a.length)
  return secret
}

/** A text without the secrets of this process. Nothing else in it changes, so JSON stays JSON. */
export function withoutSecrets(text: string): string {
  let out = text
  for (const secret of secrets) if (out.includes(secret)) out = out.replaceAll(secret, HIDDEN)
  return out
}

/** Whether bytes that must stay as they are hold a secret of this process in any form. */
export const holdsSecret = (bytes: Buffer): boolean => secrets.some((secret) => bytes.includes(secret))

const AUTHORIZATION =
  /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:(bearer|basic|token|digest)\s+)?[^\s"',;\\]+/gi
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/:@"'<>]{0,300}:[^\s/@"'<>]{0,1000}@/gi

/** The same for what is told of a run: also what looks like a credential, whoever it belongs to, is hidden. */
export function redact(text: string): string {
  return withoutSecrets(text)
    .replace(AUTHORIZATION, (_all, head: string, scheme?: string) => `${head}${scheme ? `${scheme} ` : ''}${HIDDEN}`)
    .replace(USER_INFO, `$1${HIDDEN}@`)
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** `redact` for every text within plain data. Anything that is no plain data stays as it is. */
export function redactAll<T>(value: T): T {
  if (typeof value === 'string') return redact(value) as T
  if (Array.isArray(value)) return value.map((one: unknown) => redactAll(one)) as T
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, redactAll<unknown>(one)])) as T
}
