import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { souk, type Ran } from '../support/program.ts'
import { serveFolder } from '../support/serve.ts'
import { tempFolder } from '../support/temp.ts'

const NAMES = ['anchor-set', 'buoy-line', 'crane-arm']

interface Shop {
  home: string
  /** Runs the program; `requests` are the paths it asked for, those of its jobs left out. */
  run(...args: string[]): Promise<Ran & { requests: string[]; events: { name: string; payload: object }[] }>
  stop(): Promise<void>
}

/** Someone with one registry, served by a server of its own. */
async function shop(env: Record<string, string> = {}): Promise<Shop> {
  const goods = tempFolder()
  for (const id of NAMES) {
    mkdirSync(join(goods, id))
    const manifest = { id, version: '1.2.0', description: `What ${id} does.`, category: 'harbour' }
    writeFileSync(join(goods, id, 'souk.json'), JSON.stringify(manifest))
    writeFileSync(join(goods, id, 'README.md'), `The whole story of ${id}.\n`)
  }
  const server = await serveFolder(goods)
  const home = tempFolder()
  mkdirSync(join(home, 'config'))
  const settings = `registries:\n  - { name: quay, url: ${server.url}, protocol: rest }\nhttp: { tries: 1 }\n`
  writeFileSync(join(home, 'config', 'registries.yaml'), settings)
  const file = join(home, 'events.ndjson')
  return {
    home,
    stop: server.stop,
    async run(...args) {
      rmSync(file, { force: true })
      const ran = await souk(home, [...args, '--events', file], env)
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
    const { run } = await shop()
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
    const { run, stop } = await shop()
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
})
