import { Keyv } from 'keyv'
import { expect, test } from 'vitest'
import type { Cache } from '../../src/cache/cache.ts'
import type { CachePolicy } from '../../src/cache/entry-store.ts'
import { openCache } from '../../src/cache/open-cache.ts'
import { openStore } from '../../src/cache/open-store.ts'
import { defaultSettings } from '../../src/config/defaults.ts'
import type { EventName } from '../../src/model/events.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem, type TestClock } from '../support/test-system.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
export const MIB = 1024 * 1024

export interface OpenedCache {
  cache: Cache
  clock: TestClock
  path: string
  heard: { name: EventName; payload: unknown }[]
}

/** A cache with a clock to move, its default settings changed by `part`. */
export async function openTestCache(part: Partial<CachePolicy> = {}, path?: string): Promise<OpenedCache> {
  const clock = testClock()
  const heard: OpenedCache['heard'] = []
  const file = path ?? `${tempFolder()}/cache.db`
  const cache = await openCache({
    system: testSystem({ clock }),
    settings: { ...defaultSettings().cache, ...part },
    path: file,
    emit: (name, payload) => heard.push({ name, payload }),
  })
  return { cache, clock, path: file, heard }
}

/**
 * What every cache store must do, whatever it keeps its entries in. `setting` answers `cache.store` for an empty
 * store, `shown` is what the figures call it.
 */
