import { configInvalid, type Place } from '../model/errors.ts'
import { harmless } from '../model/text.ts'

/** What a profile sets by itself. The settings file, variables and flags go over it. */
export const PROFILES: ReadonlyMap<string, Readonly<Record<string, string | boolean>>> = new Map([
  // A machine to try things on: registries of its own, also without encryption.
  ['development', { 'http.insecureLoopback': true }],
  // Everything is looked at as in production, and nothing goes out.
  ['staging', { 'http.insecureLoopback': false, 'install.validation': 'full', 'publish.enabled': false }],
  ['production', { 'http.insecureLoopback': false, 'install.validation': 'required' }],
])

/** The name of a profile. Throws `config.invalid` for one we do not know: going on would be without what it guards. */
export function knownProfile(name: unknown, place: Place): string {
  if (typeof name === 'string' && PROFILES.has(name)) return name
  const known = [...PROFILES.keys()].join(', ')
  throw configInvalid(
    { ...place, field: 'profile' },
    `${JSON.stringify(harmless(String(name), 60))} is no profile`,
    `There are ${known}.`,
  )
}
