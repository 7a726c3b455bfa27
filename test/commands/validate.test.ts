import { execa } from 'execa'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { packFolder } from '../../src/bundle/pack.ts'
import { CLEAN } from '../contracts/rule.ts'
import { tempFolder } from '../support/temp.ts'
import { template } from '../validation/samples.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** The program as a process of its own, standing in a folder. */
const souk = (cwd: string, line: string[]): Promise<{ exitCode?: number; stdout: string; stderr: string }> =>
  execa(process.execPath, [MAIN, ...line], {
    cwd,
    reject: false,
    env: { SOUK_HOME: join(cwd, 'home'), NO_COLOR: '1', COLUMNS: '60' },
  })

/** A clean folder, one with faults, and a ZIP of the second. */
async function goods(): Promise<string> {
  const root = tempFolder()
  for (const name of ['clean', 'faulty']) mkdirSync(join(root, name))
  for (const [path, text] of Object.entries(CLEAN)) writeFileSync(join(root, 'clean', path), text)
  const variables = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`v${index}`, index]))
  writeFileSync(join(root, 'faulty/mainTemplate.json'), template({ variables }))
  await packFolder(join(root, 'faulty'), { into: join(root, 'faulty.zip') })
  return root
}

describe('souk validate', () => {
  it('gives several targets a report each and one table, a missing one stopping no other', async () => {
    const root = await goods()
    const told = await souk(root, ['validate', 'clean', 'nowhere', 'faulty.zip', 'builtin/azure-event-driven'])
    expect(told.exitCode).toBe(1)
    expect(told.stderr).toContain('nowhere: it does not exist')
    const lines = told.stdout.split('\n')
    expect(lines.every((line) => line.length <= 60)).toBe(true)
    const at = lines.findIndex((line) => line.startsWith('TARGET'))
    expect(lines.slice(at + 1).map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      ['clean', 'passed'],
      ['nowhere', 'no report'],
      ['faulty.zip', 'failed'],
      ['builtin/azure-event-driven', 'passed'],
      ['4 targets: 2 passed, 1 no report, 1 failed'],
    ])
    expect(told.stdout).toContain('error   mainTemplate.json:')
  })

  it('answers JSON with the worst on top, and one target as its report alone', async () => {
    const root = await goods()
    const [many, one] = await Promise.all([
      souk(root, ['validate', 'clean', 'faulty', '--json']),
      souk(root, ['validate', 'azure-event-driven', '--json']),
    ])
    expect(JSON.parse(many.stdout)).toMatchObject({
      status: 'failed',
      errors: [],
      reports: [{ status: 'passed' }, { status: 'failed' }],
    })
    expect(JSON.parse(one.stdout)).toMatchObject({ target: 'azure-event-driven', status: 'passed', findings: [] })
    expect(one.exitCode).toBe(0)
  })

  it('writes SARIF with paths from where it was called', async () => {
    const root = await goods()
    const { stdout, exitCode } = await souk(root, ['validate', 'faulty', 'clean', '--format', 'sarif'])
    expect(exitCode).toBe(1)
    const log = JSON.parse(stdout) as { runs: { results: unknown[] }[] }
    expect(log.runs).toHaveLength(1)
    const at = { physicalLocation: { artifactLocation: { uri: 'faulty/mainTemplate.json' } } }
    expect(log.runs[0]?.results[0]).toMatchObject({ locations: [at] })
  })
})

describe('souk package', () => {
  it('leaves secrets out, and verify finds a flipped byte', async () => {
    const root = await goods()
    mkdirSync(join(root, 'faulty/.git'))
    for (const path of ['.env', '.git/config', 'server.pem', 'id_rsa']) writeFileSync(join(root, 'faulty', path), 'x')
    const made = await souk(root, ['package', 'faulty', '--out', 'p.zip', '--level', '0'])
    expect(made).toMatchObject({ exitCode: 0 })
    const listed = JSON.parse((await souk(root, ['package', 'list', 'p.zip', '--json'])).stdout) as { path: string }[]
    expect(listed.map((one) => one.path)).toEqual(['mainTemplate.json', 'souk-bundle.json'])
    expect((await souk(root, ['package', 'verify', 'p.zip'])).exitCode).toBe(0)
    for (const line of [
      ['package', 'verify', 'q.zip'],
      ['package', 'list', 'q.zip'],
      ['serve', 'q'],
    ]) {
      const lost = await souk(root, line)
      expect([line, lost.exitCode, lost.stderr]).toEqual([
        line,
        2,
        expect.stringMatching(/q(\.zip)?: there is nothing/),
      ])
    }
    const bytes = readFileSync(join(root, 'p.zip'))
    const at = bytes.indexOf('"variables"')
    bytes[at + 3] = (bytes[at + 3] ?? 0) ^ 1
    writeFileSync(join(root, 'p.zip'), bytes)
    const told = await souk(root, ['package', 'verify', 'p.zip'])
    expect(told.exitCode).toBe(1)
    expect(told.stdout).toContain('mainTemplate.json: not what the manifest says')
    expect(readdirSync(root).filter((name) => name.endsWith('.part'))).toEqual([])
  })
})