export function cacheStoreContract(setting: () => string | Promise<string>, shown: () => string): void {
  const open = async (part: Partial<CachePolicy> = {}): Promise<OpenedCache> =>
    openTestCache({ store: await setting(), ...part })

  test('a value comes back as it was, with its age and its validator', async () => {
    const { cache, clock } = await open()
    const value = { name: 'vnet', tags: ['a', 'ü', '😀'], nested: { none: null, n: 1.5 } }
    await cache.put('search', 'official', 'ab12', value, { validator: '"etag"' })
    await clock.advance(1000)
    expect(await cache.get('search', 'official', 'ab12')).toEqual({
      value,
      storedAt: Date.parse('2026-01-01T00:00:00Z'),
      ageMs: 1000,
      isFresh: true,
      validator: '"etag"',
    })
    expect(await cache.get('search', 'official', 'other')).toBeUndefined()
    expect(await cache.get('metadata', 'official', 'ab12')).toBeUndefined()
    expect(await cache.get('search', 'other', 'ab12')).toBeUndefined()
    await cache.close()
  })

  test.each([
    ['search', HOUR / 4],
    ['metadata', HOUR],
    ['catalog', DAY],
    ['artifact', DAY],
    ['validation.local', DAY / 2],
    ['validation.registry', 7 * DAY],
    ['marketIntel', 6 * HOUR],
  ] as const)('%s is fresh for %d ms, then stale for a week, then gone', async (ttl, lifetime) => {
    const { cache, clock } = await open()
    await cache.put(ttl, 'r', 'k', 1)
    await clock.advance(lifetime - 1)
    expect(await cache.get(ttl, 'r', 'k')).toMatchObject({ isFresh: true })
    await clock.advance(1)
    expect(await cache.get(ttl, 'r', 'k')).toMatchObject({ isFresh: false, ageMs: lifetime, value: 1 })
    await clock.advance(7 * DAY - 1)
    expect(await cache.get(ttl, 'r', 'k')).toMatchObject({ isFresh: false })
    await clock.advance(1)
    expect(await cache.get(ttl, 'r', 'k')).toBeUndefined()
    await cache.close()
  })

  test('a lifetime of its own may be zero: stale at once, kept for a fallback', async () => {
    const { cache } = await open()
    await cache.put('catalog', 'folder', 'k', 'v', { ttlMs: 0 })
    expect(await cache.get('catalog', 'folder', 'k')).toMatchObject({ value: 'v', isFresh: false })
    await cache.close()
  })

  test('"not modified" makes an entry fresh again', async () => {
    const { cache, clock } = await open()
    await cache.put('search', 'r', 'k', 'v')
    await clock.advance(HOUR)
    await cache.touch('search', 'r', 'k')
    await cache.touch('search', 'r', 'never stored')
    expect(await cache.get('search', 'r', 'k')).toMatchObject({ value: 'v', isFresh: true, ageMs: 0 })
    await cache.close()
  })

  test('patterns remove just what they name; only the star means anything', async () => {
    const { cache } = await open()
    const fill = async (): Promise<void> => {
      for (const registry of ['official', 'official-2', 'o?f[a-z]']) {
        await cache.put('search', registry, 'a:b*c', 1)
        await cache.put('metadata', registry, 'a', 1)
      }
    }
    const removed: [string, number][] = [
      ['search:official:*', 1],
      ['search:official*', 2],
      ['*:official:*', 2],
      ['*a', 3],
      ['search:o?f[a-z]:a:b*c', 1],
      ['search:official', 0],
      ['search:o?ficial:*', 0],
      ['search:[o]fficial:*', 0],
      ['SEARCH:*', 0],
      ['', 0],
      ['**', 6],
      ['s*:*f*:*b*c', 3],
    ]
    for (const [pattern, count] of removed) {
      await fill()
      expect([pattern, await cache.clear(pattern)]).toEqual([pattern, count])
    }
    expect(await cache.clear('*')).toBe(3)
    expect((await cache.stats()).entries).toBe(0)
    await cache.close()
  })

  test('entries are removed by what they hold, among those a pattern names', async () => {
    const { cache } = await open()
    for (const registry of ['a', 'b'])
      for (const index of [1, 2, 3]) await cache.put('search', registry, `k${index}`, { index, text: 'x'.repeat(2000) })
    await cache.put('metadata', 'a', 'k2', { index: 2 })
    const seen: string[] = []
    const isTwo = (value: unknown, key: string): boolean => {
      seen.push(key)
      return (value as { index: number }).index === 2
    }
    expect(await cache.clearWhere('search:a:*', isTwo)).toBe(1)
    expect(seen.toSorted()).toEqual(['search:a:k1', 'search:a:k2', 'search:a:k3'])
    expect(await cache.get('search', 'a', 'k2')).toBeUndefined()
    for (const [ttl, registry, key] of [
      ['search', 'a', 'k1'],
      ['search', 'b', 'k2'],
      ['metadata', 'a', 'k2'],
    ] as const)
      expect(await cache.get(ttl, registry, key)).toBeDefined()
    expect(await cache.clearWhere('nothing:*', () => true)).toBe(0)
    await cache.close()
  })

  test('prune removes what is past lifetime and stale window, and says how much', async () => {
    const { cache, clock } = await open()
    await cache.put('search', 'r', 'old', 'x'.repeat(500))
    await clock.advance(7 * DAY)
    await cache.put('search', 'r', 'new', 1)
    expect(await cache.prune()).toEqual({ entries: 0, bytes: 0 })
    await clock.advance(HOUR / 4)
    const pruned = await cache.prune()
    expect(pruned.entries).toBe(1)
    expect(pruned.bytes).toBeGreaterThan(500)
    expect(await cache.get('search', 'r', 'new')).toBeDefined()
    await cache.close()
  })

  test('entries above the limit are compressed, and the figures show both sizes', async () => {
    const { cache } = await open()
    await cache.put('catalog', 'r', 'small', 'x'.repeat(100))
    const small = await cache.stats()
    expect(small.rawBytes).toBe(small.storedBytes)
    const value = { list: Array.from({ length: 1000 }, (_, index) => ({ id: index, name: 'the same words' })) }
    await cache.put('catalog', 'r', 'large', value)
    const { rawBytes, storedBytes } = await cache.stats()
    expect(rawBytes).toBeGreaterThan(30_000)
    expect(storedBytes).toBeLessThan(rawBytes / 3)
    expect((await cache.get('catalog', 'r', 'large'))?.value).toEqual(value)
    await cache.close()
  })

  test('hits, misses and stale answers are counted per class and registry', async () => {
    const { cache, clock, heard } = await open()
    await cache.put('search', 'a', 'k', 1)
    await cache.get('search', 'a', 'k')
    await cache.get('search', 'a', 'k')
    await cache.get('search', 'b', 'k')
    await clock.advance(HOUR)
    await cache.get('search', 'a', 'k')
    cache.noteStale('search', 'a')
    expect(await cache.stats()).toMatchObject({
      hits: 2,
      misses: 2,
      staleServed: 1,
      rate: 0.5,
      byClass: { search: { hits: 2, misses: 2, staleServed: 1, entries: 1 } },
      byRegistry: { a: { hits: 2, misses: 1, staleServed: 1 }, b: { hits: 0, misses: 1, staleServed: 0 } },
      store: shown(),
    })
    expect(heard.map((one) => one.name)).toEqual(['cache.hit', 'cache.hit', 'cache.miss', 'cache.miss'])
    await cache.close()
  })

  test('beyond the cap the least recently used go first', async () => {
    const { cache, clock, heard } = await open({ maxBytes: 2 * MIB, compressAboveBytes: MIB })
    const value = 'x'.repeat(20_000)
    for (let index = 0; index < 60; index++) {
      await clock.advance(1)
      await cache.put('artifact', 'r', `k${index}`, value)
    }
    await clock.advance(1)
    expect(await cache.get('artifact', 'r', 'k0')).toBeDefined()
    for (let index = 60; index < 120; index++) {
      await clock.advance(1)
      await cache.put('artifact', 'r', `k${index}`, value)
    }
    expect(await cache.get('artifact', 'r', 'k1')).toBeUndefined()
    expect(await cache.get('artifact', 'r', 'k119')).toBeDefined()
    expect(await cache.get('artifact', 'r', 'k0')).toBeDefined()
    const { evicted, entries, storedBytes } = await cache.stats()
    expect(evicted).toBe(120 - entries)
    expect(storedBytes).toBeLessThanOrEqual(2 * MIB)
    expect(storedBytes).toBeGreaterThan(MIB)
    expect(heard.some((one) => one.name === 'cache.evicted')).toBe(true)
    await cache.close()
  })

  test('an entry larger than a quarter of the cap is not kept, and what was there under its key is gone', async () => {
    const { cache } = await open({ maxBytes: MIB, compressAboveBytes: 100 * MIB })
    await cache.put('catalog', 'r', 'other', 'small')
    await cache.put('catalog', 'r', 'k', 'small')
    await cache.put('catalog', 'r', 'k', 'x'.repeat(MIB))
    expect(await cache.get('catalog', 'r', 'k')).toBeUndefined()
    expect(await cache.get('catalog', 'r', 'other')).toBeDefined()
    await cache.close()
  })

  test('a clock that was set back does not make an entry fresh for ever', async () => {
    const { cache, clock } = await open()
    await clock.advance(400 * DAY)
    await cache.put('search', 'r', 'k', 'v')
    await clock.advance(-400 * DAY)
    expect(await cache.get('search', 'r', 'k')).toMatchObject({ value: 'v', isFresh: false, ageMs: 0 })
    await cache.close()
  })

  test('keys like __proto__ and a registry called like a class are just keys', async () => {
    const { cache } = await open()
    for (const [registry, key] of [
      ['__proto__', 'constructor'],
      ['search', 'x'],
      ['search', '__proto__'],
    ] as const) {
      await cache.put('search', registry, key, `${registry} ${key}`)
      expect((await cache.get('search', registry, key))?.value).toBe(`${registry} ${key}`)
    }
    expect(await cache.clear('search:search:*')).toBe(2)
    expect((await cache.stats()).hits).toBe(3)
    expect(({} as Record<string, unknown>)['hits']).toBeUndefined()
    await cache.close()
  })

  test('keyv itself can store, ask, read and remove many at once', async () => {
    const settings = {
      ...defaultSettings().cache,
      store: await setting(),
      maxBytes: MIB,
      compressAboveBytes: 100 * MIB,
    }
    const path = `${tempFolder()}/cache.db`
    const opened = await openStore({ system: testSystem(), settings, path, emit: () => {} })
    const keyv = new Keyv({ store: opened.store, serialization: false, checkExpired: false })
    const envelope = (value: string) => ({ value, storedAt: Date.parse('2026-01-01'), ttlMs: HOUR })
    const large = 'x'.repeat(MIB / 2)
    const entries = ['a', 'b', large].map((text) => ({ key: `search:r:${text.slice(0, 1)}`, value: envelope(text) }))
    const keys = ['search:r:a', 'search:r:b', 'search:r:x']
    expect(await keyv.setMany(entries)).toEqual([true, true, false])
    expect(await keyv.hasMany(keys)).toEqual([true, true, false])
    expect(await keyv.has('search:r:a')).toBe(true)
    expect(await keyv.getMany(keys)).toEqual([envelope('a'), envelope('b'), undefined])
    expect(await keyv.deleteMany(keys)).toEqual([true, true, false])
    expect(await keyv.has('search:r:a')).toBe(false)
    const many = Array.from({ length: 20 }, (_, index) => ({
      key: `search:r:${index}`,
      value: envelope('y'.repeat(MIB / 8)),
    }))
    await keyv.setMany(many)
    const { entries: kept, storedBytes } = await opened.store.facts()
    expect(kept).toBeGreaterThan(3)
    expect(storedBytes).toBeLessThanOrEqual(MIB)
    await keyv.clear()
    expect((await opened.store.facts()).entries).toBe(0)
    await opened.store.close()
  })

  test('after close it answers nothing and does not fail', async () => {
    const { cache } = await open()
    await cache.put('search', 'r', 'k', 1)
    await cache.close()
    await cache.close()
    expect(await cache.get('search', 'r', 'k')).toBeUndefined()
  })
}
