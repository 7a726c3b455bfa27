import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openCache } from '../../src/cache/open-cache.ts'
import { defaultSettings } from '../../src/config/defaults.ts'
import { redact } from '../../src/model/secrets.ts'
import { cacheStoreContract, MIB, openTestCache, type OpenedCache } from '../contracts/cache-store.ts'
import { redisProgram, startRedis, useRedis, type RedisServer } from '../support/redis.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

const PASSWORD = 'p@ss/wo:rd#9c1e44'

async function server(...more: string[]): Promise<RedisServer> {
  const started = await startRedis(...more)
  onTestFinished(() => started.stop())
  return started
}

/** A cache by the real clock, so that time limits pass. */
async function openReal(store: string, env: Record<string, string> = {}): Promise<Omit<OpenedCache, 'clock'>> {
  const heard: OpenedCache['heard'] = []
  const path = `${tempFolder()}/cache.db`
  const cache = await openCache({
    system: testSystem({ env }),
    settings: { ...defaultSettings().cache, store },
    path,
    emit: (name, payload) => heard.push({ name, payload }),
    secret: (text) => text.replace(/\$\{(\w+)\}/g, (_, name: string) => env[name] ?? ''),
  })
  onTestFinished(() => cache.close())
  return { cache, path, heard }
}

/** A cache that reaches all its servers: on a busy machine one that is only late may be given up, which is not meant. */
async function openWhole(store: string): Promise<Omit<OpenedCache, 'clock'>> {
  for (;;) {
    const opened = await openReal(store)
    await opened.cache.get('search', 'r', 'of nobody')
    if (warnings(opened).length === 0) return opened
  }
}

const warnings = ({ heard }: Pick<OpenedCache, 'heard'>): string[] =>
  heard.flatMap((one) => (one.name === 'warning' ? [(one.payload as { text: string }).text] : []))

const fill = (opened: Pick<OpenedCache, 'cache'>, count: number): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, (_, at) => opened.cache.put('search', 'r', `k${at}`, `v${at}`)))

