import { isMarketError } from '../model/errors.ts'

const UNAUTHORISED = new Set([
  'registry.authentication',
  'registry.authorization',
  'registry.credentials',
  'config.variable',
  'config.credential',
])

/** The state of a registry whose question ended with this error. */
export function faultState(error: unknown): 'unauthorised' | 'slow' | 'failed' {
  const code = isMarketError(error) ? error.code : ''
  if (UNAUTHORISED.has(code)) return 'unauthorised'
  const isLate = error instanceof DOMException && error.name === 'TimeoutError'
  return isLate || code === 'registry.timeout' ? 'slow' : 'failed'
}
