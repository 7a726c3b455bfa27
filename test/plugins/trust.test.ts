import { appendFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { Events } from '../../src/model/events.ts'
import { makeQuery } from '../../src/model/query.ts'
import { openAt } from '../registries/open.ts'
import { testSystem } from '../support/test-system.ts'
import { pluginRoom } from './plugins.ts'
import { codeOf, writePlugin, type Written } from './written-plugin.ts'

// Each starts processes, and a busy machine takes its time over them.
vi.setConfig({ testTimeout: 180_000 })

const FINE: Written = {
  code: codeOf('acme', `{ search: () => [{ name: 'lamp', description: 'x' }], getTemplate: () => null }`),
}

describe('a plugin', () => {
  it('is used once it is trusted, no more when a file of it changes, and again when it is trusted anew', async () => {
    const told: Events['plugin.changed'][] = []
    const { room, folder } = pluginRoom(testSystem(), (name, payload) => {
      if (name === 'plugin.changed') told.push(payload as Events['plugin.changed'])
    })
    const path = writePlugin(folder, 'acme', FINE)
    const state = async (): Promise<unknown> => (await room.list()).map((one) => one.state)
    const asked = async (): Promise<unknown> => {
      const registry = await openAt('http://127.0.0.1:1', { protocol: 'acme' }, { protocols: [room.protocol('acme')] })
      const names = await registry.search(makeQuery(), {}).then(
        ({ value }) => value.listings.map((one) => one.name).join(),
        (error: unknown) => (error as { code: string }).code,
      )
      await registry.close()
      return names
    }
    expect([await state(), await asked()]).toEqual([['untrusted'], 'plugin.untrusted'])
    await expect(room.trust('acme', 'ab'.repeat(32))).rejects.toMatchObject({ code: 'plugin.invalid' })
    const [seen] = await room.list()
    const status = await room.trust('acme', seen?.digest)
    expect(status).toMatchObject({ state: 'trusted', files: 2, hosts: [], protocols: [{ id: 'acme' }] })
    expect([await state(), await asked()]).toEqual([['trusted'], 'lamp'])
    appendFileSync(join(path, 'plugin.js'), '\n// one more line')
    expect([await state(), await asked()]).toEqual([['changed'], 'plugin.untrusted'])
    const again = await room.trust('acme')
    expect(again.digest).not.toBe(status.digest)
    expect(await asked()).toBe('lamp')
    writeFileSync(join(path, 'more.txt'), 'x')
    expect(await state()).toEqual(['changed'])
    await room.trust('acme')
    await room.untrust('acme')
    expect([await state(), await asked()]).toEqual([['untrusted'], 'plugin.untrusted'])
    await expect(room.trust('acmee')).rejects.toMatchObject({ code: 'plugin.unknown' })
    expect(told.map((one) => [one.change, one.name, one.problem?.code])).toEqual([
      ['trust', 'acme', 'plugin.invalid'],
      ['trust', 'acme', undefined],
      ['trust', 'acme', undefined],
      ['trust', 'acme', undefined],
      ['untrust', 'acme', undefined],
      ['trust', 'acmee', 'plugin.unknown'],
    ])
  })

  it('is trusted in a file of its user alone, and by nobody when that file is broken', async () => {
    const { room, folder } = pluginRoom()
    writePlugin(folder, 'acme', FINE)
    await room.trust('acme')
    const book = join(folder, '../state/plugins.json')
    expect(statSync(book).mode & 0o777).toBe(0o600)
    for (const text of ['{', '[]', 'null', '{"acme": {"digest": 7}}', '{"acme": null}']) {
      writeFileSync(book, text)
      expect((await room.list()).map((one) => one.state)).toEqual(['untrusted'])
    }
  })

  it('that is unfit is told with all that is wrong with it, and never loaded', async () => {
    const { room, folder } = pluginRoom()
    writePlugin(folder, 'acme', FINE)
    writePlugin(folder, 'many', {
      code: FINE.code,
      manifest: {
        version: 'soon',
        needs: '^9',
        entry: '../outside.js',
        protocols: [{ id: 'Not An Id', title: 'x' }],
        permissions: { net: ['http://evil.example'], fs: ['/'] },
      },
    })
    writePlugin(folder, 'gone', { code: '', manifest: { entry: 'absent.js' } })
    writePlugin(folder, 'greedy', {
      code: '',
      manifest: {
        protocols: [
          { id: 'git', title: 'x' },
          { id: 'acme', title: 'x' },
        ],
      },
    })
    writePlugin(folder, 'large', { code: '', files: { 'x.json': 'x'.repeat(5_000_000) } })
    symlinkSync('/etc/hosts', join(writePlugin(folder, 'linked', FINE), 'hosts.js'))
    mkdirSync(join(folder, 'empty'))
    const all = new Map((await room.list()).map((one) => [one.name, one]))
    expect(all.get('acme')?.state).toBe('untrusted')
    const problems = (name: string): string => {
      expect(all.get(name)?.state).toBe('unfit')
      return all.get(name)?.problems.join('\n') ?? ''
    }
    expect(problems('many')).toBe(
      [
        'souk.yaml version: must be a semantic version such as 1.2.0',
        'souk.yaml entry: must be a .js or .mjs file of the plugin',
        'souk.yaml needs: asks for another version of the plugin contract; this program has 1.0.0',
        'souk.yaml permissions.net.0: must be a host such as cdn.example.com',
        'souk.yaml permissions: Unrecognized key: "fs"',
        'souk.yaml protocols.0.id: must be lower-case letters, digits and dashes',
      ].join('\n'),
    )
    expect(problems('gone')).toContain('there is no file absent.js')
    expect(problems('greedy')).toBe('its protocol git belongs to the program itself\nits protocol acme belongs to acme')
    expect(problems('large')).toContain('larger than 4194304 bytes')
    expect(problems('linked')).toContain('hosts.js is a link')
    expect(problems('empty')).toContain('it has no souk.yaml')
    await expect(room.trust('many')).rejects.toMatchObject({ code: 'plugin.invalid', exit: 2 })
  })

  it.each([
    ['throws while it loads', `throw new Error('no \\u001b[2J luck')`, /its code cannot be loaded: no ␛\[2J luck/],
    ['is no JavaScript', `const = 3`, /its code cannot be loaded/],
    ['exports nothing', `export const a = 1`, /its code: Invalid input/],
    [
      'says otherwise than its manifest',
      codeOf('other', '{}'),
      /its name is other in its code and acme in its manifest; the list of its protocols is other in its code and acme/,
    ],
    [
      'cannot connect',
      `export default { name: 'acme', version: '1.0.0', needs: '^1', protocols: [{ id: 'acme', title: 'x' }] }`,
      /connect: must be a function/,
    ],
    ['imports a package', `import 'left-pad'; export default 3`, /"left-pad" cannot be imported/],
    ['leaves its folder', `import '../../x.js'; export default 3`, /cannot be imported/],
  ])('whose code %s is not trusted', async (_what, code, said) => {
    const { room, folder } = pluginRoom()
    writePlugin(folder, 'acme', { code })
    await expect(room.trust('acme')).rejects.toMatchObject({
      code: 'plugin.invalid',
      message: expect.stringMatching(said),
    })
    expect((await room.list())[0]?.state).toBe('untrusted')
  })

  it('may give a function that makes its lists', async () => {
    const { room, folder } = pluginRoom()
    writePlugin(folder, 'acme', {
      code: FINE.code.replace('definePlugin(', 'definePlugin(async () => (').replace(/\)$/, '))'),
    })
    expect((await room.trust('acme')).state).toBe('trusted')
  })

  it('never runs where the runtime cannot shut it in', async () => {
    const system = testSystem()
    const open = { ...system, run: { ...system.run, shutsIn: () => false } }
    const { room, folder } = pluginRoom(open)
    writePlugin(folder, 'acme', FINE)
    await expect(room.trust('acme')).rejects.toMatchObject({ code: 'plugin.runtime' })
  })

  it('is not the owner of a protocol that nobody has', async () => {
    const { room, folder } = pluginRoom()
    writePlugin(folder, 'acme', FINE)
    const registry = await openAt('http://127.0.0.1:1', { protocol: 'akme' }, { protocols: [room.protocol('akme')] })
    await expect(registry.search(makeQuery(), {})).rejects.toMatchObject({
      code: 'config.invalid',
      hint: 'Known protocols: git, index, folder, rest, acme.',
    })
  })

  it('shows nothing of its texts as a terminal would obey it', async () => {
    const { room, folder } = pluginRoom()
    const text = 'red \u001b[31m \u202e'
    writePlugin(folder, 'acme', {
      ...FINE,
      manifest: { description: text, author: text, protocols: [{ id: 'acme', title: text }] },
    })
    writePlugin(folder, 'sly', { code: '', manifest: { needs: text, entry: text } })
    const shown = JSON.stringify(await room.list())
    expect(shown).not.toMatch(/\\u001b|\u202e/)
    expect(shown).toContain('red ␛[31m')
    expect(readFileSync(join(folder, 'acme/souk.yaml'), 'utf8')).toContain('\u202e')
  })
})