describe.skipIf(!redisProgram)('a cache on a Redis server', () => {
  describe('is a cache like any other', () => {
    const redis = useRedis()
    cacheStoreContract(
      () => redis.empty(),
      () => redis.url,
    )
  })

  test('several machines share it: entries, figures, and what one of them clears', async () => {
    const { url } = await server()
    const [here, there] = [await openReal(url), await openReal(url)]
    await here.cache.put('search', 'r', 'k', 'v', { validator: '"e"' })
    expect(await there.cache.get('search', 'r', 'k')).toMatchObject({ value: 'v', validator: '"e"', isFresh: true })
    await there.cache.get('search', 'r', 'missing')
    await there.cache.close()
    await here.cache.get('search', 'r', 'k')
    expect(await here.cache.stats()).toMatchObject({ hits: 2, misses: 1, entries: 1, store: url })
    expect(await here.cache.clear('search:r:*')).toBe(1)
    expect(await (await openReal(url)).cache.get('search', 'r', 'k')).toBeUndefined()
  })

  test('the server is told how long to keep each entry', async () => {
    const redis = await server()
    const { cache } = await openReal(redis.url)
    await cache.put('metadata', 'r', 'k', 'v', { ttlMs: 60_000 })
    const kept = Number(redis.command('PTTL', 'souk:1:e:metadata:r:k'))
    expect(kept).toBeGreaterThan(7 * 86_400_000)
    expect(kept).toBeLessThanOrEqual(7 * 86_400_000 + 60_000)
  })

  test('an entry that is not ours, or is cut short, is dropped and counted; the rest is used', async () => {
    const redis = await server()
    const { cache } = await openReal(redis.url)
    await fill({ cache }, 4)
    redis.command('SET', 'souk:1:e:search:r:k0', 'something else')
    redis.command('SETRANGE', 'souk:1:e:search:r:k1', '33', '9999999999')
    redis.command('SETRANGE', 'souk:1:e:search:r:k2', '43', 'not json')
    const found = await Promise.all(['k0', 'k1', 'k2', 'k3'].map((key) => cache.get('search', 'r', key)))
    expect(found.map((one) => one?.value)).toEqual([undefined, undefined, undefined, 'v3'])
    expect(await cache.stats()).toMatchObject({ dropped: 3, entries: 1, store: redis.url })
  })

  test('entries the server itself put out are misses, and are counted no more', async () => {
    const redis = await server()
    const { cache } = await openReal(redis.url)
    await fill({ cache }, 5)
    redis.command('DEL', 'souk:1:e:search:r:k1')
    redis.command('DEL', 'souk:1:e:search:r:k2')
    expect(await cache.get('search', 'r', 'k1')).toBeUndefined()
    expect((await cache.stats()).entries).toBe(3)
    expect(await cache.clear('*')).toBe(3)
    expect(await cache.stats()).toMatchObject({ entries: 0, storedBytes: 0 })
  })

  test('what else lies on the server is left alone', async () => {
    const redis = await server()
    redis.command('SET', 'search:r:mine', 'keep me')
    const { cache } = await openReal(redis.url)
    await fill({ cache }, 3)
    expect(await cache.clear('*')).toBe(3)
    expect(redis.command('GET', 'search:r:mine').trim()).toBe('keep me')
  })

  test('no server at start: this run keeps it in memory, with one warning', async () => {
    const opened = await openReal('redis://127.0.0.1:1')
    await fill(opened, 10)
    expect((await opened.cache.get('search', 'r', 'k3'))?.value).toBe('v3')
    expect(await opened.cache.stats()).toMatchObject({ store: 'memory', entries: 10 })
    expect(warnings(opened)).toEqual([
      expect.stringMatching(
        /^The cache at redis:\/\/127\.0\.0\.1:1 cannot be used \(.+\); this run keeps it in memory\.$/,
      ),
    ])
  })

  test('a server killed in the middle: the calls under way go to memory, with one warning', async () => {
    const redis = await server()
    const opened = await openReal(redis.url)
    await fill(opened, 5)
    await redis.stop()
    await fill(opened, 20)
    expect((await opened.cache.get('search', 'r', 'k19'))?.value).toBe('v19')
    expect(await opened.cache.stats()).toMatchObject({ store: 'memory', entries: 20 })
    expect(warnings(opened)).toHaveLength(1)
  })

  test('a server that falls silent is given up after a second', async () => {
    const redis = await server()
    const opened = await openReal(redis.url)
    await fill(opened, 1)
    redis.process.kill('SIGSTOP')
    await fill(opened, 20)
    expect((await opened.cache.get('search', 'r', 'k19'))?.value).toBe('v19')
    expect(warnings(opened)).toEqual([expect.stringContaining('did not answer within 1000 ms')])
  })

  test('something that takes connections and says nothing is no server', async () => {
    const mute = createServer(() => {}).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    onTestFinished(() => void mute.close())
    const opened = await openReal(`redis://127.0.0.1:${(mute.address() as AddressInfo).port}`)
    await fill(opened, 3)
    expect(await opened.cache.stats()).toMatchObject({ store: 'memory', entries: 3 })
    expect(warnings(opened)).toHaveLength(1)
  })

  test('a server that is full is left for memory with its own words', async () => {
    const redis = await server()
    const opened = await openReal(redis.url)
    redis.command('CONFIG', 'SET', 'maxmemory', '1')
    await fill(opened, 3)
    expect((await opened.cache.get('search', 'r', 'k2'))?.value).toBe('v2')
    expect(warnings(opened)).toEqual([expect.stringContaining('OOM')])
  })

  test('credentials come from the environment, and no sentence ever shows them', async () => {
    const redis = await server('--requirepass', PASSWORD)
    const address = `redis://:\${CACHE_PASSWORD}@127.0.0.1:${redis.port}`
    const good = await openReal(address, { CACHE_PASSWORD: PASSWORD })
    await fill(good, 2)
    expect(await good.cache.stats()).toMatchObject({ store: redis.url, entries: 2 })
    expect(warnings(good)).toEqual([])
    const bad = await openReal(address, { CACHE_PASSWORD: `${PASSWORD}-wrong` })
    await fill(bad, 2)
    const literal = await openReal(`redis://user:${encodeURIComponent(PASSWORD)}@127.0.0.1:${redis.port}`)
    await fill(literal, 2)
    for (const opened of [bad, literal]) {
      expect(await opened.cache.stats()).toMatchObject({ store: 'memory', entries: 2 })
      expect(warnings(opened)).toEqual([expect.stringMatching(/WRONGPASS|invalid/i)])
      expect(JSON.stringify([opened.heard, await opened.cache.stats()])).not.toMatch(/p@ss|p%40ss|user:/)
    }
    expect(redact(`sent ${PASSWORD} and ${encodeURIComponent(PASSWORD)}`)).toBe('sent *** and ***')
  })
})

