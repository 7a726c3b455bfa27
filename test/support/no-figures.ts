import type { Marketplace } from '../../src/marketplace.ts'
import { statsOf } from '../../src/cache/cache-stats.ts'
import { NO_FACTS } from '../../src/cache/entry-store.ts'
import { Sums } from '../../src/metrics/sums.ts'

/** The figures of an installation in which nothing has happened yet. */
export const noFigures = (): Marketplace['metrics'] => ({
  figures: async () => ({
    isEnabled: true,
    bytes: 0,
    ...new Sums().figures(0),
    cache: statsOf(NO_FACTS, { maxBytes: 1, store: 'memory' }),
  }),
  clear: () => 0,
})
