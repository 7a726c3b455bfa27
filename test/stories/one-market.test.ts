import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { souk } from '../support/program.ts'
import { hasPty, openPty } from '../support/pty.ts'
import { serveFolder } from '../support/serve.ts'
import { tempFolder } from '../support/temp.ts'

/** Goods that hold a word in each place in which a search looks for it. */
const GOODS = [
  { id: 'zeta', description: 'All about boats' },
  { id: 'boat' },
  { id: 'alpha', tags: ['boat'] },
  { id: 'boat-house' },
  { id: 'motorboat' },
  { id: 'old', name: 'Boat of old' },
  { id: 'cart' },
]

function folderOfGoods(): string {
  const root = tempFolder()
  for (const one of GOODS) {
    mkdirSync(join(root, one.id))
    const manifest = { version: '1.0.0', kind: 'plugin', name: one.id, description: 'A thing', ...one }
    writeFileSync(join(root, one.id, 'souk.json'), JSON.stringify(manifest))
  }
  return root
}

function homeWith(entries: object[]): string {
  const home = tempFolder()
  mkdirSync(join(home, 'config'))
  writeFileSync(join(home, 'config', 'registries.yaml'), `registries: ${JSON.stringify(entries)}\n`)
  return home
}

/** A registry that keeps the addresses it was asked for. */
async function listening(names: readonly string[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const entry = (name: string): object => ({ name, version: '1.0.0', description: `What ${name} does` })
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost')
    asked.push(pathname)
    const one = /\/templates\/([^/]+)$/.exec(pathname)?.[1]
    response.setHeader('content-type', 'application/json')
    if (one !== undefined)
      return void response.writeHead(names.includes(one) ? 200 : 404).end(JSON.stringify(entry(one)))
    const templates = names.map(entry)
    response.end(JSON.stringify({ templates, total_count: templates.length, filtered_count: templates.length }))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

describe('one market behind every door', () => {
  it.runIf(hasPty)(
    'a question has the same answer in the same order on the command line, on screen and over HTTP',
    async () => {
      const folder = folderOfGoods()
      const { url } = await serveFolder(folder)
      const home = homeWith([{ name: 'quay', type: 'community', protocol: 'rest', url }])
      const own = (ids: string[]): string[] => ids.filter((id) => id.startsWith('quay/')).map((id) => id.slice(5))
      const user = openPty([], { columns: 120, rows: 40, env: { SOUK_HOME: home, HOME: home } })
      await user.waitFor('2/2 registries')
      for (const text of ['boat', 'boaat', 'boat house']) {
        const told = await souk(home, ['search', text, '--json'])
        const cli = own(told.json<{ results: { id: string }[] }>().results.map((one) => one.id))
        expect(cli.length, text).toBeGreaterThan(0)
        const answer = await fetch(`${url}/api/v1/search?q=${encodeURIComponent(text)}`)
        const { templates } = (await answer.json()) as { templates: { name: string }[] }
        expect(
          templates.map((one) => one.name),
          `over HTTP: ${text}`,
        ).toEqual(cli)
        user.press(`/{ctrl-u}${text}{enter}`)
        await user.waitFor(new RegExp(`"${text}" \\d+ items?`))
        const titles = cli.map((id) => GOODS.find((one) => one.id === id)?.name ?? id)
        const drawn = (): string[] =>
          user
            .screen()
            .split('\n')
            .slice(2)
            .map((line) => line.slice(2, 24).trim())
            .filter((line) => titles.includes(line))
        await expect.poll(drawn, { message: `on screen: ${text}` }).toEqual(titles)
      }
      user.press('{escape}q')
      expect(await user.ended()).toBe(0)
    },
  )

  it('shows private and public goods in one list, and tells no public registry what is asked of a private one', async () => {
    const open = await listening(['kit-open'])
    const own = await listening(['kit-own'])
    const home = homeWith([
      { name: 'open', type: 'community', protocol: 'rest', url: open.url },
      { name: 'own', type: 'private', protocol: 'rest', url: own.url, credentials: { type: 'none' } },
    ])
    const found = (await souk(home, ['search', 'kit', '--json'])).json<{
      results: { id: string; registryType: string }[]
    }>()
    expect(found.results.map((one) => `${one.id} ${one.registryType}`)).toEqual(
      expect.arrayContaining(['open/kit-open community', 'own/kit-own private']),
    )
    for (const args of [
      ['show', 'own/kit-own'],
      ['show', 'kit-own'],
      ['versions', 'own/kit-own'],
      ['install', 'own/kit-own', '--dry-run'],
      ['install', 'kit-own', '--dry-run'],
    ]) {
      const before = own.asked.length
      expect((await souk(home, [...args, '--refresh'])).code, args.join(' ')).toBe(0)
      expect(own.asked.length, args.join(' ')).toBeGreaterThan(before)
    }
    expect(open.asked.filter((path) => path.includes('kit-own'))).toEqual([])
    expect((await souk(home, ['show', 'kit-open', '--refresh'])).out).toContain('open/kit-open')
  })
})
