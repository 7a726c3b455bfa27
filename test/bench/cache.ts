// Prints one JSON line: rates of the cache layer on disk and in memory next to a plain Map in the same run, and how
// long a cold open with one read takes as a whole process against `node -e 0`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cache } from '../../src/cache/cache.ts'
import { openCache } from '../../src/cache/open-cache.ts'
import { defaultSettings } from '../../src/config/defaults.ts'
import { nodeSystem } from '../../src/system/node-system.ts'

const COUNT = 10_000
const folder = mkdtempSync(join(tmpdir(), 'souk-bench-'))
const open = (store: 'disk' | 'memory', path = join(folder, `${store}.db`)): Promise<Cache> =>
  openCache({ system: nodeSystem(), settings: { ...defaultSettings().cache, store }, path, emit: () => {} })

if (process.argv[2] === 'read') {
  const cache = await open('disk', process.argv[3])
  const found = await cache.get('search', 'r', 'k1')
  await cache.close()
  process.exit(found ? 0 : 1)
}

const perSecond = async (count: number, one: (index: number) => unknown): Promise<number> => {
  const started = performance.now()
  for (let index = 0; index < count; index++) await one(index)
  return Math.round((count * 1000) / (performance.now() - started))
}

/** 1 KB of words that differ from entry to entry. */
const small = Array.from({ length: COUNT }, (_, index) => ({
  id: `official/item-${index}`,
  text: Array.from({ length: 60 }, (_, word) => ((index * 31 + word * 7919) % 65_536).toString(36)).join(' '),
  description: 'a template that makes a network and a few machines '.repeat(13),
}))
const large = Array.from({ length: 1000 }, (_, index) => small[index])

async function rates(cache: Cache): Promise<Record<string, number>> {
  return {
    setPerS: await perSecond(COUNT, (index) => cache.put('search', 'r', `k${index}`, small[index])),
    getPerS: await perSecond(COUNT, (index) => cache.get('search', 'r', `k${index}`)),
    set1MbPerS: await perSecond(10, (index) => cache.put('catalog', 'r', `k${index}`, large)),
    get1MbPerS: await perSecond(10, (index) => cache.get('catalog', 'r', `k${index}`)),
  }
}

/** Median wall time of a whole process, ms. */
function wholeMs(args: string[]): number {
  const times = Array.from({ length: 9 }, () => {
    const started = performance.now()
    const { status, stderr } = spawnSync(process.execPath, args)
    if (status !== 0) throw new Error(`the process failed: ${String(stderr)}`)
    return performance.now() - started
  })
  return Math.round((times.toSorted((a, b) => a - b)[4] ?? 0) * 10) / 10
}

const map = new Map<string, string>()
const figures = {
  bench: 'cache',
  node: process.version,
  entries: COUNT,
  entryBytes: JSON.stringify(small[0]).length,
  map: {
    setPerS: await perSecond(COUNT, (index) => map.set(`k${index}`, JSON.stringify(small[index]))),
    getPerS: await perSecond(COUNT, (index) => JSON.parse(map.get(`k${index}`) ?? '') as unknown),
  },
  disk: {},
  memory: {},
  coldReadMs: 0,
  nodeMs: 0,
}
for (const store of ['disk', 'memory'] as const) {
  const cache = await open(store)
  figures[store] = await rates(cache)
  await cache.close()
}
figures.nodeMs = wholeMs(['-e', '0'])
figures.coldReadMs = wholeMs([fileURLToPath(import.meta.url), 'read', join(folder, 'disk.db')])
rmSync(folder, { recursive: true, force: true })
process.stdout.write(`${JSON.stringify(figures)}\n`)
