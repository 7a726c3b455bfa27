import { execa } from 'execa'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packFolder } from '../../src/bundle/pack.ts'
import { CLEAN } from '../contracts/rule.ts'
import { tempFolder } from '../support/temp.ts'
import { README, template } from '../validation/samples.ts'
import { MAIN } from '../support/program.ts'

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
  writeFileSync(join(root, 'faulty/README.md'), README)
  await packFolder(join(root, 'faulty'), { into: join(root, 'faulty.zip') })
  return root
}

describe('souk validate', { timeout: 60_000 }, () => {
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

describe('souk validate for a team', { timeout: 60_000 }, () => {
  it('writes several reports at once, and fails from the level that was named', async () => {
    const root = await goods()
    const reports = ['sarif=a.sarif', 'junit=a.xml', 'markdown=a.md', 'json=a.json'].flatMap((one) => ['--report', one])
    const variables = template({ variables: { forgotten: 1 } })
    writeFileSync(join(root, 'faulty/mainTemplate.json'), variables)
    const told = await souk(root, ['validate', 'faulty', ...reports])
    expect(told).toMatchObject({ exitCode: 0, stderr: '' })
    expect(JSON.parse(readFileSync(join(root, 'a.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' })
    expect(readFileSync(join(root, 'a.xml'), 'utf8')).toContain('failures="1"')
    expect(readFileSync(join(root, 'a.md'), 'utf8')).toContain('# Validation of')
    expect(JSON.parse(readFileSync(join(root, 'a.json'), 'utf8'))).toMatchObject({ status: 'passed', score: 99.1 })
    const code = async (...flags: string[]): Promise<number | undefined> =>
      (await souk(root, ['validate', 'faulty', ...flags])).exitCode
    expect(await code('--fail-on', 'error')).toBe(1)
    expect(await code('--fail-on', 'never')).toBe(0)
    expect(await code('--fail-on', 'sometimes')).toBe(2)
    expect(await code('--report', 'pdf=a.pdf')).toBe(2)
    expect(await code('--report', 'json=no/such/folder/a.json')).toBe(2)
  })

  it('leaves out what a baseline knows, keeps results by what was read, and says so', async () => {
    const root = await goods()
    const lines = async (...flags: string[]): Promise<{ exitCode?: number; stdout: string; stderr: string }> =>
      souk(root, ['validate', 'faulty', ...flags])
    const written = await lines('--write-baseline', 'known.json')
    expect(written).toMatchObject({ exitCode: 0 })
    expect(written.stderr).toContain('14 findings written to known.json')
    const known = await lines('--baseline', 'known.json', '--fail-on', 'note')
    expect(known.exitCode).toBe(0)
    expect(known.stdout).toContain('14 suppressed (14 baseline)')
    expect(known.stdout).toContain('(cached)')
    expect((await lines('--no-cache')).stdout).not.toContain('(cached)')
    writeFileSync(join(root, 'faulty/souk.validation.yaml'), 'rules: {Variables-Must-Be-Referenced: off}\n')
    expect(await lines()).toMatchObject({ exitCode: 0 })
    expect(await lines('--no-suppressions')).toMatchObject({ exitCode: 1 })
    writeFileSync(join(root, 'small.yaml'), 'memory: {warnBytes: 1MiB}\n')
    expect((await lines('--config', 'small.yaml')).stderr).toMatch(/uses .* MiB of memory, more than memory\.warnBytes/)
    writeFileSync(join(root, 'faulty/souk.validation.yaml'), 'rules: {Variables-Must-Be-Referenced: quiet}\n')
    const wrong = await lines()
    expect(wrong.exitCode).toBe(2)
    expect(wrong.stderr).toContain('souk.validation.yaml:1:')
  })

  it('takes newer API versions from an address, and tells their age', async () => {
    const root = await goods()
    const table = { 'Microsoft.Storage/storageAccounts': [{ apiVersions: ['2026-10-01', '2024-01-01'] }] }
    const server = createServer((_, answer) => {
      answer.setHeader('last-modified', 'Sun, 01 Nov 2026 00:00:00 GMT')
      answer.end(JSON.stringify(table))
    })
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    const { port } = server.address() as AddressInfo
    try {
      const before = JSON.parse((await souk(root, ['api-versions', '--json'])).stdout) as { types: number }
      expect(before).toMatchObject({ source: 'shipped', date: '2026-02-13' })
      const url = `http://127.0.0.1:${port}/table.json`
      const told = await souk(root, ['api-versions', 'update', url, '--json'])
      expect(JSON.parse(told.stdout)).toMatchObject({ date: '2026-11-01', types: 1, source: url })
      expect((await souk(root, ['validate', 'clean'])).stdout).toContain('known up to 2026-11-01')
    } finally {
      server.close()
    }
    writeFileSync(join(root, 'page.html'), '<html>')
    const refused = await souk(root, ['api-versions', 'update', 'page.html'])
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain('page.html')
  })
})

describe('souk package', { timeout: 60_000 }, () => {
  it('leaves secrets out, and verify finds a flipped byte', async () => {
    const root = await goods()
    mkdirSync(join(root, 'faulty/.git'))
    for (const path of ['.env', '.git/config', 'server.pem', 'id_rsa']) writeFileSync(join(root, 'faulty', path), 'x')
    const made = await souk(root, ['package', 'faulty', '--out', 'p.zip', '--level', '0'])
    expect(made).toMatchObject({ exitCode: 0 })
    const listed = JSON.parse((await souk(root, ['package', 'list', 'p.zip', '--json'])).stdout) as { path: string }[]
    expect(listed.map((one) => one.path)).toEqual(['README.md', 'mainTemplate.json', 'souk-bundle.json'])
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
