import { isInsecureAddress } from '../model/registry-entry.ts'
import { harmless, withoutEnd } from '../model/text.ts'

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\//i
/** Members of an address that may hold a secret, as in signed download addresses. */
const SECRET_MEMBER = /token|secret|sig|key|pass|auth|credential/i

/** The address of a request: absolute as it is, otherwise below the registry's own. Undefined when it cannot be read. */
export function addressOf(
  base: string,
  part: string,
  query: readonly (readonly [string, string])[] = [],
): URL | undefined {
  const text = ABSOLUTE.test(part) ? part : below(base, part)
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  for (const [name, value] of query) url.searchParams.append(name, value)
  return url
}

function below(base: string, part: string): string {
  if (part === '') return base
  if (part.startsWith('?')) return base + part
  return `${withoutEnd(base, '/')}/${part.replace(/^[/\\]+/, '')}`
}

/** Why an address is not asked, or undefined. Nothing is sent in the clear but to this machine (inventory C15). */
export function refusalOf(url: URL): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return `${harmless(url.protocol, 30)} is not asked over HTTP`
  if (isInsecureAddress(url.href)) return `${url.origin} would be asked in the clear; use https`
  return undefined
}

/** An address as it may be shown: without user, password, fragment and the values of members that may be secrets. */
export function shownAddress(url: URL): string {
  // Most have nothing to hide, and every request is told of.
  const isPlain = url.username === '' && url.password === '' && !SECRET_MEMBER.test(url.search)
  if (isPlain && url.hash === '') return harmless(url.href, 500)
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  shown.hash = ''
  for (const name of new Set(shown.searchParams.keys())) {
    if (SECRET_MEMBER.test(name)) shown.searchParams.set(name, '***')
  }
  return harmless(shown.href, 500)
}
