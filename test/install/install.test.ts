import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { digestTree } from '../../src/bundle/digest.ts'
import { openLock } from '../../src/install/lock.ts'
import { registryAuthentication, registryConnection } from '../../src/model/errors.ts'
import { tempFolder } from '../support/temp.ts'
import { openMarket, rawZip, shelf, type Good } from './market.ts'

const goods: Good[] = [
  { name: 'app', version: '1.0.0', needs: { lib: '^1.0.0' } },
  { name: 'app', version: '2.0.0', needs: { lib: '^1.1.0' } },
  { name: 'lib', version: '1.0.0' },
  { name: 'lib', version: '1.2.0' },
  { name: 'lib', version: '2.0.0' },
]
const store = (): string => join(tempFolder(), 'store')
const entriesOf = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])
/** Nothing half-placed: no stage, no trash, one folder of goods for every installed item. */
async function expectWhole(root: string, ids: string[]): Promise<void> {
  const installed = await openMarket(root, []).install.installed()
  expect(installed.map((one) => one.id)).toEqual(ids)
  for (const one of installed) expect((await digestTree(one.path)).files).toEqual(one.files)
  expect(entriesOf(join(root, 'staging'))).toEqual([])
  expect(entriesOf(join(root, 'trash'))).toEqual([])
  const folders = entriesOf(join(root, 'goods')).flatMap((item) => entriesOf(join(root, 'goods', item)))
  expect(folders).toHaveLength(ids.length)
}

