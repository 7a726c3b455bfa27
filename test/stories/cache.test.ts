import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { souk, type Ran } from '../support/program.ts'
import { serveFolder, useServed } from '../support/serve.ts'
import { tempFolder } from '../support/temp.ts'

const NAMES = ['anchor-set', 'buoy-line', 'crane-arm']

interface Shop {
  home: string
  /** Runs the program; `requests` are the paths it asked for, those of its jobs left out. */
  run(...args: string[]): Promise<Ran & { requests: string[]; events: { name: string; payload: object }[] }>
  /** From now on it is so many minutes after the start of the story. */
  at(minutes: number): void
}

function writeGoods(goods: string): void {
  for (const id of NAMES) {
    mkdirSync(join(goods, id))
    const manifest = { id, version: '1.2.0', description: `What ${id} does.`, category: 'harbour' }
    writeFileSync(join(goods, id, 'souk.json'), JSON.stringify(manifest))
    writeFileSync(join(goods, id, 'README.md'), `The whole story of ${id}.\n`)
  }
}

/** One server for all stories but the one that stops it: nothing they do changes what it has. */
const served = useServed(writeGoods)

/** Someone with one registry, and a home of their own. */
function shop(url = served.url): Shop {
  let now: string | undefined
  const home = tempFolder()
  mkdirSync(join(home, 'config'))
  const settings = `registries:\n  - { name: quay, url: ${url}, protocol: rest }\nhttp: { tries: 1 }\n`
  writeFileSync(join(home, 'config', 'registries.yaml'), settings)
  const file = join(home, 'events.ndjson')
  return {
    home,
    at(minutes) {
      now = new Date(Date.parse('2030-05-01T20:00:00Z') + minutes * 60_000).toISOString()
    },
    async run(...args) {
      rmSync(file, { force: true })
      const ran = await souk(home, [...args, '--events', file], now === undefined ? {} : { SOUK_NOW: now })
      const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
      const events = lines.map((line) => JSON.parse(line) as { name: string; payload: { url?: string } })
      const requests = events.filter((one) => one.name === 'http.request').map(({ payload }) => payload.url ?? '')
      return { ...ran, events, requests }
    },
  }
}

interface Shown {
  cached: boolean
  installed: boolean
  installation?: { version: string }
  version: string
}

