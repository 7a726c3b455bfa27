import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { shop } from '../plugins/plugins.ts'
import { codeOf, writePlugin } from '../plugins/written-plugin.ts'
import { cleanEnv, MAIN, souk, type Ran } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'

// Each runs the program a dozen times, and a busy machine takes its time over it.
vi.setConfig({ testTimeout: 180_000 })

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** A block of the chapter on plugins, as it stands there. */
function block(language: string): string {
  const chapter = README.split('\n## Plugins\n')[1]?.split('\n## ')[0] ?? ''
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(chapter)?.[1]
  if (found === undefined) throw new Error(`the README has no plugin in ${language}`)
  return found
}

/** The plugin of the README in the plugins folder of a fresh home. */
function homeWithAcme(): string {
  const home = tempFolder()
  const folder = join(home, 'data/plugins/acme')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'souk.yaml'), block('yaml'))
  writeFileSync(join(folder, 'plugin.js'), block('js'))
  return home
}

/** A busy machine is given time to load a plugin. */
const SLOW = { SOUK_PROCESS_PLUGIN_START: '60s', SOUK_HTTP_TIMEOUT_SEARCH: '60s', SOUK_HTTP_TIMEOUT_CATALOG: '60s' }
const run = (home: string, ...args: string[]): Promise<Ran> => souk(home, args, SLOW)

const BYTES = 'a lamp, by its bytes'
const sha256 = createHash('sha256').update(BYTES).digest('hex')
const RELEASES = ['1.0.0', '1.2.0'].map((version) => ({ version, download_url: `/lamp-${version}.txt`, sha256 }))
const SHOPS: Record<string, unknown> = {
  '/shops/main.json': [
    { sku: 'lamp', title: 'A lamp', about: 'Light \u001b[31m', releases: RELEASES.toReversed() },
    { sku: 'fake', title: 'A fake', about: 'x', releases: [{ ...RELEASES[0], sha256: 'ab'.repeat(32) }] },
  ],
}
const openShop = () =>
  shop((request, response) => {
    const goods = SHOPS[request.url ?? '']
    if (goods) response.end(JSON.stringify(goods))
    else if (request.url?.startsWith('/lamp-')) response.end(BYTES)
    else response.writeHead(404).end()
  })

