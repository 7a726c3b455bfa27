import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { alarmsOf } from '../../src/commands/figures.ts'
import { loadSettings } from '../../src/config/load-settings.ts'
import { openMarketplace } from '../../src/engine/open-marketplace.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

/** A registry with a certificate for so many days, and the file of its authority; undefined where there is no openssl. */
async function registryFor(days: number): Promise<{ url: string; ca: string; unasked(): number } | undefined> {
  const folder = tempFolder()
  const [key, ca] = [join(folder, 'key.pem'), join(folder, 'ca.pem')]
  const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const facts = ['-days', String(days), '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  try {
    execFileSync('openssl', [...make, ...facts, '-keyout', key, '-out', ca], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  const [connected, asked] = [new Set<unknown>(), new Set<unknown>()]
  const server = createServer({ key: readFileSync(key), cert: readFileSync(ca) }, (request, response) => {
    asked.add(request.socket)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"templates":[],"total_count":0}')
  })
  server.on('secureConnection', (socket) => connected.add(socket))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${port}`,
    ca,
    unasked: () => [...connected].filter((socket) => !asked.has(socket)).length,
  }
}

it('a certificate is looked at on connections made anyway, and told in time', async (context) => {
  const days = { fine: 90, warning: 20, critical: 5 }
  const home = tempFolder()
  const servers = await Promise.all(
    Object.entries(days).map(async ([name, left]) => ({ name, of: await registryFor(left) })),
  )
  const registries = servers.flatMap(({ name, of }) =>
    of ? [{ name, type: 'community', protocol: 'rest', url: of.url, ca: of.ca }] : [],
  )
  if (registries.length < 3)
    return context.skip('openssl is not on this machine, and nothing else here makes certificates')
  const config = join(home, 'registries.yaml')
  writeFileSync(config, stringify({ registries }))
  const system = testSystem({ env: { SOUK_HOME: home, HOME: home } })
  const loaded = await loadSettings(system, { config })
  const program = { name: 'souk', version: '0.0.0' }
  const market = await openMarketplace({ system, loaded, program, goods: tempFolder(), environment: {} })
  onTestFinished(() => market.close())
  for (let round = 0; round < 2; round++) await market.registries.survey({ refresh: true })
  const { registries: figures } = await market.metrics.figures()
  const levels = Object.fromEntries(figures.map((one) => [one.registry, one.certificate?.level]))
  expect(levels).toMatchObject({ fine: 'fine', warning: 'warning', critical: 'critical' })
  expect(levels['builtin']).toBeUndefined()
  expect(figures.flatMap(alarmsOf).map((line) => line.replace(/, on .*/, ''))).toEqual([
    'critical: critical: its certificate ends in 4 days',
    'warning: warning: its certificate ends in 19 days',
  ])
  // No connection was made for its sake: each carried a request.
  for (const { of } of servers) expect(of?.unasked()).toBe(0)
})
