import { isMarketError } from './errors.ts'

/** The eight kinds of failure of the source documents (inventory S10.1, S10.2). */
export const FAILURE_TYPES = [
  'connection',
  'authentication',
  'authorization',
  'rate_limit',
  'validation',
  'dependency',
  'installation',
  'version',
] as const
export type FailureType = (typeof FAILURE_TYPES)[number]

/** What is counted of an error: its code and, when it is one of the eight kinds, which. */
export interface Failure {
  code: string
  type?: FailureType
}

const isType = (value: unknown): value is FailureType => FAILURE_TYPES.some((one) => one === value)

/** Code and kind of anything thrown. Running out of time is a connection that failed. */
export function failureOf(error: unknown): Failure {
  if (isMarketError(error)) {
    const { type } = error.details
    return { code: error.code, ...(isType(type) ? { type } : {}) }
  }
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return { code: 'registry.timeout', type: 'connection' }
  return { code: 'unknown' }
}
