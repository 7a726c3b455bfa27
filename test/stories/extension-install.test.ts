import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import semver from 'semver'
import { describe, expect, it } from 'vitest'
import { digestTree } from '../../src/bundle/digest.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import { corpus } from '../support/corpus.ts'
import { openExtensionServer, readExtensions, type ExtensionDocument } from '../support/extension-server.ts'
import { cleanEnv, MAIN, souk } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'

interface InstalledJson {
  id: string
  name: string
  version: string
  path: string
  files: unknown[]
  dependencies: { id: string; range: string }[]
}

function homeFor(url: string): string {
  const folder = tempFolder()
  mkdirSync(join(folder, 'config'), { recursive: true })
  writeFileSync(
    join(folder, 'config', 'registries.yaml'),
    `registries:\n  - { name: azd, type: official, protocol: index, url: "${url}" }\n`,
  )
  return folder
}

const real = (): ExtensionDocument => readExtensions(corpus('azd/extensions-registry.json') ?? '')

const installed = async (home: string): Promise<InstalledJson[]> =>
  (await souk(home, ['installed', '--json'])).json<InstalledJson[]>()

/** Everything that is said to be here is here, byte for byte; answers names with versions. */
async function wholeStore(home: string): Promise<string[]> {
  const all = await installed(home)
  for (const one of all) expect((await digestTree(one.path)).files, one.id).toEqual(one.files)
  return all.map((one) => `${one.name}@${one.version}`)
}

const leftovers = (home: string): string[] =>
  ['staging', 'trash']
    .map((name) => join(home, 'data', 'store', name))
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))

/** How often an install is killed; set KILLS to do it more often. */
const KILLS = Number(process.env['KILLS'] ?? 4)

/** The same moments in every run of the tests (a linear congruential generator, Numerical Recipes). */
function moments(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Process ids of jobs that said in their journal that they began and not that they ended. */
function workers(home: string): number[] {
  const jobs = join(home, 'state', 'jobs')
  const texts = (existsSync(jobs) ? readdirSync(jobs) : []).map((id) => {
    const journal = join(jobs, id, 'journal.ndjson')
    return existsSync(journal) ? readFileSync(journal, 'utf8') : ''
  })
  return texts
    .filter((text) => !text.includes('"type":"finished"'))
    .flatMap((text) => Number(/"pid":(\d+)/.exec(text)?.[1] ?? 0) || [])
}

/** A killed process that nobody has waited for yet is dead all the same. */
const isAlive = (pid: number): boolean => nodeSystem().run.alive(pid) !== undefined

/** Installs, and kills program and job at a moment after the job began. Answers whether the kill met the job at work. */
async function installKilled(home: string, moment: Promise<unknown>): Promise<boolean> {
  const child = spawn(process.execPath, [MAIN, 'install', 'microsoft.foundry', '--yes'], {
    env: cleanEnv(home),
    stdio: 'ignore',
  })
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  let pids: number[] = []
  while (pids.length === 0 && child.exitCode === null) {
    pids = workers(home).filter(isAlive)
    await new Promise((next) => setTimeout(next, 5))
  }
  await Promise.race([ended, moment])
  const met = pids.filter((pid) => isAlive(pid) && process.kill(pid, 'SIGKILL'))
  child.kill('SIGKILL')
  await ended
  return met.length > 0
}

describe.skipIf(corpus('azd') === undefined)('installing an extension pack', () => {
  it('brings its dependencies at versions its ranges allow, and says what the machine must have', async () => {
    const { url } = await openExtensionServer(real())
    const home = homeFor(url)
    const ran = await souk(home, ['install', 'microsoft.foundry', '--yes'])
    expect(ran.code, ran.err).toBe(0)
    expect(ran.out).toMatch(/needs azd >=\d+\.\d+\.\d+, for azd\/\S+/)
    const all = await installed(home)
    const pack = all.find((one) => one.name === 'microsoft.foundry')
    expect(pack?.dependencies.length).toBe(7)
    for (const { id, range } of pack?.dependencies ?? []) {
      const found = all.find((one) => one.id === id || one.name === id)
      expect(semver.satisfies(found?.version ?? '', range), `${id} ${range} got ${found?.version}`).toBe(true)
    }
    expect(await wholeStore(home)).toHaveLength(all.length)
    const refused = await souk(home, ['uninstall', 'azure.ai.agents', '--yes'])
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('azd/microsoft.foundry')])
    const gone = await souk(home, ['uninstall', 'microsoft.foundry', '--yes'])
    expect(gone.code).toBe(0)
    expect(gone.out).toMatch(/removed azd\/microsoft\.foundry [\w.-]*\w$/)
    expect(gone.err.match(/azd\/azure\.ai\.agents is then needed by nothing/g), 'told once').toHaveLength(1)
    expect(await wholeStore(home)).not.toContainEqual(expect.stringContaining('microsoft.foundry'))
  })

  it(`leaves the store whole when it is killed at any of ${KILLS} moments, and the next run completes`, async () => {
    const server = await openExtensionServer(real(), { chunkDelayMs: 30 })
    const next = moments(20_261_121)
    const home = homeFor(server.url)
    let met = 0
    for (let round = 0; round < KILLS; round++) {
      // Every other kill comes in the middle of a download for certain, the rest at any moment.
      const isHeld = round % 2 === 0
      const afterMs = next() * 600
      const moment = isHeld ? server.hold() : new Promise((done) => setTimeout(done, afterMs))
      if (await installKilled(home, moment)) met++
      server.release()
      // Archives that came whole are kept; without them the next round has something to fetch again.
      rmSync(join(home, 'cache'), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
      const names = await wholeStore(home)
      // The pack is put in place with all it needs or not at all.
      expect([0, 8]).toContain(names.length)
      if (names.length === 8)
        expect(
          (await souk(home, ['uninstall', ...names.map((one) => one.split('@')[0] ?? ''), '--cascade', '--yes'])).code,
        ).toBe(0)
    }
    expect(met).toBeGreaterThanOrEqual(KILLS / 2)
    const last = await souk(home, ['install', 'microsoft.foundry', '--yes'])
    expect(last.code, last.err).toBe(0)
    expect(await wholeStore(home)).toHaveLength(8)
    expect(leftovers(home)).toEqual([])
  }, 120_000)
})