describe.skipIf(!redisProgram)('a cache with mirrors', () => {
  describe('is a cache like any other: two servers', () => {
    const redis = useRedis()
    const other = useRedis()
    cacheStoreContract(
      async () => `${await redis.empty()} ${await other.empty()}`,
      () => `${redis.url} ${other.url}`,
    )
  })
  describe('is a cache like any other: disk and a server', () => {
    const redis = useRedis()
    cacheStoreContract(
      async () => `disk ${await redis.empty()}`,
      () => `disk ${redis.url}`,
    )
  })

  test('writes go to all, reads take the first that has it', async () => {
    const [one, two] = [await server(), await server()]
    const both = await openReal(`${one.url} ${two.url}`)
    await both.cache.put('search', 'r', 'k', 'v')
    for (const { url } of [one, two])
      expect((await (await openReal(url)).cache.get('search', 'r', 'k'))?.value).toBe('v')
    one.command('FLUSHALL')
    expect((await both.cache.get('search', 'r', 'k'))?.value).toBe('v')
  })

  test('a silent one makes nobody wait for what another has, and is left out after a second', async () => {
    const [one, two] = [await server(), await server()]
    const opened = await openReal(`${one.url} ${two.url}`)
    await fill(opened, 3)
    one.process.kill('SIGSTOP')
    expect((await opened.cache.get('search', 'r', 'k1'))?.value).toBe('v1')
    // Nobody waited until it was given up.
    expect(warnings(opened)).toEqual([])
    await fill(opened, 5)
    expect((await opened.cache.get('search', 'r', 'k4'))?.value).toBe('v4')
    expect(warnings(opened)).toEqual([expect.stringContaining(`${one.url} cannot be used`)])
    expect(warnings(opened)[0]).toContain('the other mirrors are used')
  })

  test('one that is not there at start is left out; when all are gone it is memory', async () => {
    const redis = await server()
    const opened = await openReal(`redis://127.0.0.1:1 ${redis.url}`)
    await fill(opened, 3)
    expect(await opened.cache.stats()).toMatchObject({ store: redis.url, entries: 3 })
    await redis.stop()
    await fill(opened, 4)
    expect(await opened.cache.stats()).toMatchObject({ store: 'memory', entries: 4 })
    expect(warnings(opened)).toHaveLength(2)
    const none = await openReal('redis://127.0.0.1:1 redis://127.0.0.1:2')
    await fill(none, 1)
    expect(warnings(none)).toHaveLength(1)
  })

  test.each([
    ['silent in the middle', true],
    ['silent from the start', false],
  ])('one that was %s brings nothing back that was removed meanwhile', async (_, wasThere) => {
    const [one, two] = [await server(), await server()]
    const both = `${one.url} ${two.url}`
    const first = await openReal(both)
    await fill(first, 6)
    await first.cache.put('metadata', 'r', 'withdrawn', 'old')
    one.process.kill('SIGSTOP')
    const late = wasThere ? first : await openReal(both)
    expect(await late.cache.clear('metadata:*')).toBe(1)
    expect(await late.cache.clearWhere('search:r:*', (_value, key) => key.endsWith('k2'))).toBe(1)
    one.process.kill('SIGCONT')
    // A server that wakes up may still do what it was told before it was given up.
    if (!wasThere) expect(one.command('EXISTS', 'souk:1:e:metadata:r:withdrawn').trim()).toBe('1')
    const back = await openWhole(both)
    expect(await back.cache.get('metadata', 'r', 'withdrawn')).toBeUndefined()
    expect(await back.cache.get('search', 'r', 'k2')).toBeUndefined()
    expect((await back.cache.get('search', 'r', 'k1'))?.value).toBe('v1')
    for (const { command } of [one, two]) {
      expect(command('EXISTS', 'souk:1:e:metadata:r:withdrawn').trim()).toBe('0')
      expect(command('KEYS', 'souk:1:e:mirror:*').trim()).toBe('')
    }
    // Caught up once; what is kept from then on stays.
    await back.cache.put('metadata', 'r', 'withdrawn', 'new')
    expect((await (await openWhole(both)).cache.get('metadata', 'r', 'withdrawn'))?.value).toBe('new')
  })

  test('the disk goes on when the server is gone', async () => {
    const redis = await server()
    const opened = await openReal(`disk ${redis.url}`)
    await fill(opened, 3)
    await redis.stop()
    await fill(opened, 5)
    expect(await opened.cache.stats()).toMatchObject({ entries: 5, path: opened.path })
    await opened.cache.close()
    const again = await openTestCache({ maxBytes: 8 * MIB }, opened.path)
    expect((await again.cache.stats()).entries).toBe(5)
    await again.cache.close()
  })
})
