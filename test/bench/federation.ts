/**
 * One search over eight registries of 5 to 800 ms beside bare undici requests to the same servers in the same run.
 * The servers are real (node:http on loopback, in a process of their own); the client is the real marketplace in a
 * temporary home. Every round asks something new, so that nothing comes from a cache, while what the market knows
 * grows as in a sitting. `ours` and `undici` are of warm code, `early` of the fan-outs before it, while the compiler still
 * works beside them, and `cold` of the very first one, with the opening of the cache in it. Between `early` and `ours`
 * another marketplace asks servers that answer a hundred times as fast, so that the warm-up does not take minutes and
 * what is known does not grow by it.
 * Prints one JSON line: medians of `rounds`; first rows over the fastest delay, all in over the slowest delay, CPU of
 * this process a fan-out, ms, with what is written to the cache after the last rows.
 * `node test/bench/federation.ts`
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Agent, request } from 'undici'
import { defaultSettings } from '../../src/config/defaults.ts'
import type { Marketplace } from '../../src/marketplace.ts'
import { makeQuery } from '../../src/model/query.ts'
import { openMarketplace } from '../../src/engine/open-marketplace.ts'
import { nodeSystem } from '../../src/system/node-system.ts'

const DELAYS_MS = [5, 20, 50, 100, 200, 400, 600, 800]
const ROUNDS = 15
/** Fan-outs that `early` tells of, the first one left out. */
const EARLY = 8
/** Quick fan-outs of another marketplace after those. The compiler has most of its work behind it then: `--trace-opt` tells of little more. */
const WARM_UP = 40
/** Before a word: the servers answer it in a hundredth of their delays. */
const QUICK = 'quick'
const ITEMS = 20
/** What a fan-out leaves to do is done by then. */
const AFTER_MS = 400
/** One word a round, far enough from each other that what is known of one never answers another. */
const ASKED = (
  'amberwick brindlehof cormorant dovetail elderglen foxglove grimsby harrowgate ivorybill juniper kestrel lavender ' +
  'mallowmere nightjar oystercroft periwinkle quillfen rosehip sandpiper thistledown umberstone verbena woodruff'
).split(' ')

const entriesFor = (text: string) =>
  Array.from({ length: ITEMS }, (_, at) => ({
    name: `${text}-${at}`,
    version: '1.0.0',
    description: 'Deploys a ready to use set of resources with policies and alerts for teams in several regions.',
    author: 'bench team',
    license: 'MIT',
    tags: ['network', 'cluster'],
    category: 'infrastructure',
    last_updated: '2026-01-01T00:00:00Z',
    marketplace: { downloads: at, verified: true },
  }))

