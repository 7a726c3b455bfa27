import { cpSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { corpus } from '../support/corpus.ts'
import { souk } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'

interface SourceJson {
  registry: string
  state: string
  items: number
  reason?: string
  ageMs?: number
}
interface SearchJson {
  results: { id: string; kind: string; name: string; registries: string[]; staleMs?: number }[]
  sources: SourceJson[]
}
interface RegistryJson {
  name: string
  state: string
  items?: number
  skipped: { item: string; reason: string }[]
}

const FOLDERS = ['avm', 'cloudworkstation', 'backstage', 'azd'] as const

/** A home whose settings name five registries over a copy of the corpus, and one dead address. */
function market(): { home: string; goods: string } {
  const home = tempFolder()
  const goods = join(home, 'goods')
  for (const part of FOLDERS) cpSync(corpus(part) ?? '', join(goods, part), { recursive: true })
  mkdirSync(join(home, 'config'), { recursive: true })
  writeFileSync(
    join(home, 'config', 'registries.yaml'),
    `registries:
  - { name: modules, type: official, protocol: folder, url: ${goods}/avm }
  - { name: research, type: institutional, protocol: folder, url: ${goods}/cloudworkstation }
  - { name: directory, type: community, protocol: folder, url: ${goods}/backstage }
  - { name: gallery, type: community, protocol: index, url: ${goods}/azd/templates.json }
  - { name: extensions, type: official, protocol: index, url: ${goods}/azd/extensions-registry.json }
  - { name: dead, type: community, protocol: rest, url: "http://127.0.0.1:9" }
`,
  )
  return { home, goods }
}

const source = (answer: SearchJson, name: string): SourceJson | undefined =>
  answer.sources.find((one) => one.registry === name)

describe.skipIf(corpus('azd') === undefined)('a market over real goods, one registry dead', () => {
  it('answers from those that are there and says which one is not', async () => {
    const { home } = market()
    const ran = await souk(home, ['search', 'kubernetes', '--json'])
    expect(ran.code).toBe(0)
    const answer = ran.json<SearchJson>()
    const from = new Set(answer.results.flatMap((row) => row.registries))
    expect(from.size).toBeGreaterThanOrEqual(3)
    expect(source(answer, 'dead')).toMatchObject({ state: 'failed' })
    expect(source(answer, 'dead')?.reason).toMatch(/\S/)
  })

  it('lists every item, and names what cannot be read', async () => {
    const { home } = market()
    const all = await souk(home, ['list', '--limit', '0', '--json'])
    const rows = all.json<SearchJson>().results
    const count = (registry: string): number => rows.filter((row) => row.registries.includes(registry)).length
    expect(count('gallery')).toBe(242)
    expect(count('extensions')).toBe(13)
    // 25 plugins of the directory and 44 entities of the hub, read as one registry.
    expect(count('directory')).toBe(69)
    expect(count('modules')).toBe(24)
    const list = (await souk(home, ['registries', '--json'])).json<RegistryJson[]>()
    const research = list.find((one) => one.name === 'research')
    // 40 files, two of which are no YAML.
    expect(research?.items).toBe(38)
    expect(research?.skipped.map((one) => one.item)).toEqual([
      'history/bioinformatics.yaml',
      'history/bioinformatics.yml',
    ])
  })

  it('still answers from the cache when every source is gone, each row with its age', async () => {
    const { home, goods } = market()
    const before = (await souk(home, ['search', 'kubernetes', '--json'])).json<SearchJson>()
    renameSync(goods, join(home, 'away'))
    const ran = await souk(home, ['search', 'kubernetes', '--json'], {
      SOUK_NOW: new Date(Date.now() + 7_200_000).toISOString(),
    })
    expect(ran.code).toBe(0)
    const after = ran.json<SearchJson>()
    const ids = (answer: SearchJson): string[] =>
      answer.results.filter((row) => !row.registries.includes('builtin')).map((row) => row.id)
    expect(ids(after)).toEqual(ids(before))
    for (const row of after.results.filter((one) => !one.registries.includes('builtin')))
      expect(row.staleMs).toBeGreaterThanOrEqual(7_000_000)
    expect(source(after, 'gallery')).toMatchObject({ state: 'stale' })
  })
})
