import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { souk } from '../support/program.ts'
import { hasPty, openPty } from '../support/pty.ts'
import { tempFolder } from '../support/temp.ts'

const SPY = fileURLToPath(new URL('../support/connect-spy.mjs', import.meta.url))

/** A home in which every connection, every lookup of a name and every start of git leaves a line. */
function watchedHome(): { home: string; env: Record<string, string>; seen(): string } {
  const home = tempFolder()
  const file = join(home, 'connects')
  const bin = join(home, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'git'), `#!/bin/sh\necho "git $*" >> '${file}'\nexit 1\n`)
  chmodSync(join(bin, 'git'), 0o755)
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    NODE_OPTIONS: `--import=${SPY}`,
    CONNECT_SPY: file,
    // As on a machine that is new to it, with nothing compiled yet.
    NODE_COMPILE_CACHE: '',
    SOUK_HOME: home,
    HOME: home,
  }
  return { home, env, seen: () => (existsSync(file) ? readFileSync(file, 'utf8') : '') }
}

describe('a first run', () => {
  it('asks nobody: not to start, not to list what is suggested, not to write it down', async () => {
    const { home, env, seen } = watchedHome()
    for (const line of [
      ['search', 'azure'],
      ['registries'],
      ['registries', 'suggested'],
      ['init', '--dry-run'],
      ['init'],
      ['registries', '--refresh'],
      ['search', 'azure', '--refresh'],
      ['list', '--refresh'],
    ])
      expect(await souk(home, line, env), line.join(' ')).toMatchObject({ code: 0 })
    expect(seen()).toBe('')
  })

  it('would be seen asking: one that is enabled is asked', async () => {
    const { home, env, seen } = watchedHome()
    await souk(home, ['init'], env)
    const url = 'http://127.0.0.1:9/list.json'
    await souk(home, ['registries', 'add', 'near', url, '--no-probe'], env)
    await souk(home, ['registries', 'add', 'far', 'file:///nowhere/goods.git', '--no-probe'], env)
    expect(seen()).toBe('')
    await souk(home, ['registries'], env)
    expect(seen()).toMatch(/connect .*"port":"?9\b/)
    expect(seen()).toMatch(/^git .*fetch|^git .*init/m)
  })

  it.skipIf(!hasPty)('shows built-in goods and how to go on; a suggestion is enabled by a key', async () => {
    const { home, env, seen } = watchedHome()
    const user = openPty([], { columns: 80, rows: 24, env })
    await user.waitFor('Press 5 to enable a public registry')
    await user.waitFor('[curated]')
    user.press('5')
    await user.waitFor('azd-gallery')
    user.press('1')
    await user.waitFor('Search: press /')
    expect(user.screen(), 'what is only offered is not asked').toContain('Press 5 to enable a public registry')
    user.press('5')
    await user.waitFor('azd-gallery')
    expect(user.screen()).toMatch(/azd-gallery +offered/)
    user.press('j')
    await user.waitFor('Nothing is asked of it until you enable it')
    expect(seen()).toBe('')
    user.press('e')
    await user.waitFor('Same as: souk registries enable azd-gallery')
    expect(user.screen(), 'the list fits and shows its first row').toMatch(/builtin +up/)
    const text = readFileSync(join(home, 'config', 'registries.yaml'), 'utf8')
    expect(text.match(/enabled: true/g)).toHaveLength(1)
    expect(text.match(/enabled: false/g)?.length).toBeGreaterThan(3)
    user.press('Q')
    expect(await user.ended()).toBe(0)
  })
})

describe('registries in the settings', () => {
  it('ten of them are asked, and every row says where it is from', async () => {
    const home = tempFolder()
    mkdirSync(join(home, 'config'), { recursive: true })
    const names = Array.from({ length: 10 }, (_, index) => `r${index}`)
    const types = ['official', 'community', 'institutional', 'private']
    const lines = names.slice(4).map((name, index) => {
      return `  - { name: ${name}, type: ${types[index % types.length]}, url: '${join(home, 'goods', name)}' }\n`
    })
    writeFileSync(join(home, 'config', 'registries.yaml'), `# mine\nregistries:\n${lines.join('')}`)
    for (const [index, name] of names.entries()) {
      const goods = join(home, 'goods', name, `item-${name}`)
      mkdirSync(goods, { recursive: true })
      const manifest = `id: item-${name}\nversion: 1.0.0\nkind: plugin\nname: Item\ndescription: One.\n`
      writeFileSync(join(goods, 'souk.yaml'), manifest)
      // One of each type by the command, the others as somebody wrote them.
      const type = types[index]
      if (type === undefined) continue
      const added = await souk(home, ['registries', 'add', name, join(home, 'goods', name), '--type', type])
      expect(added.out).toContain('protocol folder; 1 item (1 plugin)')
    }
    const { results } = (await souk(home, ['list', '--limit', '0', '--json'])).json<{
      results: { id: string; registry: string; registryType: string }[]
    }>()
    for (const [index, name] of names.entries())
      expect(results).toContainEqual(
        expect.objectContaining({ id: `${name}/item-${name}`, registry: name, registryType: types[index % 4] }),
      )
    const twice = await souk(home, ['registries', 'add', 'R1', join(home, 'goods', 'r1')])
    expect(twice).toMatchObject({ code: 2, err: expect.stringContaining('there is a registry "r1" already') as string })
    const unknown = await souk(home, ['registries', 'show', 'r11'])
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean') as string })
    expect(readFileSync(join(home, 'config', 'registries.yaml'), 'utf8')).toMatch(/^# mine\n/)
  })
})