describe('installing', () => {
  it('brings an item and what it needs, with receipts, and says what is left to do: nothing', async () => {
    const market = openMarket(store(), [shelf('main', goods)])
    const plan = await market.install.plan({ action: 'install', ids: ['app'] })
    expect(plan.changes.map((one) => [one.action, one.id, one.version])).toEqual([
      ['add', 'main/lib', '1.2.0'],
      ['add', 'main/app', '2.0.0'],
    ])
    expect(plan.bytes).toBeGreaterThan(100)
    const result = await market.run('install', ['app'])
    expect(result).toMatchObject({ changes: [{ id: 'main/lib' }, { id: 'main/app', version: '2.0.0' }], failed: [] })
    await expectWhole(market.store, ['main/app', 'main/lib'])
    const [app, lib] = await market.install.installed()
    expect(app).toMatchObject({ isRoot: true, version: '2.0.0', dependencies: [{ id: 'main/lib', range: '^1.1.0' }] })
    expect(lib?.isRoot).toBe(false)
    expect(readFileSync(join(app?.path ?? '', 'README.md'), 'utf8')).toBe('app 2.0.0\n')
    expect(statSync(join(app?.path ?? '', 'README.md')).mode & 0o777).toBe(0o644)
    expect(market.changed).toEqual(['main/lib', 'main/app'])
    const bytes = market.progress.findLast((one) => one.step === 'download')
    expect(bytes).toMatchObject({ done: plan.bytes, total: plan.bytes, unit: 'bytes' })
    expect((await market.run('install', ['app']))['changes']).toEqual([])
  })

  it('stops unconfirmed, unknown and conflicting wishes with a reason', async () => {
    const market = openMarket(store(), [shelf('main', goods)])
    await expect(market.run('install', ['app'], { yes: false })).rejects.toMatchObject({ code: 'usage.wrong' })
    await expect(market.run('install', ['nothing'])).rejects.toMatchObject({ code: 'item.notFound' })
    await expect(market.run('install', ['app@^9'])).rejects.toMatchObject({ code: 'item.version' })
    await expect(market.run('install', ['app', 'lib@2.0.0'])).rejects.toMatchObject({ code: 'item.dependency' })
    await expectWhole(market.store, [])
  })

  it('refuses a wrong digest, a wrong size and any of several digests that differ; then takes a right one', async () => {
    const wrong = { digests: [{ algorithm: 'sha256' as const, value: '0'.repeat(64) }] }
    const both: Good = { name: 'b', version: '1.0.0' }
    const registry = shelf('main', [
      { name: 'a', version: '1.0.0', artifact: wrong },
      { ...both, artifact: { size: 3 } },
      { name: 'c', version: '1.0.0', artifact: { digests: [] } },
    ])
    const market = openMarket(store(), [registry])
    await expect(market.run('install', ['a'])).rejects.toMatchObject({ code: 'item.digest' })
    await expect(market.run('install', ['b'])).rejects.toMatchObject({ code: 'item.digest' })
    expect(entriesOf(join(market.store, 'downloads'))).toEqual([])
    await expectWhole(market.store, [])
    await market.run('install', ['c'])
    expect(market.logs.join('\n')).toContain('gives no digest')
  })

  it('refuses hostile archives and secrets before anything is placed; names the chain that brings them', async () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n`
    const registry = shelf('main', [
      { name: 'up', version: '1.0.0', bytes: rawZip([{ name: '../evil', data: 'x' }]) },
      { name: 'needs-up', version: '1.0.0', needs: { up: '*' } },
      { name: 'key', version: '1.0.0', bytes: rawZip([{ name: 'config.txt', data: key }]) },
    ])
    const market = openMarket(store(), [registry])
    await expect(market.run('install', ['up'])).rejects.toMatchObject({ code: 'item.unsafe' })
    await expect(market.run('install', ['needs-up'])).rejects.toThrow(/main\/up.*needed by main\/needs-up/s)
    await expect(market.run('install', ['key'])).rejects.toThrow(/private key/)
    expect(existsSync(join(market.store, '..', 'evil'))).toBe(false)
    await expectWhole(market.store, [])
  })

  it('leaves out one of several that fails and installs the rest', async () => {
    const registry = shelf('main', [...goods, { name: 'bad', version: '1.0.0', bytes: rawZip([{ name: '/abs' }]) }])
    const market = openMarket(store(), [registry])
    const result = await market.run('install', ['bad', 'app', 'nowhere'])
    expect(result['failed']).toMatchObject([
      { id: 'nowhere', code: 'item.notFound' },
      { id: 'main/bad', code: 'item.unsafe' },
    ])
    await expectWhole(market.store, ['main/app', 'main/lib'])
  })

  it('ends at the authenticate step when credentials are refused, exit 4', async () => {
    const registry = shelf('main', goods)
    registry.down = registryAuthentication('main', 401)
    const market = openMarket(store(), [registry])
    let last = ''
    const running = market.run('install', ['app'], { before: (step) => (last = step) })
    await expect(running).rejects.toMatchObject({ code: 'registry.authentication', exit: 4 })
    expect(last).toBe('authenticate')
  })

  it('takes a folder of this machine as it is, and refuses one with a link in it', async () => {
    const root = tempFolder()
    mkdirSync(join(root, 'bin'))
    writeFileSync(join(root, 'bin/tool.sh'), '#!/bin/sh\n', { mode: 0o755 })
    writeFileSync(join(root, 'azuredeploy.json'), '{}', { mode: 0o600 })
    const artifacts: NonNullable<Good['artifacts']> = [
      { form: 'files', root, files: ['bin/tool.sh', 'azuredeploy.json'] },
    ]
    const market = openMarket(store(), [shelf('main', [{ name: 'quickstart', version: '', artifacts }])])
    await market.run('install', ['quickstart'])
    const [one] = await market.install.installed()
    expect(one?.version).toBeUndefined()
    expect(one?.source).toBe(root)
    expect(one?.files.map((file) => [file.path, file.mode])).toEqual([
      ['azuredeploy.json', 0o644],
      ['bin/tool.sh', 0o755],
    ])
    expect(market.logs.join('\n')).toContain('bin/tool.sh can be run as a program; it was not run')
    await expectWhole(market.store, ['main/quickstart'])
    symlinkSync('/etc/passwd', join(root, 'link'))
    await expect(market.run('update', ['quickstart'])).rejects.toThrow(/is a link/)
    await expectWhole(market.store, ['main/quickstart'])
  })

  it('chooses the build of this machine and says which there are when none fits', async () => {
    const { platformOf } = await import('../../src/install/plan.ts')
    expect(platformOf({ platform: 'win32', arch: 'x64' })).toBe('windows/amd64')
    const build = (platform: string): NonNullable<Good['artifacts']> => [
      { form: 'archive', url: 'memory:/x', digests: [], platform },
    ]
    const market = openMarket(store(), [
      shelf('main', [{ name: 'x', version: '1.0.0', artifacts: build('plan9/mips') }]),
    ])
    const plan = await market.install.plan({ action: 'install', ids: ['x'] })
    expect(plan.conflicts).toMatchObject([{ name: 'main/x', known: ['plan9/mips'] }])
  })
})

describe('updating and removing', () => {
  it('updates, and a failure restores the old bytes exactly', async () => {
    const registry = shelf(
      'main',
      goods.filter((one) => one.version === '1.0.0'),
    )
    const market = openMarket(store(), [registry])
    await market.run('install', ['app'])
    const before = await market.install.installed()
    const newer = openMarket(market.store, [shelf('main', goods)])
    const breaking = newer.run('update', [], {
      before: (step) => {
        if (step === 'cache') throw new Error('power of the test')
      },
    })
    await expect(breaking).rejects.toThrow('power of the test')
    expect(await newer.install.installed()).toEqual(before)
    await expectWhole(market.store, ['main/app', 'main/lib'])
    expect(await newer.install.outdated()).toEqual([
      { id: 'main/app', installed: '1.0.0', wanted: '2.0.0', newest: '2.0.0' },
      { id: 'main/lib', installed: '1.0.0', wanted: '1.2.0', newest: '2.0.0' },
    ])
    await newer.run('update', [])
    expect((await newer.install.installed()).map((one) => one.version)).toEqual(['2.0.0', '1.2.0'])
    await expectWhole(market.store, ['main/app', 'main/lib'])
  })

  it('tells an unreachable registry from a withdrawn item', async () => {
    const registry = shelf('main', goods)
    const market = openMarket(store(), [registry])
    await market.run('install', ['lib'])
    registry.down = registryConnection('main', 'refused')
    expect((await market.install.outdated())[0]?.note).toContain('unreachable')
    await expect(market.run('install', ['app'])).rejects.toThrow(/Not reachable just now: main/)
    expect((await market.run('update', []))['changes']).toEqual([])
    await expectWhole(market.store, ['main/lib'])
  })

  it('refuses to remove what others need, cascades when told, and keeps files the user changed', async () => {
    const market = openMarket(store(), [shelf('main', goods)])
    await market.run('install', ['app'])
    await expect(market.run('uninstall', ['lib'])).rejects.toMatchObject({ code: 'item.needed' })
    const lib = (await market.install.installed())[1]
    writeFileSync(join(lib?.path ?? '', 'README.md'), 'mine')
    expect(await market.install.verify('lib')).toMatchObject({ changed: ['README.md'], missing: [], added: [] })
    await market.run('uninstall', ['lib'], { cascade: true })
    await expectWhole(market.store, [])
    const [kept] = entriesOf(join(market.store, 'kept'))
    expect(readFileSync(join(market.store, 'kept', kept ?? '', 'README.md'), 'utf8')).toBe('mine')
    expect(market.logs.join('\n')).toContain('kept your changed file')
    await expect(market.run('uninstall', ['lib'])).rejects.toMatchObject({ code: 'item.notInstalled' })
  })
})

describe('breaking off', () => {
  const big: Good = {
    name: 'big',
    version: '1.0.0',
    bytes: rawZip([
      { name: 'big.bin', data: Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * 7919) % 251)) },
    ]),
  }

  it('cancels in mid-download and goes on from there the next time', async () => {
    const registry = shelf('main', [big])
    registry.chunkBytes = 500
    const control = new AbortController()
    let chunks = 0
    registry.onChunk = async () => {
      chunks += 1
      if (chunks === 2) control.abort(new DOMException('enough', 'AbortError'))
    }
    const market = openMarket(store(), [registry])
    await expect(market.run('install', ['big'], { signal: control.signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
    await expectWhole(market.store, [])
    await market.run('install', ['big'])
    expect(registry.asked.filter((one) => one.startsWith('bytes'))).toEqual(['bytes from 0', 'bytes from 1000'])
    await expectWhole(market.store, ['main/big'])
    expect(entriesOf(join(market.store, 'downloads'))).toEqual([])
  })

  it('lets one install in at a time and names the owner; a dead owner is followed at once', async () => {
    const registry = shelf('main', goods)
    const market = openMarket(store(), [registry])
    let second: Promise<unknown> | undefined
    const first = market.run('install', ['app'], {
      before(step) {
        if (step === 'verify') second = market.run('install', ['lib']).catch((error: unknown) => error)
      },
    })
    await first
    expect(await second).toMatchObject({
      code: 'job.storeBusy',
      message: expect.stringContaining('install app') as string,
    })
    const lockFolder = join(market.store, 'lock')
    const top = Math.max(...readdirSync(lockFolder).map(Number))
    const dead = { pid: 999_999_99, mark: '1', nonce: 'x', what: 'install y', since: '' }
    writeFileSync(join(lockFolder, String(top + 1)), JSON.stringify(dead))
    const lock = await openLock(market.system, market.store, 'test')
    expect(lock.fence).toBe(top + 2)
    await expect(openLock(market.system, market.store, 'other')).rejects.toMatchObject({ code: 'job.storeBusy' })
    await lock.release()
    expect(readdirSync(lockFolder)).toEqual([String(top + 2)])
  })

  it('with patience, an install waits for the one under way, says so, and then does its own', async () => {
    const market = openMarket(store(), [shelf('main', [...goods, { name: 'alone', version: '1.0.0' }])], {
      patienceMs: 10_000,
    })
    let second: Promise<unknown> | undefined
    await market.run('install', ['app'], {
      before(step) {
        if (step === 'verify') second = market.run('install', ['alone'])
      },
    })
    await second
    expect(market.logs.filter((text) => text.includes('Waiting for it to end'))).toHaveLength(1)
    expect((await market.install.installed()).map((one) => one.name)).toContain('alone')
  })

  it('has one winner when many ask for the store at the same moment, again and again', async () => {
    const { system, store: root } = openMarket(store(), [])
    for (let round = 0; round < 5; round++) {
      const asked = Array.from({ length: 12 }, (_, i) => openLock(system, root, `asker ${i}`))
      const outcomes = await Promise.allSettled(asked)
      const winners = outcomes.filter((one) => one.status === 'fulfilled')
      expect(winners).toHaveLength(1)
      await winners[0]?.value.release()
    }
    expect(readdirSync(join(root, 'lock'))).toHaveLength(1)
  })

  it('answers a store that cannot be written with a sentence that names the path', async () => {
    const root = store()
    mkdirSync(root)
    writeFileSync(join(root, 'goods'), 'a file where a folder has to be')
    const market = openMarket(root, [shelf('main', goods)])
    await expect(market.run('install', ['lib'])).rejects.toMatchObject({ code: 'item.installation' })
    await expect(market.run('install', ['lib'])).rejects.toThrow(join(root, 'goods'))
  })

  it('never takes a damaged list of installed items for an empty one', async () => {
    const market = openMarket(store(), [shelf('main', goods)])
    await market.run('install', ['lib'])
    writeFileSync(join(market.store, 'installed.json'), '{')
    await expect(market.run('install', ['app'])).rejects.toMatchObject({ code: 'file.problem' })
    expect(entriesOf(join(market.store, 'goods'))).toHaveLength(1)
  })
})
