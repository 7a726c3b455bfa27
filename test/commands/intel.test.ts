import { expect, it } from 'vitest'
import { listing, scene, souk } from './stand-in.ts'

const world = () =>
  scene({
    listings: [
      listing('web-app', { downloads: 12_345, rating: 4.5, ratingCount: 8, description: '\u001b[31m' }),
      listing('event-hub', { downloads: 99_999 }),
    ],
  })

it('intel tells offers, place, rating and what is alike, with the time of asking', async () => {
  const told = await souk(['intel', 'web-app'], { world: world() })
  expect(told.exit).toBe(0)
  expect(told.out).toContain('Asked       2026-01-01 00:00 UTC (1 min ago, cached)')
  expect(told.out).toContain('12,345, told by 1 registry; place 2 of 2 goods of this kind that tell theirs')
  expect(told.out).toContain('4.5 of 5 by 8 ratings, told by 1 registry')
  expect(told.out).toMatch(/official\/event-hub +1\.2\.0 +99,999/)
  expect(told.err).toContain('team')
})

it('intel as JSON says whether it was kept, and that no price is known', async () => {
  const told = await souk(['intel', 'web-app', '--json'], { world: world() })
  expect(told.json()).toMatchObject({ cached: true, price: null, askedAt: '2026-01-01T00:00:00.000Z' })
  const alone = await souk(['intel', 'web-app', '--json'], { world: scene({ listings: [listing('web-app')] }) })
  expect(alone.json()).toMatchObject({ cached: true, similar: [], demand: {} })
  expect((await souk(['intel', 'nothing'], { world: world() })).exit).toBe(2)
})
