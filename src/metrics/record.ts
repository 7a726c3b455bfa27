import { FAILURE_TYPES, type FailureType } from '../model/failure-type.ts'

/** One thing that happened, as a line of the log of figures. `at` in ms since 1970. */
export type Fact =
  /** A request that was answered, or was not when there is no status. */
  | { is: 'answer'; registry: string; ms: number; status?: number }
  /** A question to a registry, with all its requests. */
  | { is: 'call'; registry: string; ms: number; isWell: boolean; type?: FailureType; code?: string }
  | { is: 'certificate'; registry: string; endsAt: number }
  | { is: 'search'; text: string }
  | { is: 'installed'; id: string }
  /** Items that a job, or a command that never got to one, was to install. */
  | { is: 'install'; asked: number; failed: number }
  | { is: 'validation'; status: 'passed' | 'warning' | 'failed' }
  | { is: 'error'; type?: FailureType; code: string }
export type MetricRecord = Fact & { at: number }

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 500
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isMaybe = (value: unknown, check: (value: unknown) => boolean): boolean => value === undefined || check(value)
const isType = (value: unknown): boolean => FAILURE_TYPES.some((one) => one === value)

type Checks = { [Kind in Fact['is']]: (one: Record<string, unknown>) => boolean }

/** What each kind of line must hold; anything else in it is not looked at. */
const CHECKS: Checks = {
  answer: (one) => isText(one['registry']) && isNumber(one['ms']) && isMaybe(one['status'], isNumber),
  call: (one) =>
    isText(one['registry']) &&
    isNumber(one['ms']) &&
    typeof one['isWell'] === 'boolean' &&
    isMaybe(one['type'], isType) &&
    isMaybe(one['code'], isText),
  certificate: (one) => isText(one['registry']) && isNumber(one['endsAt']),
  search: (one) => isText(one['text']),
  installed: (one) => isText(one['id']),
  install: (one) => isNumber(one['asked']) && isNumber(one['failed']),
  validation: (one) => ['passed', 'warning', 'failed'].some((status) => status === one['status']),
  error: (one) => isMaybe(one['type'], isType) && isText(one['code']),
}

/** The record of a line; undefined for a blank, torn or foreign one. */
export function parseRecord(line: string): MetricRecord | undefined {
  if (line === '') return undefined
  try {
    const one = JSON.parse(line) as Record<string, unknown> | null
    if (typeof one !== 'object' || one === null || !isNumber(one['at'])) return undefined
    const kind = one['is']
    if (typeof kind !== 'string' || !Object.hasOwn(CHECKS, kind)) return undefined
    return CHECKS[kind as Fact['is']](one) ? (one as MetricRecord) : undefined
  } catch {
    return undefined
  }
}
