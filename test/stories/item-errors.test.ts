import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { serve } from '../http/loopback.ts'
import { rawZip } from '../install/market.ts'
import { souk } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'

const ZIP = rawZip([
  { name: 'souk.yaml', data: 'id: fit\nname: fit\nversion: 1.0.0\nkind: plugin\ndescription: Fits.\n' },
])
const SHA = createHash('sha256').update(ZIP).digest('hex')
const GOODS = [
  { name: 'fit' },
  { name: 'forged', sha256: '0'.repeat(64) },
  { name: 'needy', dependencies: [{ name: 'nowhere', version: '^2.0.0' }] },
].map((one) => ({
  version: '1.0.0',
  kind: 'plugin',
  description: 'One.',
  download_url: '/goods.zip',
  sha256: SHA,
  ...one,
}))

/** A home whose one registry knows nothing of versions: it answers with the one it has. */
async function shop(): Promise<string> {
  const { url } = await serve((request, response) => {
    const path = new URL(request.url ?? '', 'http://x').pathname
    if (path === '/goods.zip') return void response.end(ZIP)
    const one = GOODS.find(({ name }) => path === `/api/v1/templates/${name}`)
    const page = { templates: GOODS, total_count: GOODS.length, filtered_count: GOODS.length }
    const body = path === '/api/v1/search' ? page : one
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}))
  })
  const home = tempFolder()
  mkdirSync(join(home, 'config'))
  const entry = { name: 'shop', type: 'community', protocol: 'rest', url }
  writeFileSync(join(home, 'config', 'registries.yaml'), stringify({ registries: [entry] }))
  return home
}

interface Failed {
  error: { code: string; type: string; template: string; severity: string; details: object; exit: number }
}

/** The goods cannot be put in place: a file lies where their folder goes. */
function blockPlace(home: string): void {
  mkdirSync(join(home, 'data', 'store'), { recursive: true })
  rmSync(join(home, 'data', 'store', 'goods'), { recursive: true, force: true })
  writeFileSync(join(home, 'data', 'store', 'goods'), 'no folder')
}

describe('what goes wrong with an item', () => {
  const WRONG = [
    {
      kind: ['validation', 'critical'],
      words: ['install', 'shop/forged', '--yes'],
      code: 1,
      facts: { expected: /^sha256:0/, actual: /^sha256:/ },
    },
    { kind: ['dependency', 'high'], words: ['install', 'shop/needy', '--yes'], code: 2, facts: { plan: /nowhere/ } },
    {
      kind: ['version', 'high'],
      words: ['install', 'shop/fit@9.9.9', '--yes'],
      code: 2,
      facts: { wanted: /9\.9\.9/, known: /1\.0\.0/ },
    },
    {
      kind: ['version', 'high'],
      words: ['show', 'shop/fit', '--version', '9.9.9'],
      code: 2,
      facts: { wanted: /9\.9\.9/ },
    },
    { kind: ['installation', 'high'], words: ['install', 'shop/fit', '--yes'], code: 6, facts: {} },
  ] as const

  it('is told by its kind, how bad it is, and what it is about, and is counted', async () => {
    const home = await shop()
    for (const { kind, words, code, facts } of WRONG) {
      const [type, severity] = kind
      const about = words.join(' ')
      if (type === 'installation') blockPlace(home)
      const ran = await souk(home, [...words, '--json'])
      expect(ran.code, about).toBe(code)
      const { error } = ran.json<Failed>()
      const template = words[1].replace('@9.9.9', '')
      expect(error, about).toMatchObject({ type, severity, template, exit: code })
      for (const [name, says] of Object.entries(facts))
        expect(JSON.stringify(error.details[name as never]).replace(/^"/, ''), about).toMatch(says)
      const told = await souk(home, words)
      expect(told.code, about).toBe(code)
      expect(told.err, about).toMatch(new RegExp(`^  ${type}, severity ${severity}$`, 'm'))
      expect(told.err, about).toMatch(new RegExp(`^souk: [^\\n]*${words[1].slice(5, 8)}`, 'm'))
    }
    const figures = await souk(home, ['metrics', 'errors', '--json'])
    const times = { validation: 2, dependency: 2, version: 4, installation: 2 }
    expect(figures.json<{ byType: Record<string, number> }>().byType).toMatchObject(times)
  })
})