describe('the plugin of the README', () => {
  it('is listed, trusted, asked, and installed from; a changed file ends that', async () => {
    const home = homeWithAcme()
    const { url } = await openShop()
    const add = ['registries', 'add', 'shop', url, '--protocol', 'acme', '--type', 'community']
    expect((await run(home, 'plugin', 'list')).out).toMatch(/acme +1\.0\.0 +untrusted +acme/)
    const early = await run(home, ...add, '--set', 'shop=main')
    expect([early.code, early.err]).toEqual([4, expect.stringContaining('"souk plugin trust acme"')])
    const silent = await run(home, 'plugin', 'trust', 'acme')
    expect([silent.code, silent.out]).toEqual([2, expect.stringContaining('SHA-256')])
    expect((await run(home, 'plugin', 'trust', 'acme', '--yes')).code).toBe(0)

    const refused = await run(home, ...add)
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('its entry has no member "shop"')])
    expect((await run(home, ...add, '--set', 'shop=main')).out).toContain('protocol acme; 2 items')
    const found = (await run(home, 'search', 'lamp', '--json')).json<{
      results: { id: string; registry: string; description: string }[]
    }>()
    expect(found.results).toEqual([
      expect.objectContaining({ id: 'shop/lamp', registry: 'shop', description: 'Light ␛[31m' }),
    ])
    const versions = (await run(home, 'versions', 'shop/lamp', '--json')).out
    expect([versions.includes('1.0.0'), versions.includes('1.2.0')]).toEqual([true, true])
    expect((await run(home, 'show', 'shop/lamp')).out).toMatch(/From +shop \(community/)

    expect((await run(home, 'install', 'shop/lamp@1.0.0', '--yes')).code).toBe(0)
    const [installed] = (await run(home, 'installed', '--json')).json<{ path: string; version: string }[]>()
    expect(installed?.version).toBe('1.0.0')
    expect(readFileSync(join(installed?.path ?? '', 'lamp-1.0.0.txt'), 'utf8')).toBe(BYTES)
    const fake = await run(home, 'install', 'shop/fake', '--yes')
    expect([fake.code, fake.err]).toEqual([1, expect.stringContaining('digest')])
    expect((await run(home, 'doctor', 'modules')).out).toMatch(/protocol\.acme +Acme shops \(trusted\)/)

    writeFileSync(join(home, 'data/plugins/acme/plugin.js'), `${block('js')}\n// another line`)
    const later = await run(home, 'search', '--json', '--refresh')
    const { sources } = later.json<{ sources: { registry: string; state: string; error?: { code: string } }[] }>()
    expect(later.code).toBe(0)
    // What was known of its goods is still shown, as an old answer with the reason.
    expect(sources.find((one) => one.registry === 'shop')).toMatchObject({
      state: 'stale',
      error: { code: 'plugin.untrusted' },
    })
    expect(sources.find((one) => one.registry === 'builtin')?.state).toBe('fresh')
    expect((await run(home, 'plugin', 'untrust', 'acme')).code).toBe(0)
    const audit = (await run(home, 'audit', '--json')).json<{ action: string; item: string; version?: string }[]>()
    expect(audit.filter((one) => one.action.startsWith('plugin.'))).toMatchObject([
      { action: 'plugin.trust', item: 'acme', version: '1.0.0', outcome: 'ok' },
      { action: 'plugin.untrust', item: 'acme', outcome: 'ok' },
    ])
  })

  it('refuses an entry with words that `souk registries` shows, and a bad plugin leaves the market open', async () => {
    const home = homeWithAcme()
    const { url } = await openShop()
    writePlugin(join(home, 'data/plugins'), 'broken', { code: 'x', manifest: { needs: '^7' } })
    const named = writePlugin(tempFolder(), 'named', {
      code: codeOf('named', `{ search: () => [], getTemplate: () => null }`),
    })
    mkdirSync(join(home, 'config'), { recursive: true })
    writeFileSync(
      join(home, 'config/registries.yaml'),
      `plugins: [${named}]\nregistries:\n  - {name: shop, protocol: acme, url: "${url}"}\n  - {name: odd, protocol: broken, url: "${url}"}\n`,
    )
    await run(home, 'plugin', 'trust', 'acme', '--yes')
    const listed = await run(home, 'plugin', 'list', '--json')
    expect(listed.json<{ name: string; state: string }[]>().map((one) => [one.name, one.state])).toEqual([
      ['acme', 'trusted'],
      ['broken', 'unfit'],
      ['named', 'untrusted'],
    ])
    const told = await run(home, 'registries')
    expect(told.err).toContain('The plugin "acme" refuses registry "shop": its entry has no member "shop".')
    expect(told.err).toContain('The plugin "broken" cannot be used: souk.yaml needs: asks for another version')
    expect(told.out).toMatch(/builtin +fresh/)
    expect((await run(home, 'config', 'check')).code).toBe(0)
  })
})

/** The processes a process started, by /proc. */
const childrenOf = (pid: number): number[] => {
  const path = `/proc/${pid}/task/${pid}/children`
  return existsSync(path) ? readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number) : []
}
const isThere = (pid: number): boolean => existsSync(`/proc/${pid}/exe`) && readdirSync(`/proc/${pid}/fd`).length > 0
const until = async <T>(look: () => T | undefined): Promise<T> => {
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    await new Promise((done) => setTimeout(done, 50))
  }
}

describe.skipIf(!existsSync('/proc/self/task'))('no process of a plugin stays behind', () => {
  it.each(['SIGINT', 'SIGKILL'] as const)('when the program ends by %s while it is asked', async (signal) => {
    const home = tempFolder()
    const { url, asked } = await shop(() => {})
    writePlugin(join(home, 'data/plugins'), 'mute', {
      code: codeOf('mute', `{ search: (query, tools) => tools.fetch('/never'), getTemplate: () => null }`),
    })
    await run(home, 'plugin', 'trust', 'mute', '--yes')
    await run(home, 'registries', 'add', 'mute', url, '--protocol', 'mute', '--no-probe')
    const program = spawn(process.execPath, [MAIN, 'search', 'x'], { env: cleanEnv(home, SLOW), stdio: 'ignore' })
    onTestFinished(() => void program.kill('SIGKILL'))
    const ended = new Promise<number | null>((done) => program.on('exit', done))
    await until(() => (asked.length > 0 ? true : undefined))
    const guests = childrenOf(program.pid ?? 0)
    expect(guests.length).toBe(1)
    program.kill(signal)
    expect(await ended).toBe(signal === 'SIGINT' ? 5 : null)
    await until(() => (guests.some(isThere) ? undefined : true))
  })
})