/** Goods of our own: a tool in two versions, and a pack that needs it. */
function ours(): ExtensionDocument {
  const platforms = ['linux', 'darwin', 'windows'].flatMap((system) => [`${system}/amd64`, `${system}/arm64`])
  const artifacts = () =>
    Object.fromEntries(
      platforms.map((platform) => [platform, { url: '', checksum: { algorithm: 'sha256', value: '' } }]),
    )
  return {
    extensions: [
      {
        id: 'demo.tool',
        versions: [
          { version: '1.0.0', artifacts: artifacts() },
          { version: '1.1.0', artifacts: artifacts() },
        ],
      },
      { id: 'demo.pack', versions: [{ version: '1.0.0', dependencies: [{ id: 'demo.tool', version: '^1.0.0' }] }] },
    ],
  }
}

describe('an update whose bytes are not what the registry promised', () => {
  it('is refused and leaves the old bytes; once the registry is right, it goes through', async () => {
    const { url, repair } = await openExtensionServer(ours(), { wrong: ['demo.tool@1.1.0'] })
    const home = homeFor(url)
    expect((await souk(home, ['install', 'demo.tool@1.0.0', '--yes'])).code).toBe(0)
    const [before] = await installed(home)
    expect((await souk(home, ['outdated', '--json'])).json()).toEqual([
      { id: 'azd/demo.tool', installed: '1.0.0', wanted: '1.1.0', newest: '1.1.0' },
    ])
    const refused = await souk(home, ['update', 'demo.tool', '--yes'])
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('is not what the registry promised (digest differs)')
    expect(await installed(home)).toEqual([before])
    expect(await wholeStore(home)).toEqual(['demo.tool@1.0.0'])
    expect(leftovers(home)).toEqual([])

    repair()
    const updated = await souk(home, ['update', '--all', '--yes', '--refresh'])
    expect(updated.code, updated.err).toBe(0)
    expect(await wholeStore(home)).toEqual(['demo.tool@1.1.0'])
    expect((await souk(home, ['outdated', '--json'])).json()).toEqual([])
  })

  it('stops a first install too, with nothing left; removing goes with those that need it when told', async () => {
    const { url, repair } = await openExtensionServer(ours(), { wrong: ['demo.tool@1.1.0'] })
    const home = homeFor(url)
    const refused = await souk(home, ['install', 'demo.pack', '--yes'])
    expect(refused.code).toBe(1)
    expect(refused.err).toMatch(/needed by azd\/demo\.pack/)
    expect(await installed(home)).toEqual([])
    expect(leftovers(home)).toEqual([])
    repair()
    expect((await souk(home, ['install', 'demo.pack', '--yes', '--refresh'])).code).toBe(0)
    expect((await souk(home, ['uninstall', 'demo.tool', '--yes'])).code).toBe(2)
    expect(await wholeStore(home)).toEqual(['demo.pack@1.0.0', 'demo.tool@1.1.0'])
    expect((await souk(home, ['uninstall', 'demo.tool', '--cascade', '--yes'])).code).toBe(0)
    expect(await installed(home)).toEqual([])
  })
})
