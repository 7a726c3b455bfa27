import { parseDuration, withUnit } from '../model/duration.ts'
import { storeProblem, storesOf } from '../model/store-address.ts'
import type { SettingRule } from './defaults.ts'

const SIZE: Record<string, number> = {
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
}

/** `100MiB`, `2 GB`, `4096` in bytes; undefined when it is no size. */
const parseSize = (value: unknown): number | undefined => withUnit(value, SIZE)

/** A value read by the rule of its setting, or why it cannot be. Texts come from the environment and from flags. */
export function readValue(rule: SettingRule, raw: unknown): { value: number | boolean | string } | { why: string } {
  switch (rule.kind) {
    case 'duration':
      return bounded(rule, parseDuration(raw), 'a duration such as 500, 15m, 24h or 7d')
    case 'bytes':
      return bounded(rule, parseSize(raw), 'a size such as 4096 or 100MiB')
    case 'count': {
      const number = typeof raw === 'string' && /^\d+$/.test(raw) ? Number(raw) : raw
      return bounded(rule, Number.isSafeInteger(number) ? (number as number) : undefined, 'a whole number')
    }
    case 'flag':
      if (raw === true || raw === 'true' || raw === '1') return { value: true }
      if (raw === false || raw === 'false' || raw === '0') return { value: false }
      return { why: 'must be true or false' }
    case 'text':
      if (typeof raw !== 'string' || raw === '') return { why: 'must be a text' }
      if (rule.choices && !rule.choices.includes(raw)) return { why: `must be one of ${rule.choices.join(', ')}` }
      return { value: raw }
    case 'stores': {
      const listed = Array.isArray(raw) ? raw.join(' ') : raw
      if (typeof listed !== 'string') return { why: 'must be a text or a list of texts' }
      const why = storeProblem(listed)
      return why === undefined ? { value: storesOf(listed).join(' ') } : { why }
    }
  }
}

function bounded(rule: SettingRule, value: number | undefined, what: string): { value: number } | { why: string } {
  if (value === undefined || !Number.isSafeInteger(value)) return { why: `must be ${what}` }
  if (rule.min !== undefined && value < rule.min) return { why: `must be at least ${rule.min} ${rule.unit}` }
  return { value }
}
