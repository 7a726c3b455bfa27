import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openMortalRegistry } from '../support/mortal-registry.ts'
import { souk } from '../support/program.ts'
import { hasPty, openPty, type Pty } from '../support/pty.ts'
import { tempFolder } from '../support/temp.ts'

/** A home with a folder of three goods and a registry at an address. */
function homeBeside(url: string, settings = ''): string {
  const home = tempFolder()
  for (const id of ['kit-of-quay', 'mast-kit', 'oar-kit']) {
    const folder = join(home, 'goods', id)
    mkdirSync(folder, { recursive: true })
    writeFileSync(
      join(folder, 'souk.yaml'),
      `id: ${id}\nversion: 1.2.0\nkind: plugin\nname: ${id}\ndescription: A ${id}.\ntags: [boat]\n`,
    )
  }
  mkdirSync(join(home, 'config'), { recursive: true })
  const quay = `  - { name: quay, type: community, protocol: folder, url: ${join(home, 'goods')} }\n`
  const team = `  - { name: team, type: community, protocol: rest, url: "${url}" }\n`
  writeFileSync(join(home, 'config', 'registries.yaml'), `${settings}registries:\n${quay}${team}`)
  return home
}

const openAt = (home: string): Pty => openPty([], { columns: 80, rows: 24, env: { SOUK_HOME: home, HOME: home } })

/** The line under the cursor: where it is on the screen, and what it says. */
function chosen(user: Pty): { row: number; text: string } {
  const lines = user.screen().split('\n')
  const row = lines.findIndex((line) => line.startsWith('> '))
  return { row, text: (lines[row] ?? '').trimEnd() }
}

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `kit-${String(at + 1).padStart(3, '0')}`)
const GONE = /not answering/

describe.skipIf(!hasPty)('a registry that dies while one looks at its goods', () => {
  it('leaves query, filter, page, row and scroll as they were, then and when it is back', async () => {
    const team = await openMortalRegistry(numbered(150))
    const user = openAt(homeBeside(team.url))
    await user.waitFor('3/3 registries')
    user.press('/kit tag:boat{enter}')
    await user.waitFor(/"kit tag:boat" 153 items/)
    user.press(']')
    await user.waitFor(/101-\d+ of 153/)
    const first = chosen(user).row
    user.press('jjj')
    await expect.poll(() => chosen(user).row).toBe(first + 3)
    const before = chosen(user)
    const status = user.screen().split('\n')[2]

    await team.die()
    user.press('r')
    await user.waitFor('1 of 3 not answering: team stale', 20_000)
    await expect.poll(() => user.screen().includes('waiting for'), { timeout: 15_000 }).toBe(false)
    expect(user.screen()).toContain('Search: kit tag:boat')
    expect(user.screen()).toContain('cannot be reac')
    expect(chosen(user).row).toBe(before.row)
    // The row itself says now that its word is old.
    expect(chosen(user).text.slice(0, 24)).toBe(before.text.slice(0, 24))
    expect(user.screen().split('\n')[2]).toBe(status)

    await team.comeBack()
    user.press('r')
    await expect.poll(() => GONE.test(user.screen()), { timeout: 15_000 }).toBe(false)
    await expect.poll(() => user.screen().includes('waiting for'), { timeout: 15_000 }).toBe(false)
    await user.waitFor('3/3 registries')
    expect(chosen(user)).toEqual(before)
    expect(user.screen().split('\n')[2]).toBe(status)
    user.press('q')
    expect(await user.ended()).toBe(0)
  })

  it('leaves the reader of an item where they read', async () => {
    const team = await openMortalRegistry(['kit-001'])
    const user = openAt(homeBeside(team.url))
    await user.waitFor('3/3 registries')
    user.press('/kit-001{enter}')
    await user.waitFor(/> +kit-001/)
    user.press('{enter}')
    await user.waitFor('[Overview]')
    await user.waitFor('Line 1 about kit-001')
    user.press('{pagedown}jj')
    await user.waitFor(/20-\d+ of/)
    const body = (): string => user.screen().split('\n').slice(3, -2).join('\n')
    const before = body()
    await team.die()
    user.press('r')
    await user.waitFor('stale', 20_000)
    expect(body()).toBe(before)
    await team.comeBack()
    user.press('r')
    await expect.poll(() => user.screen().includes('stale'), { timeout: 15_000 }).toBe(false)
    expect(body()).toBe(before)
    user.press('Q')
    expect(await user.ended()).toBe(0)
  })
})

describe.skipIf(!hasPty)('a registry that is late', () => {
  it.each([
    [200, 'its rows come in', /153 items/],
    [500, 'it fails after all', /not answering: team/],
  ])('%i: %s, and the row under the cursor stays where it is', async (status, _what, until) => {
    const team = await openMortalRegistry(numbered(150), true)
    const user = openAt(homeBeside(team.url))
    await user.waitFor('waiting for: team')
    user.press('/kit{enter}')
    await user.waitFor(/"kit" 3 items.*waiting for: team/)
    user.press('jj')
    await user.waitFor(/> +mast-kit/)
    const before = chosen(user)
    team.release(status)
    await user.waitFor(until)
    await expect.poll(() => user.screen().includes('waiting for'), { timeout: 15_000 }).toBe(false)
    expect(chosen(user)).toEqual(before)
    user.press('q')
    expect(await user.ended()).toBe(0)
  })
})

describe('on the command line', () => {
  it('a withdrawn item names what is like it; one of a registry that is down is not called withdrawn', async () => {
    const team = await openMortalRegistry(['sail-kit', 'sail-bag'])
    const home = homeBeside(team.url)
    expect((await souk(home, ['search', 'kit'])).out).toContain('team/sail-kit')
    team.withdraw('sail-kit')
    const dry = await souk(home, ['install', 'team/sail-kit', '--dry-run', '--refresh', '--json'])
    const gone = await souk(home, ['install', 'team/sail-kit', '--yes', '--refresh'])
    expect([dry.code, gone.code]).toEqual([2, 2])
    expect(gone.err).toContain('"team/sail-kit" is no longer offered: team had it and has withdrawn it.')
    const [, list = ''] = /Similar and available: (.+)\./.exec(gone.err) ?? []
    expect(list.split(', ')).toHaveLength(3)
    expect(list.split(', ')).toContain('team/sail-bag')
    expect(dry.json()).toMatchObject({ problem: { code: 'item.withdrawn', details: { nearest: list.split(', ') } } })
    await team.die()
    const down = await souk(home, ['install', 'team/sail-cloth', '--yes', '--refresh'])
    expect(down.code).toBe(3)
    expect(down.err).toContain('cannot be reached')
    expect(down.err).not.toMatch(/withdrawn|no longer/)
  })

  it('with --strict any registry that faltered is exit 3; --offline asks nobody', async () => {
    const team = await openMortalRegistry(['sail-kit'])
    const home = homeBeside(team.url)
    expect((await souk(home, ['search', 'kit', '--strict'])).code).toBe(0)
    await team.die()
    const told = await souk(home, ['search', 'kit', '--refresh'])
    expect([told.code, told.err.trim().split('\n').length]).toEqual([0, 1])
    expect(told.err).toMatch(/^team: stale, answered from the cache \(.+ old\): Registry "team" cannot be reached/)
    expect((await souk(home, ['search', 'kit', '--refresh', '--strict'])).code).toBe(3)
    const offline = await souk(home, ['search', 'kit', '--offline', '--json'])
    expect(offline.code).toBe(0)
    expect(offline.out).toContain('team/sail-kit')
  })
})