/** The part of the other process: one server a delay; their ports go out as one line. */
async function serve(): Promise<void> {
  const ports = DELAYS_MS.map(async (delayMs) => {
    const server = createServer((asked, answer) => {
      const text = new URL(asked.url ?? '', 'http://localhost').searchParams.get('q') ?? ''
      const templates = entriesFor(text)
      const body = JSON.stringify({ templates, total_count: ITEMS, filtered_count: ITEMS, query: text })
      const afterMs = text.startsWith(QUICK) ? delayMs / 100 : delayMs
      setTimeout(() => answer.setHeader('content-type', 'application/json').end(body), afterMs)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  })
  process.stdout.write(`${JSON.stringify(await Promise.all(ports))}\n`)
  // The servers live as long as the one who asks.
  process.stdin.on('end', () => process.exit(0)).resume()
}

interface Times {
  firstMs: number
  allMs: number
  cpuMs: number
}

/** What a fan-out takes; it calls `tell` when it has its first rows. */
async function timed(fanOut: (tell: () => void) => Promise<void>): Promise<Times> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  let firstMs = 0
  await fanOut(() => (firstMs ||= performance.now() - start))
  const allMs = performance.now() - start
  await new Promise((done) => setTimeout(done, AFTER_MS))
  const { user, system } = process.cpuUsage(cpu)
  return { firstMs, allMs, cpuMs: (user + system) / 1000 }
}

async function searchOnce(market: Marketplace, text: string, tell: () => void): Promise<void> {
  let total = 0
  for await (const catalog of market.search(makeQuery({ text, noMerge: true }))) {
    if (catalog.rows.length > 0) tell()
    total = catalog.total
  }
  if (total !== ITEMS * DELAYS_MS.length) throw new Error(`${total} rows came of ${ITEMS * DELAYS_MS.length}`)
}

async function bareOnce(urls: readonly string[], agent: Agent, text: string, tell: () => void): Promise<void> {
  const all = urls.map(async (url) => {
    const { body } = await request(`${url}/api/v1/search?q=${text}&limit=1000&offset=0`, { dispatcher: agent })
    if (((await body.json()) as { templates: unknown[] }).templates.length > 0) tell()
  })
  await Promise.all(all)
}

function open(urls: readonly string[], home: string): Promise<Marketplace> {
  const system = nodeSystem()
  const settings = defaultSettings()
  settings.registries = urls.map((url, at) => ({
    name: `r${at}`,
    type: 'community',
    protocol: 'rest',
    url,
    enabled: true,
    priority: at,
    options: {},
  }))
  const env = { ...system.env, get: (name: string) => (name === 'SOUK_HOME' ? home : system.env.get(name)) }
  return openMarketplace({
    system: { ...system, env },
    loaded: { settings, problems: [], origins: {} },
    program: { name: 'bench', version: '0' },
    goods: fileURLToPath(new URL('../../templates', import.meta.url)),
    environment: {},
  })
}

const median = (values: number[]): number =>
  Math.round((values.toSorted((a, b) => a - b)[values.length >>> 1] ?? 0) * 100) / 100
const figuresOf = (rounds: Times[]) => ({
  firstOverFastestMs: median(rounds.map((one) => one.firstMs - Math.min(...DELAYS_MS))),
  allOverSlowestMs: median(rounds.map((one) => one.allMs - Math.max(...DELAYS_MS))),
  cpuMs: median(rounds.map((one) => one.cpuMs)),
})

async function bench(servers: ChildProcess): Promise<void> {
  const [line] = (await once(servers.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  const urls = (JSON.parse(String(line)) as number[]).map((port) => `http://127.0.0.1:${port}`)
  const homes = ['souk-bench-', 'souk-warm-'].map((name) => mkdtempSync(join(tmpdir(), name)))
  const [market, warming] = await Promise.all(homes.map((home) => open(urls, home)))
  if (!market || !warming) throw new Error('there are two')
  const agent = new Agent()
  const [ours, bare]: [Times[], Times[]] = [[], []]
  const round = async (text: string): Promise<void> => {
    ours.push(await timed((tell) => searchOnce(market, text, tell)))
    bare.push(await timed((tell) => bareOnce(urls, agent, text, tell)))
  }
  for (const text of ASKED.slice(0, EARLY)) await round(text)
  for (let at = 0; at < WARM_UP; at++) {
    const text = `${QUICK}${ASKED[at % ASKED.length]}${at}`
    await searchOnce(warming, text, () => {})
    await bareOnce(urls, agent, text, () => {})
  }
  for (const text of ASKED.slice(EARLY, EARLY + ROUNDS)) await round(text)
  await Promise.all([market.close(), warming.close()])
  await agent.close()
  for (const home of homes) rmSync(home, { recursive: true, force: true })
  const figures = {
    bench: 'federation',
    registries: DELAYS_MS.length,
    delaysMs: DELAYS_MS,
    rounds: ROUNDS,
    ours: figuresOf(ours.slice(EARLY)),
    cold: figuresOf(ours.slice(0, 1)),
    early: figuresOf(ours.slice(1, EARLY)),
    undici: figuresOf(bare.slice(EARLY)),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}

if (process.argv[2] === 'serve') await serve()
else {
  const servers = spawn(process.execPath, [fileURLToPath(import.meta.url), 'serve'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    await bench(servers)
  } finally {
    servers.kill()
  }
}
