import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { heldServer, realMarket, writeGoods, type RealMarket } from '../support/real-market.ts'
import { robot, type Robot } from '../support/robot.ts'
import { tempFolder } from '../support/temp.ts'

interface Visitor extends RealMarket {
  user: Robot
  /** The settings file as it is now. */
  written(): string
}

/** Someone at the Registries screen of 80x24. */
async function visit(registries: Parameters<typeof realMarket>[0], env: Record<string, string> = {}): Promise<Visitor> {
  const market = await realMarket(registries, env)
  const user = robot(market)
  await user.see(/registries +0 running/)
  await user.press('5')
  await user.see('last calls')
  return { ...market, user, written: () => readFileSync(join(market.home, 'config', 'registries.yaml'), 'utf8') }
}

const chosen = (user: Robot, name: string): Promise<string> => user.see(new RegExp(`^> *${name}`))

test('a registry is added: the address is typed, what lies there is told, and its goods are there', async () => {
  const folder = join(tempFolder(), 'harbour')
  writeGoods(folder, [{ id: 'pier' }, { id: 'buoy' }])
  const { user, written } = await visit({ acme: [{ id: 'alpha' }] })
  await user.press('a')
  await user.see('Add a registry')
  await user.send(folder)
  await user.press('down')
  await user.see('Found: protocol folder; 2 items (2 plugin)')
  await user.see(/Name +harbour/)
  await user.press('\u0012')
  await user.see('harbour is written down.')
  await chosen(user, 'harbour')
  expect(written()).toContain(`url: ${folder}`)
  await user.press('1')
  await user.see('buoy')
})

test('a look at a server that hangs is given up with Esc: nothing is written, and the server sees it go', async () => {
  const held = await heldServer()
  const { user, written } = await visit({ acme: [] })
  const before = written()
  await user.press('a')
  await user.see('Add a registry')
  await user.send(held.url)
  await user.press('down')
  await user.see('Looking at the address ...')
  await expect.poll(() => held.waiting, { timeout: 10_000 }).toBe(1)
  await user.press('escape')
  await user.see('last calls')
  await expect.poll(() => held.waiting, { timeout: 10_000 }).toBe(0)
  await user.press('a')
  await user.see('Add a registry')
  await user.seeNo(held.url)
  expect(written()).toBe(before)
})

test('an address where nothing answers says so in the form, and the form stays', async () => {
  const { user } = await visit({ acme: [] })
  await user.press('a')
  await user.see('Add a registry')
  await user.send('http://127.0.0.1:9')
  await user.press('down')
  await user.see('cannot be used as a registry')
  await user.see('Add a registry')
})

test('one is edited and saved, put off and on, made the default, moved in order, and removed after a question', async () => {
  const { user, written } = await visit({ acme: [{ id: 'alpha' }], beta: [{ id: 'two' }] })
  await user.press('G')
  await chosen(user, 'beta')
  await user.press('E')
  await user.see('Change beta')
  await user.press('down', 'ctrl-u')
  await user.send('gamma')
  await user.press('\u0012')
  await user.see('gamma is written down.')
  await chosen(user, 'gamma')
  expect(written()).toMatch(/name: gamma/)
  await user.press('e')
  await user.see('gamma disabled.')
  await user.see(/gamma +disabled/)
  await user.press('e')
  await user.see('gamma enabled.')
  expect(written()).not.toContain('enabled: false')
  await user.press('d')
  await user.see('gamma is the default now.')
  expect(written()).toContain('defaultRegistry: gamma')
  await user.press('K')
  await user.see('gamma has priority 90 now.')
  expect(written()).toContain('priority: 90')
  await user.press('x')
  await user.see('Remove gamma?')
  await user.press('enter')
  await user.seeNo('Remove gamma?')
  expect(written(), 'Enter on a question of removal means no').toContain('gamma')
  await user.press('x')
  await user.see('Remove gamma?')
  await user.press('y')
  await user.see('gamma removed.')
  expect(written()).not.toContain('name: gamma')
})

test('one without the credentials it needs is called unauthorised, not down', async () => {
  const held = await heldServer()
  held.open({ status: 401, body: {} })
  const { user, marketplace } = await visit({ team: held.url })
  await user.press('r')
  await user.see(/team +unauthorised/)
  await user.press('G')
  await user.see('needs credentials: E sets them')
  await user.see('1/2 registries')
  held.open()
  await user.press('r')
  await user.see(/team +up/)
  expect(marketplace.registries.status().find((one) => one.entry.name === 'team')?.health.state).toBe('up')
})

test('what someone else changes in the file is taken over: registries at once, other settings named as waiting', async () => {
  const { user, written, home, marketplace } = await visit({ acme: [{ id: 'alpha' }], beta: [] })
  const file = join(home, 'config', 'registries.yaml')
  writeFileSync(file, `cache: { ttl: { search: 1m } }\n${written().replace('name: acme', 'name: apex')}`)
  await user.press('G')
  await chosen(user, 'beta')
  await user.press('e')
  await user.see(/error: The settings file .* was chan/)
  await user.see(/^ +apex/)
  await user.see('changed in the file, in effect from the next start: cache.ttl.search')
  expect(marketplace.loaded.settings.cache.ttlMs.search).toBe(15 * 60_000)
  await user.press('e')
  await user.see(/beta +disabled/)
})