describe('what is kept', () => {
  it('an install drops what is kept of that item and the searches that hold it, and nothing else', async () => {
    const { run } = shop()
    await run('search', 'anchor')
    await run('search', 'buoy')
    await run('show', 'quay/anchor-set')
    expect((await run('show', 'quay/buoy-line', '--json')).json<Shown>()).toMatchObject({ cached: false })
    expect((await run('install', 'quay/buoy-line', '--yes')).code).toBe(0)

    const shown = await run('show', 'quay/buoy-line', '--json')
    expect(shown.json<Shown>()).toMatchObject({
      cached: true,
      installed: true,
      version: '1.2.0',
      installation: { version: '1.2.0' },
    })
    expect(shown.requests).toEqual([])
    expect((await run('show', 'quay/anchor-set')).requests).toEqual([])
    expect((await run('search', 'anchor')).requests).toEqual([])
    expect((await run('search', 'buoy')).requests).toHaveLength(1)
    expect((await run('search', 'buoy')).requests).toEqual([])
    expect((await run('uninstall', 'quay/buoy-line', '--yes')).code).toBe(0)
    expect((await run('search', 'anchor')).requests).toEqual([])
    expect((await run('search', 'buoy')).requests).toHaveLength(1)
  })

  it('warmed, the program works with its registries stopped', async () => {
    const goods = tempFolder()
    writeGoods(goods)
    const { url, stop } = await serveFolder(goods)
    const { run } = shop(url)
    const warmed = await run('cache', 'warm', '--json')
    expect(warmed.code).toBe(0)
    expect(warmed.json<{ sources: { registry: string; read: number }[] }>().sources).toContainEqual(
      expect.objectContaining({ registry: 'quay', read: 3, items: 3 }),
    )
    // What is fresh is not asked again: a warming that was stopped goes on where it was.
    expect((await run('cache', 'warm')).requests).toEqual([])
    expect((await run('cache', 'warm', '--refresh')).requests.length).toBeGreaterThan(3)
    await stop()
    for (const offline of [[], ['--offline']]) {
      const found = await run('search', 'crane', '--json', ...offline)
      expect(found.code).toBe(0)
      expect(found.json<{ results: { id: string }[] }>().results.map((one) => one.id)).toEqual(['quay/crane-arm'])
      expect((await run('browse', '--categories', '--json', ...offline)).out).toContain('harbour')
      const shown = await run('show', 'quay/crane-arm', ...offline)
      expect([shown.code, shown.out]).toEqual([0, expect.stringContaining('The whole story of crane-arm.')])
    }
  })

  const HOUR = 60
  it.each([
    ['a search', ['search', 'anchor'], 15],
    ['an item', ['show', 'quay/anchor-set'], HOUR],
    ['the categories', ['browse', '--categories'], 24 * HOUR],
    ['what is said of a fixed version', ['show', 'quay/anchor-set', '--version', '1.2.0'], 7 * 24 * HOUR],
  ])('%s is asked for once in its lifetime, and again after it', async (_, words, minutes) => {
    const { run, at } = shop()
    at(0)
    expect((await run(...words)).requests.length).toBeGreaterThan(0)
    at(minutes - 1)
    expect((await run(...words)).requests).toEqual([])
    at(minutes + 1)
    expect((await run(...words)).requests.length).toBeGreaterThan(0)
  })

  it.each([
    ['cache.ttl.search', ['search', 'anchor']],
    ['cache.ttl.metadata', ['show', 'quay/anchor-set']],
    ['cache.ttl.catalog', ['browse', '--categories']],
  ])('%s says how long', async (name, words) => {
    const { run, at } = shop()
    const asked = async (minute: number): Promise<boolean> => {
      at(minute)
      return (await run(...words, '--setting', `${name}=2m`)).requests.length > 0
    }
    // That it is kept until then is seen above, where the time is the longer one.
    expect([await asked(0), await asked(3)]).toEqual([true, true])
  })

  it('a kept answer that is empty is told apart from one that was just given', async () => {
    const { run } = shop()
    const first = (await run('search', 'zzzz', '--json')).json<{ cached: boolean; results: unknown[] }>()
    const second = (await run('search', 'zzzz', '--json')).json<{ cached: boolean; results: unknown[] }>()
    expect([first.cached, first.results]).toEqual([false, []])
    expect([second.cached, second.results]).toEqual([true, []])
  })

  it('what was generated from the same things is used again for a day, byte for byte', async () => {
    const { home, run, at } = shop()
    interface Made {
      result: { environments: { cached: boolean }[] }
    }
    // The smallest template: what is kept and for how long does not depend on what is generated.
    const ID = 'key-vault-starter'
    const generate = async (out: string, ...more: string[]): Promise<boolean | undefined> => {
      const ran = await run('generate', ID, '--out', join(home, out), '--json', ...more)
      return ran.json<Made>().result.environments[0]?.cached
    }
    const text = (out: string): string => readFileSync(join(home, out, 'dev', 'mainTemplate.json'), 'utf8')
    expect(await generate('a')).toBe(false)
    expect(await generate('b')).toBe(true)
    expect(text('b')).toBe(text('a'))
    expect((await run('generate', ID, '--out', join(home, 'c'))).out).toContain('cache hit')
    expect(await generate('d', '--seed', 'another')).toBe(false)
    expect(await generate('e', '--cache-ttl', '0')).toBe(false)
    expect(await generate('f', '--seed', 'short', '--cache-ttl', '10m')).toBe(false)
    at(0)
    expect(await generate('g', '--seed', 'day')).toBe(false)
    at(24 * HOUR - 1)
    expect(await generate('h', '--seed', 'day')).toBe(true)
    at(24 * HOUR + 1)
    expect(await generate('i', '--seed', 'day')).toBe(false)
  })

  it('a report is used again for twelve hours while the files are the same', async () => {
    const { home, run, at } = shop()
    const file = join(home, 'mainTemplate.json')
    const template = { contentVersion: '1.0.0.0', resources: [], parameters: {} }
    const write = (value: object, space = 0): void => writeFileSync(file, JSON.stringify(value, undefined, space))
    const isCached = async (...more: string[]): Promise<boolean> =>
      (await run('validate', file, '--json', ...more)).json<{ cached: boolean }>().cached
    write(template)
    at(0)
    expect([await isCached(), await isCached()]).toEqual([false, true])
    at(12 * HOUR - 1)
    expect(await isCached()).toBe(true)
    at(12 * HOUR + 1)
    expect([await isCached(), await isCached('--canonical')]).toEqual([false, false])
    write(Object.fromEntries(Object.entries(template).toReversed()), 2)
    expect([await isCached('--canonical'), await isCached()]).toEqual([true, false])
    write({ ...template, contentVersion: '1.0.0.1' })
    expect([await isCached('--canonical'), await isCached()]).toEqual([false, false])
  })
})
