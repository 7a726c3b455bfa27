import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readParameters } from '../../src/commands/parameters-file.ts'
import { configInvalid } from '../../src/model/errors.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import type { Marketplace } from '../../src/marketplace.ts'
import { souk } from './stand-in.ts'

const loadedWith = (problems: ReturnType<typeof configInvalid>[]): Marketplace['loaded'] =>
  ({
    settings: { registries: [] },
    problems,
    origins: {},
    file: { path: '/c/registries.yaml', origin: 'flag' },
  }) as unknown as Marketplace['loaded']

describe('parameters from a file', () => {
  const written = (name: string, text: string): string => {
    const path = join(tempFolder(), name)
    writeFileSync(path, text)
    return path
  }

  it('may be YAML, JSON, or a deployment parameters file', async () => {
    expect(await readParameters(written('p.yaml', 'location: westus2\nsize: 3\n'))).toEqual({
      location: 'westus2',
      size: 3,
    })
    expect(await readParameters(written('p.json', '{"a": [1, 2]}'))).toEqual({ a: [1, 2] })
    const arm = { $schema: 'https://schema.management.azure.com/x', parameters: { location: { value: 'westus2' } } }
    expect(await readParameters(written('a.json', JSON.stringify(arm)))).toEqual({ location: 'westus2' })
  })

  it.each([
    ['b.yaml', 'a: [1', 'b.yaml:1:'],
    ['l.yaml', '- 1\n', 'must be a map'],
    ['e.yaml', '', 'must be a map'],
  ])('%s with %j is refused with its place', async (name, text, sentence) => {
    await expect(readParameters(written(name, text))).rejects.toMatchObject({
      code: 'config.invalid',
      exit: 2,
      message: expect.stringContaining(sentence) as string,
    })
  })

  it('reach the job, with --param over them, and a missing file is exit 2', async () => {
    const path = written('p.yaml', 'location: westus2\nname: a\n')
    const { world } = await souk(['run', 't', '--params', path, '--param', 'name=b'])
    expect(world.asked).toMatchObject([{ with: { input: { parameters: { location: 'westus2', name: 'b' } } } }])
    expect((await souk(['run', 't', '--params', `${path}.none`])).exit).toBe(2)
    const nested = ['b', 'c', 'd', 'e'].map((name, at) => `${name}: &${name} [${`*${'abcd'[at]},`.repeat(9)}]`)
    const bomb = await souk(['run', 't', '--params', written('bomb.yaml', ['a: &a [1]', ...nested].join('\n'))])
    expect(bomb.exit).toBe(2)
    expect(bomb.err).toContain('refers to itself too often')
  })
})

describe('package', () => {
  it('verify names each fault and exits 1; a whole package exits 0', async () => {
    const verdict = { entries: 3, bytes: 10, changed: ['a.json'], missing: ['b.json'], unlisted: ['c\u001b[2J.json'] }
    const told = await souk(['package', 'verify', 'p.zip'], { doors: { verifyPackage: async () => verdict } })
    expect(told.exit).toBe(1)
    expect(told.out).toContain('a.json: not what the manifest says')
    expect(told.out).not.toContain('\u001b')
    const whole = { ...verdict, changed: [], missing: [], unlisted: [] }
    const fine = await souk(['package', 'verify', 'p.zip', '--json'], { doors: { verifyPackage: async () => whole } })
    expect(fine).toMatchObject({ exit: 0 })
    expect(fine.json()).toMatchObject({ ok: true, entries: 3 })
  })

  it('list prints the entries', async () => {
    const doors = {
      listPackage: async (_file: string, call: (entry: { path: string; size: number; packedBytes: number }) => void) =>
        call({ path: 'a.json', size: 2048, packedBytes: 100 }),
    }
    expect((await souk(['package', 'list', 'p.zip'], { doors })).out).toMatch(/a\.json\s+2\.0 KiB\s+100 B/)
  })

  it('packs to a ZIP named for the folder', async () => {
    const { world } = await souk(['package', 'out/dev', '--out', 'here'])
    expect(world.asked).toMatchObject([
      {
        with: {
          type: 'package',
          input: { path: `${process.cwd()}/out/dev`, into: `${process.cwd()}/here/dev.zip`, level: 6 },
        },
      },
    ])
  })
})

describe('config', () => {
  const doors = {
    settings: async () =>
      loadedWith([configInvalid({ file: '/c/registries.yaml', line: 3, column: 5 }, 'url is missing')]),
    listSettings: async () => [
      { name: 'registries.team.url', value: 'https://me:secret@x', default: null, unit: '', origin: 'file' },
      { name: 'cache.maxBytes', value: 100, default: 100, unit: 'bytes', origin: 'default' },
    ],
  }

  it('lists values with their origin and no passwords, without opening the market', async () => {
    const told = await souk(['config', 'list'], { doors })
    expect(told).toMatchObject({ exit: 0, opened: 0 })
    expect(told.out).toMatch(/cache\.maxBytes\s+100 bytes\s+default/)
    expect(told.out).not.toContain('secret')
    expect(told.err).toContain('/c/registries.yaml:3:5')
  })

  it('check names the faults and exits 1', async () => {
    const told = await souk(['config', 'check'], { doors })
    expect(told).toMatchObject({ exit: 1, opened: 0 })
    expect(told.out).toContain('/c/registries.yaml:3:5: url is missing.')
  })

  it('path prints the file and nothing else', async () => {
    expect(await souk(['config', 'path'], { doors })).toMatchObject({ exit: 0, out: '/c/registries.yaml\n', opened: 0 })
  })
})

describe('validate', () => {
  it('prints a report in the format asked for', async () => {
    const doors = { formatReports: async (_reports: unknown, format: string) => `as ${format}\n\n` }
    expect((await souk(['validate', 'a.json', '--format', 'sarif'], { doors })).out).toBe('as sarif\n')
    expect((await souk(['validate', 'a.json', '--format', 'json'], { doors })).json()).toMatchObject({
      status: 'failed',
    })
  })
})

describe('serve', () => {
  it('says where, waits for Ctrl-C, closes, and exits 0', async () => {
    const control = new AbortController()
    let isClosed = false
    const openServer = async (): Promise<{ url: string; items: number; close(): Promise<void> }> => ({
      url: 'http://127.0.0.1:4000',
      items: 2,
      close: async () => void (isClosed = true),
    })
    const system = testSystem()
    const ending = souk(['serve', 'goods'], { doors: { openServer }, signal: control.signal, system })
    while (!system.io.out.text.includes('4000')) await new Promise((next) => setImmediate(next))
    expect(isClosed).toBe(false)
    control.abort()
    expect((await ending).exit).toBe(0)
    expect(isClosed).toBe(true)
  })
})

describe('doctor', () => {
  it('finds a folder that cannot be used, and exits 1', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'blocked'), '')
    mkdirSync(join(folder, 'fine'))
    const bad = testSystem({ env: { SOUK_HOME: join(folder, 'blocked') } })
    const told = await souk(['doctor'], { system: bad })
    expect(told.exit).toBe(1)
    expect(told.out).toContain('is not a folder')
    const good = await souk(['doctor', '--json'], { system: testSystem({ env: { SOUK_HOME: join(folder, 'fine') } }) })
    expect(good).toMatchObject({ exit: 0, opened: 0 })
    expect(good.json()).toMatchObject({ ok: true })
  })
})
