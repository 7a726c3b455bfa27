import { isMarketError, reasonOf } from './errors.ts'
import type { Problem } from './events.ts'
import { redact } from './secrets.ts'

/** The rules of ours that may refuse something, by the code of the error; an error may name a narrower one itself. */
const POLICIES: Readonly<Record<string, string>> = {
  'item.digest': 'digest',
  'item.unsafe': 'safe content',
  'item.failedRules': 'rules',
  'registry.authentication': 'credentials',
  'registry.authorization': 'access',
  'registry.credentials': 'credentials',
  'registry.refused': 'rules of the registry',
  'registry.readOnly': 'read-only registry',
  'registry.untrusted': 'trusted addresses',
  'config.variable': 'credentials',
  'config.credential': 'credentials',
}

/** Anything thrown, as an event tells it. */
export function problemOf(error: unknown): Problem {
  if (!isMarketError(error)) return { code: 'internal', message: redact(reasonOf(error)) }
  const { policy = POLICIES[error.code] } = error.details
  const named = typeof policy === 'string' ? { policy } : {}
  return { code: error.code, message: error.message, ...named }
}
