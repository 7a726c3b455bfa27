import type { Marketplace } from '../marketplace.ts'
import type { RegistryFigures } from '../model/figures.ts'
import { counted, durationText } from './words.ts'

/** Figures with the hit figures of the cache, as the market hands them out. */
export type AllFigures = Awaited<ReturnType<Marketplace['metrics']['figures']>>

/** The last response times are for drawing; a table has percentiles. */
type Shown = Omit<RegistryFigures, 'registry' | 'recentMs'> & {
  cacheHitRate?: number
  cacheHits: number
  cacheMisses: number
}

const isoOf = (at: number): string => new Date(at).toISOString()

/** The part of questions the cache answered fresh; undefined while none was asked. */
export function hitRateOf({ cache }: AllFigures, registry: string): number | undefined {
  const asked = Object.hasOwn(cache.byRegistry, registry) ? cache.byRegistry[registry] : undefined
  return asked && asked.hits + asked.misses > 0 ? asked.hits / (asked.hits + asked.misses) : undefined
}

const NOTHING: Omit<RegistryFigures, 'registry'> = {
  calls: 0,
  failed: 0,
  authFailures: 0,
  rateLimitHits: 0,
  errors: {},
  bursts: [],
  recentMs: [],
}

/** The figures of one registry; zeros for one that was never asked. */
export function figuresOf(all: AllFigures, registry: string): RegistryFigures {
  return all.registries.find((one) => one.registry === registry) ?? { registry, ...NOTHING }
}

/** The same as `--json` prints them: moments in ISO time. */
export function figuresValue(all: AllFigures, registry: string): Record<string, unknown> {
  const { registry: _name, recentMs: _recent, bursts, certificate, ...rest } = figuresOf(all, registry)
  const asked = Object.hasOwn(all.cache.byRegistry, registry) ? all.cache.byRegistry[registry] : undefined
  const value: Omit<Shown, 'bursts' | 'certificate'> = {
    ...rest,
    cacheHits: asked?.hits ?? 0,
    cacheMisses: asked?.misses ?? 0,
  }
  const rate = hitRateOf(all, registry)
  return {
    ...value,
    ...(rate === undefined ? {} : { cacheHitRate: rate }),
    bursts: bursts.map((one) => ({ ...one, firstAt: isoOf(one.firstAt), lastAt: isoOf(one.lastAt) })),
    ...(certificate === undefined ? {} : { certificate: { ...certificate, endsAt: isoOf(certificate.endsAt) } }),
  }
}

/** `75%`, or a dash while there is nothing to make it of. */
export const percentText = (rate: number | undefined): string =>
  rate === undefined ? '-' : `${Math.round(rate * 100)}%`

export const msText = (ms: number | undefined): string => (ms === undefined ? '-' : durationText(ms))

/** What an owner of a registry should know before it is too late: that its certificate ends. */
export function certificateAlarm({ registry, certificate }: RegistryFigures): string[] {
  if (certificate && certificate.level !== 'fine') {
    const { daysLeft, endsAt, level } = certificate
    const day = isoOf(endsAt).slice(0, 10)
    const when = daysLeft < 0 ? `ended on ${day}` : `ends in ${counted(daysLeft, 'day')}, on ${day}`
    return [`${registry}: ${level}: its certificate ${when}.`]
  }
  return []
}

/** The same with the last run of failures. */
export function alarmsOf(figures: RegistryFigures): string[] {
  const told = figures.bursts
    .slice(0, 1)
    .map(
      ({ type, count, firstAt }) =>
        `${figures.registry}: ${count} failures close together (${type}), the first at ${isoOf(firstAt)}.`,
    )
  return [...certificateAlarm(figures), ...told]
}
