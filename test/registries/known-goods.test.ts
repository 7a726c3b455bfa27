import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openCache } from '../../src/cache/open-cache.ts'
import { defaultSettings } from '../../src/config/defaults.ts'
import { KnownGoods } from '../../src/registries/known-goods.ts'
import { item } from '../search/support.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem } from '../support/test-system.ts'

/** Two programs that share one cache file: what one has learned, and what the other finds on disk. */
async function twoPrograms() {
  const clock = testClock()
  const system = testSystem({ clock })
  const cache = await openCache({
    system,
    settings: defaultSettings().cache,
    path: join(tempFolder(), 'cache.sqlite'),
    emit: () => {},
  })
  onTestFinished(() => cache.close())
  const place = { cache, clock, registry: 'sample', key: 'known' }
  return { clock, one: new KnownGoods(place), other: new KnownGoods(place) }
}
const told = async (goods: KnownGoods): Promise<[string, string | undefined][] | undefined> =>
  (await goods.read())?.listings.map(({ name, version }) => [name, version])

it('knows at once what a search brought, and writes that of several searches together', async () => {
  const { clock, one, other } = await twoPrograms()
  one.learn([item('sample', 'web', { version: '1.0.0' })])
  await clock.advance(1000)
  one.learn([item('sample', 'web', { version: '1.1.0' }), item('sample', 'app')])
  await clock.advance(1000)
  expect(await told(one)).toEqual([
    ['web', '1.1.0'],
    ['app', undefined],
  ])
  expect((await one.read())?.ageMs).toBe(1000)
  expect(await told(other)).toBeUndefined()
  await clock.advance(28_000)
  expect(await told(other)).toEqual(await told(one))
})

it('adds to what another program wrote meanwhile, and writes what is left when it is closed', async () => {
  const { one, other } = await twoPrograms()
  one.learn([item('sample', 'web')])
  other.learn([item('sample', 'app')])
  await other.write()
  await one.write()
  one.learn([item('sample', 'late')])
  expect(await told(other)).toEqual([
    ['app', undefined],
    ['web', undefined],
  ])
  await one.write()
  expect((await told(other))?.map(([name]) => name)).toEqual(['app', 'web', 'late'])
})

it('keeps what is learned while it writes', async () => {
  const { clock, one, other } = await twoPrograms()
  one.learn([item('sample', 'web')])
  const writing = one.write()
  one.learn([item('sample', 'web', { version: '2.0.0' }), item('sample', 'app')])
  await writing
  expect((await told(one))?.map(([name]) => name)).toEqual(['web', 'app'])
  await clock.advance(5000)
  expect(await told(other)).toEqual([
    ['web', '2.0.0'],
    ['app', undefined],
  ])
})
