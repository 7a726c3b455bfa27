import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import semver from 'semver'
import { describe, expect, it } from 'vitest'
import { corpus } from '../support/corpus.ts'
import { openExtensionServer } from '../support/extension-server.ts'
import { cleanEnv, MAIN, souk } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'

interface InstalledJson {
  id: string
  name: string
  version: string
  dependencies: { id: string; range: string }[]
}

async function home(facts: { chunkDelayMs?: number } = {}): Promise<string> {
  const { url } = await openExtensionServer(corpus('azd/extensions-registry.json') ?? '', facts)
  const folder = tempFolder()
  mkdirSync(join(folder, 'config'), { recursive: true })
  writeFileSync(
    join(folder, 'config', 'registries.yaml'),
    `registries:\n  - { name: azd, type: official, protocol: index, url: "${url}" }\n`,
  )
  return folder
}

const installed = async (folder: string): Promise<InstalledJson[]> =>
  (await souk(folder, ['installed', '--json'])).json<InstalledJson[]>()

describe.skipIf(corpus('azd') === undefined)('installing an extension pack', () => {
  it('brings its dependencies at versions its ranges allow', async () => {
    const folder = await home()
    const ran = await souk(folder, ['install', 'microsoft.foundry', '--yes', '--json'])
    expect(ran.err + ran.out).not.toMatch(/error/i)
    expect(ran.code).toBe(0)
    const all = await installed(folder)
    const pack = all.find((one) => one.name === 'microsoft.foundry')
    expect(pack?.dependencies.length).toBe(7)
    for (const { id, range } of pack?.dependencies ?? []) {
      const found = all.find((one) => one.id === id || one.name === id)
      expect(semver.satisfies(found?.version ?? '', range), `${id} ${range} got ${found?.version}`).toBe(true)
    }
    expect((await souk(folder, ['uninstall', 'azure.ai.agents', '--yes'])).code).toBe(2)
    expect((await souk(folder, ['uninstall', 'microsoft.foundry', '--yes'])).code).toBe(0)
  })

  it('leaves the store whole when it is killed at any moment, and the next run completes', async () => {
    const folder = await home({ chunkDelayMs: 30 })
    for (let round = 0; round < 10; round++) {
      const child = spawn(process.execPath, [MAIN, 'install', 'microsoft.foundry', '--yes'], {
        env: cleanEnv(folder),
        stdio: 'ignore',
      })
      const ended = new Promise((done) => child.once('close', done))
      const timer = setTimeout(() => child.kill('SIGKILL'), 60 + Math.random() * 900)
      await ended
      clearTimeout(timer)
      for (const one of await installed(folder)) {
        const doctor = await souk(folder, ['show', one.id, '--json'])
        expect(doctor.code, doctor.err).toBe(0)
      }
      const names = (await installed(folder)).map((one) => one.name)
      if (names.includes('microsoft.foundry')) expect(names.length).toBeGreaterThanOrEqual(8)
    }
    expect((await souk(folder, ['install', 'microsoft.foundry', '--yes'])).code).toBe(0)
    expect((await installed(folder)).length).toBeGreaterThanOrEqual(8)
    expect(
      readdirSync(join(folder, 'data', 'store'))
        .filter((name) => /staging|trash/.test(name))
        .flatMap((name) => readdirSync(join(folder, 'data', 'store', name))),
    ).toEqual([])
  }, 120_000)
})
