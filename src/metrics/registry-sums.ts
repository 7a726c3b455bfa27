import type { CertificateFigures, RegistryFigures } from '../model/figures.ts'
import { BurstFinder } from './bursts.ts'
import type { MetricRecord } from './record.ts'
import { spreadOf } from './spread.ts'

/** Calls that response times and pace are made of (inventory S37.12). */
const LAST_CALLS = 100
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Days left from which a certificate is a warning, and critical (inventory S37.14). */
const WARNING_DAYS = 30
const CRITICAL_DAYS = 7

interface Sample {
  at: number
  /** Undefined for one that was not answered: how fast it failed is no response time. */
  ms: number | undefined
  isWell: boolean
}

const keep = (list: Sample[], sample: Sample): void => {
  list.push(sample)
  if (list.length > LAST_CALLS) list.shift()
}

const isGood = (status: number | undefined): boolean => status !== undefined && status < 400

/** Days until a certificate ends, rounded down; negative once it has ended. */
function certificateFigures(endsAt: number, now: number): CertificateFigures {
  const left = (endsAt - now) / DAY_MS
  const level = left < CRITICAL_DAYS ? 'critical' : left < WARNING_DAYS ? 'warning' : 'fine'
  return { endsAt, daysLeft: Math.floor(left), level }
}

/** What the lines say of one registry, added up. */
export class RegistrySums {
  readonly #name: string
  #calls = 0
  #failed = 0
  #answers401 = 0
  #calls401 = 0
  #answers429 = 0
  #calls429 = 0
  #certificateEndsAt: number | undefined
  readonly #errors = new Map<keyof RegistryFigures['errors'], number>()
  readonly #bursts = new BurstFinder()
  readonly #lastAnswers: Sample[] = []
  readonly #lastCalls: Sample[] = []

  constructor(name: string) {
    this.#name = name
  }

  add(record: MetricRecord & { is: 'answer' | 'call' | 'certificate' }): void {
    const { at } = record
    if (record.is === 'certificate') {
      this.#certificateEndsAt = record.endsAt
      return
    }
    if (record.is === 'answer') {
      if (record.status === 401) this.#answers401++
      if (record.status === 429) this.#answers429++
      const ms = record.status === undefined ? undefined : record.ms
      return keep(this.#lastAnswers, { at, ms, isWell: isGood(record.status) })
    }
    this.#calls++
    keep(this.#lastCalls, { at, ms: record.isWell ? record.ms : undefined, isWell: record.isWell })
    if (record.isWell) return
    const type = record.type ?? 'other'
    this.#failed++
    this.#errors.set(type, (this.#errors.get(type) ?? 0) + 1)
    // Without credentials nothing was sent: that is told by the state, and nobody refused.
    if (record.code === 'registry.credentials') return
    this.#bursts.note(type, at)
    if (type === 'authentication') this.#calls401++
    if (record.code === 'registry.rateLimit') this.#calls429++
  }

  figures(now: number): RegistryFigures {
    // Where requests are made, they are what is measured; git and folders have questions only.
    const last = this.#lastAnswers.length > 0 ? this.#lastAnswers : this.#lastCalls
    const response = spreadOf(last.flatMap((one) => one.ms ?? []))
    const [first, final] = [last[0], last.at(-1)]
    return {
      registry: this.#name,
      calls: this.#calls,
      failed: this.#failed,
      ...(this.#calls === 0 ? {} : { successRate: (this.#calls - this.#failed) / this.#calls }),
      ...(response === undefined ? {} : { response }),
      ...(first && final ? { callsPerMinute: paceOf(last.length, final.at - first.at) } : {}),
      // A refusal is counted by its answers; one of a protocol without requests, or for want of a secret, by its question.
      authFailures: Math.max(this.#answers401, this.#calls401),
      rateLimitHits: Math.max(this.#answers429, this.#calls429),
      errors: Object.fromEntries(this.#errors),
      bursts: this.#bursts.found(),
      ...(this.#certificateEndsAt === undefined
        ? {}
        : { certificate: certificateFigures(this.#certificateEndsAt, now) }),
      recentMs: last.map((one) => (one.isWell ? (one.ms ?? null) : null)),
    }
  }
}

/** Calls a minute over the time they took; what came within one minute is that many a minute. */
const paceOf = (calls: number, spanMs: number): number =>
  Math.round((calls / Math.max(1, spanMs / MINUTE_MS)) * 10) / 10
