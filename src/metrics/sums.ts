import { FAILURE_TYPES } from '../model/failure-type.ts'
import type { ErrorFigures, Figures, TemplateFigures } from '../model/figures.ts'
import type { MetricRecord } from './record.ts'
import { RegistrySums } from './registry-sums.ts'

/** Searches named in the figures. */
const TOP_SEARCHES = 10

const raise = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

const mostFirst = (counts: Map<string, number>): [string, number][] =>
  [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))

/** All lines read so far, added up. Maps inside: names are text from outside and never keys of an object to assign. */
export class Sums {
  readonly #registries = new Map<string, RegistrySums>()
  readonly #searches = new Map<string, number>()
  readonly #installs = new Map<string, number>()
  readonly #types = new Map<string, number>()
  readonly #codes = new Map<string, number>()
  readonly #validations = { passed: 0, warning: 0, failed: 0 }
  #asked = 0
  #failed = 0
  #since: number | undefined

  add(record: MetricRecord): void {
    this.#since = Math.min(this.#since ?? record.at, record.at)
    switch (record.is) {
      case 'answer':
      case 'call':
      case 'certificate': {
        const sums = this.#registries.get(record.registry) ?? new RegistrySums(record.registry)
        this.#registries.set(record.registry, sums)
        sums.add(record)
        if (record.is === 'call' && !record.isWell) this.#fail(record.type, record.code ?? 'unknown')
        return
      }
      case 'search':
        return raise(this.#searches, record.text)
      case 'installed':
        return raise(this.#installs, record.id)
      case 'install':
        this.#asked += record.asked
        this.#failed += record.failed
        return
      case 'validation':
        this.#validations[record.status]++
        return
      case 'error':
        this.#fail(record.type, record.code)
    }
  }

  #fail(type: string | undefined, code: string): void {
    raise(this.#types, type ?? 'other')
    raise(this.#codes, code)
  }

  figures(now: number): Omit<Figures, 'isEnabled' | 'bytes'> {
    return {
      ...(this.#since === undefined ? {} : { since: this.#since }),
      registries: [...this.#registries.values()]
        .map((one) => one.figures(now))
        .toSorted((a, b) => (a.registry < b.registry ? -1 : 1)),
      templates: this.#templates(),
      errors: this.#errors(),
    }
  }

  #templates(): TemplateFigures {
    const asked = this.#asked
    const installed = asked - this.#failed
    return {
      searches: [...this.#searches.values()].reduce((sum, count) => sum + count, 0),
      topSearches: mostFirst(this.#searches)
        .slice(0, TOP_SEARCHES)
        .map(([text, count]) => ({ text, count })),
      installs: mostFirst(this.#installs).map(([id, count]) => ({ id, count })),
      asked,
      installed,
      ...(asked === 0 ? {} : { installationRate: installed / asked }),
      validations: { ...this.#validations },
    }
  }

  #errors(): ErrorFigures {
    const types = [...FAILURE_TYPES, 'other'] as const
    const byType = Object.fromEntries(types.map((type) => [type, this.#types.get(type) ?? 0]))
    return {
      byType: byType as ErrorFigures['byType'],
      byCode: mostFirst(this.#codes).map(([code, count]) => ({ code, count })),
    }
  }
}
