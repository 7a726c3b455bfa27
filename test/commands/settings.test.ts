import { execa } from 'execa'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/commands/list.ts'
import { pathOf } from '../../src/commands/command.ts'
import { tempFolder } from '../support/temp.ts'
import { MAIN } from '../support/program.ts'

function home(settings: string): string {
  const folder = tempFolder()
  mkdirSync(join(folder, 'config'))
  writeFileSync(join(folder, 'config', 'registries.yaml'), settings)
  return folder
}

/** The program as a process of its own. */
const souk = (folder: string, line: string[], env: Record<string, string> = {}) =>
  execa(process.execPath, [MAIN, ...line], { reject: false, env: { SOUK_HOME: folder, NO_COLOR: '1', ...env } })

describe('a settings file that is no YAML', () => {
  it('stops whatever depends on it, with file, line and column', { timeout: 60_000 }, async () => {
    const folder = home('registries:\n  - name: "open\n')
    const lines = [['search', 'x'], ['config', 'list', '--json'], ['registries'], ['registries', 'add', 'a', '/tmp']]
    for (const told of await Promise.all(lines.map((line) => souk(folder, line)))) {
      expect(told.exitCode).toBe(2)
      expect(told.stderr).toMatch(/registries\.yaml:\d+:\d+: is not valid YAML/)
      expect(told.stderr).not.toContain('at ')
    }
  })

  it('leaves alone what works on this machine only', { timeout: 60_000 }, async () => {
    const folder = home('- a list\n')
    const [jobs, check, doctor] = await Promise.all([
      souk(folder, ['jobs']),
      souk(folder, ['config', 'check']),
      souk(folder, ['doctor', '--json']),
    ])
    expect(jobs).toMatchObject({ exitCode: 0, stdout: 'There are no jobs.' })
    expect(jobs.stderr).toMatch(/registries\.yaml:1:1: must start with sections .* The defaults are used\./)
    expect(check.exitCode).toBe(1)
    expect(check.stdout).toMatch(/registries\.yaml:1:1/)
    expect(doctor.exitCode).toBe(1)
    expect(doctor.stdout).toMatch(/"state": "problem",\s+"text": ".*registries\.yaml:1:1/)
  })

  it(
    'is a fault where a protocol is none, which a check finds before anything is asked',
    { timeout: 60_000 },
    async () => {
      const told = await souk(home('registries:\n  - { name: old, protocol: gopher, url: "http://127.0.0.1:9" }\n'), [
        'config',
        'check',
      ])
      expect(told.exitCode).toBe(1)
      expect(told.stdout).toMatch(/registries\.yaml:2:5: .*"gopher" is not a protocol\.\s+Known protocols: /)
      expect(told.stdout).toContain('1 registry, 1 fault')
    },
  )

  it('is told of by name which commands can do without', () => {
    const able = COMMANDS.filter((command) => command.needsNoSettings).map(pathOf)
    expect(able).toEqual(
      [
        'validate',
        'analyze',
        'optimize',
        'perf',
        'installed',
        'jobs',
        'jobs show',
        'jobs follow',
        'jobs cancel',
        'jobs remove',
        'bench',
        'bench compare',
        'bench load',
        'bench synth',
      ].toSorted(
        (a, b) => COMMANDS.findIndex((one) => pathOf(one) === a) - COMMANDS.findIndex((one) => pathOf(one) === b),
      ),
    )
  })
})

describe('limits', () => {
  it(
    'are set by file, variable and flag, each over the one before, with unit and origin',
    { timeout: 60_000 },
    async () => {
      const folder = home('process: { timeout: 90s }\nhttp: { timeout: { search: 4s } }\n')
      const row = async (line: string[], env: Record<string, string>, name: string): Promise<unknown> => {
        const { stdout } = await souk(folder, ['config', 'list', '--json', ...line], env)
        const { settings } = JSON.parse(stdout) as { settings: { name: string }[] }
        return settings.find((one) => one.name === name)
      }
      const shape = { default: 5000, unit: 'ms', name: 'http.timeout.search' }
      const flag = ['--setting', 'http.timeout.search=2s']
      const variable = { SOUK_HTTP_TIMEOUT_SEARCH: '3s' }
      expect(await row([], {}, 'http.timeout.search')).toEqual({ ...shape, value: 4000, origin: 'file' })
      expect(await row([], variable, 'http.timeout.search')).toEqual({ ...shape, value: 3000, origin: 'environment' })
      expect(await row(flag, variable, 'http.timeout.search')).toEqual({ ...shape, value: 2000, origin: 'flag' })
      expect(await row([], {}, 'process.timeout')).toMatchObject({ value: 90_000, default: 120_000, unit: 'ms' })
    },
  )

  it('cut off a registry that never answers', { timeout: 60_000 }, async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1')
    try {
      await new Promise((done) => server.once('listening', done))
      const { port } = server.address() as { port: number }
      const folder = home(`registries: [{ name: mute, type: community, url: 'http://127.0.0.1:${port}' }]\n`)
      const limits = ['--setting', 'http.timeout.search=90ms', '--setting', 'http.timeout.catalog=70ms']
      const told = await souk(folder, ['search', 'x', '--strict', '--json', ...limits])
      expect(told.exitCode).toBe(3)
      expect(told.stdout).toMatch(/did not answer within 90 ms/)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

it('a log of an install holds the lines of its job, with its id, and no secret', { timeout: 60_000 }, async () => {
  const secret = 'correct-horse-battery'
  const folder = home(`registries:
  - { name: mute, type: community, enabled: false, url: 'https://goods.example.org', credentials: { type: token, token: '\${MUTE}' } }
`)
  const log = join(folder, 'souk.log')
  const line = ['install', 'builtin/key-vault-starter', '--yes', '--log-level', 'debug', '--log-file', log]
  const told = await souk(folder, line, { MUTE: secret })
  expect(told.exitCode).toBe(0)
  const found = await souk(folder, ['search', secret, '--log-file', log], { MUTE: secret })
  expect(found.exitCode).toBe(0)
  const text = readFileSync(log, 'utf8')
  expect(text).not.toContain(secret)
  const lines = text
    .trim()
    .split('\n')
    .map((one) => JSON.parse(one) as Record<string, unknown>)
  expect(lines.every((one) => 'time' in one && 'level' in one && 'module' in one)).toBe(true)
  const jobs = new Set(lines.flatMap((one) => (typeof one['job'] === 'string' ? [one['job']] : [])))
  expect(jobs.size).toBe(1)
  expect(lines.some((one) => one['text'] === 'started: job' && jobs.has(String(one['job'])))).toBe(true)
})
