import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { souk } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'

interface Shelf {
  templates: { name: string; [member: string]: unknown }[]
  categories: { name: string; count: number }[]
}

/** A registry that hands over its whole shelf whatever it is asked, and the requests it saw. */
async function careless(shelf: Shelf): Promise<{ home: string; asked: IncomingMessage[]; last(): string | undefined }> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    const { pathname } = new URL(request.url ?? '', 'http://localhost')
    const { templates, categories } = shelf
    const name = /\/templates\/([^/]+)$/.exec(pathname)?.[1]
    const one = templates.find((item) => item.name === decodeURIComponent(name ?? ''))
    const body = pathname.endsWith('/categories') ? categories : name === undefined ? page(templates) : one
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? {}))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const home = tempFolder()
  mkdirSync(join(home, 'config'))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  writeFileSync(
    join(home, 'config', 'registries.yaml'),
    `registries: [{ name: far, type: community, protocol: rest, url: "${url}" }]\n`,
  )
  return { home, asked, last: () => asked.at(-1)?.url }
}

const page = (templates: Shelf['templates']): object => ({
  templates,
  total_count: templates.length,
  filtered_count: templates.length,
})
const item = (name: string, more: object = {}): Shelf['templates'][number] => ({
  name,
  version: '1.0.0',
  description: `What ${name} does`,
  ...more,
})
const shelf = (templates: Shelf['templates']): Shelf => ({ templates, categories: [] })

describe('what a registry is asked over the wire', () => {
  it('text and filters as parameters, a repeated one for several, and only what was asked for', async () => {
    const { home, last } = await careless(shelf([]))
    const sent = async (...args: string[]): Promise<[string, string][]> => {
      await souk(home, args)
      const { pathname, searchParams } = new URL(last() ?? '', 'http://localhost')
      expect(pathname).toBe('/api/v1/search')
      return [...searchParams].filter(([name]) => name !== 'limit' && name !== 'offset')
    }
    expect(await sent('search', 'query', '--category', 'ml', '--verified')).toEqual([
      ['q', 'query'],
      ['category', 'ml'],
      ['verified', 'true'],
    ])
    expect(await sent('search', 'query', '--category', 'ml', '--category', 'web')).toEqual([
      ['q', 'query'],
      ['category', 'ml'],
      ['category', 'web'],
    ])
    expect(await sent('search', 'zwei wörter & mehr')).toEqual([['q', 'zwei wörter & mehr']])
  })

  it('one item by its name and version, whatever the name holds', async () => {
    const { home, last } = await careless(shelf([item('odd näme/x')]))
    expect((await souk(home, ['show', 'far/odd näme/x', '--version', '1.0.0'])).code).toBe(0)
    expect(last()).toBe('/api/v1/templates/odd%20n%C3%A4me%2Fx?version=1.0.0')
    expect((await souk(home, ['show', 'far/odd näme/x'])).code).toBe(0)
    expect(last()).toBe('/api/v1/templates/odd%20n%C3%A4me%2Fx')
  })
})

describe('what a registry answers', () => {
  it('is filtered here too, where it passes over what was asked', async () => {
    const { home } = await careless(
      shelf([
        item('kit-sure', { marketplace: { verified: true } }),
        item('kit-claims', { marketplace: { verified: false } }),
        item('kit-silent'),
      ]),
    )
    const { results } = (await souk(home, ['search', 'kit', '--verified', '--json'])).json<{
      results: { id: string }[]
    }>()
    expect(results.map((one) => one.id)).toEqual(['far/kit-sure'])
  })

  it('about its categories counts for a day, and at once with --refresh', async () => {
    const goods = shelf([item('kit')])
    const { home, asked } = await careless(goods)
    const named = async (args: string[], afterHours = 0): Promise<string> => {
      const at = new Date(Date.now() + afterHours * 3_600_000).toISOString()
      return (await souk(home, ['browse', '--categories', ...args], { SOUK_NOW: at })).out
    }
    goods.categories.push({ name: 'rigging', count: 2 })
    expect(await named([])).toMatch(/rigging +2 +far/)
    goods.categories.push({ name: 'sails', count: 1 })
    const before = asked.length
    expect(await named([], 23)).not.toContain('sails')
    expect(asked.length).toBe(before)
    expect(await named([], 25)).toMatch(/sails +1 +far/)
    goods.categories.push({ name: 'anchors', count: 1 })
    expect(await named(['--refresh'], 25)).toContain('anchors')
  })
})
