import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { loadSettings } from '../../src/config/load-settings.ts'
import { makeQuery } from '../../src/model/query.ts'
import { openMarketplace } from '../../src/engine/open-marketplace.ts'
import { writeFileSync } from 'node:fs'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

const LIMIT = 2
const REGISTRIES = 6
/** How long each answer takes, so that calls would meet if they were let. */
const ANSWER_MS = 30

it('searches, plans and lists of newer versions together ask no more registries at once than the settings allow', async () => {
  let now = 0
  let most = 0
  let asked = 0
  const server = createServer((_request, response) => {
    asked++
    setTimeout(() => response.end('{"templates":[],"total_count":0}'), ANSWER_MS)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const home = tempFolder()
  const config = join(home, 'registries.yaml')
  const entries = Array.from(
    { length: REGISTRIES },
    (_, at) => `  - {name: r${at}, type: community, protocol: rest, url: "http://127.0.0.1:${port}/${at}"}`,
  )
  writeFileSync(config, `concurrency: {registries: ${LIMIT}}\nregistries:\n${entries.join('\n')}\n`)
  const system = testSystem({ env: { SOUK_HOME: home } })
  const loaded = await loadSettings(system, { config })
  const market = await openMarketplace({
    system,
    loaded,
    program: { name: 'souk', version: '0' },
    goods: tempFolder(),
    environment: {},
  })
  onTestFinished(() => market.close())
  // Counted on this side: of a call that made way the server hears a moment after the next one began.
  market.on('registry.asked', () => void (most = Math.max(most, ++now)))
  market.on('registry.settled', () => void now--)
  const last = async (text: string): Promise<void> => {
    for await (const _ of market.search(makeQuery({ text })));
  }
  const plan = (name: string) => market.plan({ action: 'install', ids: [name] })
  await Promise.all([last('a'), last('b'), plan('lamp'), plan('desk'), market.categories()])
  expect(asked).toBeGreaterThanOrEqual(4 * REGISTRIES)
  expect(most).toBe(LIMIT)
})
