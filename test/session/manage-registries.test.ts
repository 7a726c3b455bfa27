import { appendFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSession, type Session } from '../../src/session/session.ts'
import { realMarket, writeGoods, type RealMarket } from '../support/real-market.ts'
import { tempFolder } from '../support/temp.ts'

async function sitting(registries: Parameters<typeof realMarket>[0] = { acme: [{ id: 'alpha' }] }) {
  const market = await realMarket(registries)
  const session = openSession(market)
  onTestFinished(() => session.close())
  await session.open()
  return { ...market, session }
}

const rows = (session: Session): string[] =>
  session.store.getState().search.catalog?.rows.map((row) => row.listing.id) ?? []
const listed = (session: Session): string[] =>
  session.store.getState().registries.list.map((one) => `${one.entry.name}${one.entry.enabled ? '' : ' off'}`)
const textOf = ({ home }: Pick<RealMarket, 'home'>): string =>
  readFileSync(join(home, 'config', 'registries.yaml'), 'utf8')
const shown = (session: Session): string => {
  const { shown } = session.store.getState().notices
  return `${shown?.text} ${shown?.hint ?? ''}`
}

/** As soon as the search that a change starts is through. */
const settled = (session: Session): Promise<void> =>
  new Promise((done) => {
    const look = (): void => {
      if (!session.store.getState().search.isSearching) done()
    }
    const stop = session.store.subscribe(look)
    onTestFinished(stop)
    look()
  })

test('a registry is added by its address alone, and its goods are there without a restart', async () => {
  const { session, home } = await sitting()
  const folder = join(tempFolder(), 'more')
  writeGoods(folder, [{ id: 'beta' }])
  const { registryForm } = session
  registryForm.openNew()
  registryForm.setText('url', folder)
  await registryForm.look()
  expect(session.store.getState().registryForm).toMatchObject({
    texts: { name: 'more', protocol: 'folder' },
    probe: { items: 1 },
  })
  expect(await registryForm.write()).toBe(true)
  await settled(session)
  expect(rows(session)).toEqual(expect.arrayContaining(['acme/alpha', 'more/beta']))
  expect(shown(session)).toContain(`Same as: souk registries add ${folder}`)
  expect(textOf({ home })).toContain(`url: ${folder}`)
})

test('what is disabled or removed leaves the list at once, and comes back when it is enabled', async () => {
  const { session, marketplace } = await sitting({ acme: [{ id: 'alpha' }], beta: [{ id: 'two' }] })
  expect(rows(session)).toEqual(expect.arrayContaining(['acme/alpha', 'beta/two']))
  await session.registryEdits.set('disable', 'beta')
  expect(rows(session)).not.toContain('beta/two')
  await settled(session)
  expect(listed(session)).toEqual(['builtin', 'acme', 'beta off'])
  await session.registryEdits.set('enable', 'beta')
  await settled(session)
  expect(rows(session)).toContain('beta/two')
  await session.registryEdits.shift('beta', -1)
  await session.registryEdits.set('default', 'beta')
  expect(marketplace.loaded.settings).toMatchObject({
    defaultRegistry: 'beta',
    registries: [{ name: 'acme' }, { name: 'beta', priority: 90 }],
  })
  await session.registryEdits.set('remove', 'beta')
  expect(rows(session)).not.toContain('beta/two')
  expect(listed(session)).toEqual(['builtin', 'acme'])
  await expect(marketplace.details('beta/two')).rejects.toMatchObject({ code: 'item.notFound' })
})

test("another program's change is noticed before anything is written, and the second try is about that", async () => {
  const { session, home } = await sitting({ acme: [], beta: [] })
  appendFileSync(join(home, 'config', 'registries.yaml'), '# theirs\n')
  const theirs = textOf({ home })
  expect(await session.registryEdits.set('remove', 'beta')).toBe(false)
  expect(shown(session)).toContain('changed by another program')
  expect(textOf({ home })).toBe(theirs)
  expect(await session.registryEdits.set('remove', 'beta')).toBe(true)
  expect(textOf({ home })).toContain('# theirs')
  expect(listed(session)).toEqual(['builtin', 'acme'])
})

test('a registry is changed by the form: its name, its credentials as a variable, nothing else', async () => {
  const { session, home, marketplace } = await sitting()
  const entry = marketplace.registries.status().find((one) => one.entry.name === 'acme')?.entry
  if (!entry) throw new Error('acme is not there')
  const { registryForm } = session
  registryForm.openExisting(entry)
  registryForm.setText('name', 'other')
  registryForm.setText('credentials', 'token')
  expect(await registryForm.write()).toBe(false)
  expect(textOf({ home })).not.toContain('other')
  registryForm.setText('variable', 'ACME_TOKEN')
  expect(await registryForm.write()).toBe(true)
  expect(shown(session)).toContain('souk registries edit acme --name other --token-env ACME_TOKEN')
  expect(textOf({ home })).toContain('token: ${ACME_TOKEN}')
  await settled(session)
  expect(rows(session)).toEqual(['other/alpha'])
})

test('without a settings file public registries are offered, and enabling one would write all of them down', async () => {
  const { session, home, marketplace } = await sitting({})
  rmSync(join(home, 'config', 'registries.yaml'))
  await marketplace.registries.reload()
  await session.registries.suggest()
  const offered = session.store.getState().registries.list.filter((one) => one.about !== undefined)
  expect(offered.length).toBeGreaterThan(3)
  expect(offered.every((one) => !one.entry.enabled)).toBe(true)
  const enable = { action: 'enable', name: 'azd-gallery' } as const
  const { diff } = await marketplace.registries.edit(enable, { isTrial: true })
  expect(diff.filter((line) => line.includes('enabled: false'))).toHaveLength(offered.length)
  expect(diff.filter((line) => line.includes('enabled: true'))).toHaveLength(1)
  expect(() => textOf({ home })).toThrow('ENOENT')
})
