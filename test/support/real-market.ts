import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { loadSettings } from '../../src/config/load-settings.ts'
import type { Clock } from '../../src/system/system.ts'
import type { Marketplace } from '../../src/marketplace.ts'
import { openMarketplace } from '../../src/engine/open-marketplace.ts'
import { tempFolder } from './temp.ts'
import { testSystem, type TestSystem } from './test-system.ts'

/** Goods of our own: the least a manifest says, and whatever a story needs more. */
export interface Goods {
  id: string
  [field: string]: unknown
}

/** A folder registry with goods written into it; a readme for each. */
export function writeGoods(folder: string, goods: readonly Goods[]): void {
  for (const one of goods) {
    const place = join(folder, one.id)
    mkdirSync(place, { recursive: true })
    const { readme = `# About ${one.id}\n\nLong text.\n`, ...part } = one
    const manifest = { version: '1.0.0', kind: 'plugin', name: one.id, description: `What ${one.id} does.`, ...part }
    writeFileSync(join(place, 'souk.yaml'), stringify(manifest))
    writeFileSync(join(place, 'README.md'), String(readme))
  }
}

/** A server that answers as its registry when the test lets it, or never. */
export interface Held {
  url: string
  /** Requests so far. */
  readonly asked: number
  /** Requests that someone still waits for. */
  readonly waiting: number
  /** Answers all that wait, and what comes later at once. */
  open(answer?: { status: number; body: unknown }): void
  /** Keeps everyone waiting from now on. */
  hold(): void
}

export async function heldServer(): Promise<Held> {
  let given: { status: number; body: unknown } | undefined
  let asked = 0
  const waiting = new Set<(answer: { status: number; body: unknown }) => void>()
  const server = createServer((_request, response) => {
    asked += 1
    const reply = ({ status, body }: { status: number; body: unknown }): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (given) reply(given)
    else waiting.add(reply)
    response.on('close', () => waiting.delete(reply))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get asked() {
      return asked
    },
    get waiting() {
      return waiting.size
    },
    open(answer = { status: 200, body: { templates: [], total_count: 0, filtered_count: 0 } }) {
      given = answer
      for (const reply of waiting) reply(answer)
      waiting.clear()
    },
    hold: () => void (given = undefined),
  }
}

export interface RealMarket {
  marketplace: Marketplace
  system: TestSystem
  home: string
}

/** The engine itself over settings in a home of its own: registries by name, goods in folders or addresses. */
export async function realMarket(
  registries: Record<string, readonly Goods[] | string>,
  env: Record<string, string> = {},
  clock?: Clock,
): Promise<RealMarket> {
  const home = tempFolder()
  const entries = Object.entries(registries).map(([name, what]) => {
    if (typeof what === 'string') return { name, type: 'community', protocol: 'rest', url: what }
    const folder = join(home, 'goods', name)
    mkdirSync(folder, { recursive: true })
    writeGoods(folder, what)
    return { name, type: 'community', protocol: 'folder', url: folder }
  })
  for (const name of ['builtin', 'config']) mkdirSync(join(home, name), { recursive: true })
  writeFileSync(join(home, 'config', 'registries.yaml'), stringify({ registries: entries }))
  const system = testSystem({
    isTTY: true,
    env: { SOUK_HOME: home, HOME: home, ...env },
    ...(clock ? { clock } : {}),
  })
  const loaded = await loadSettings(system)
  const marketplace = await openMarketplace({
    system,
    loaded,
    program: { name: 'souk', version: '0.0.0' },
    goods: join(home, 'builtin'),
    environment: {},
  })
  onTestFinished(() => marketplace.close())
  return { marketplace, system, home }
}
