import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { writeLargeTemplate } from '../../src/bench/large-template.ts'
import { MAIN, cleanEnv } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'

interface Ran {
  exitCode?: number
  stdout: string
  stderr: string
}

/** The program as a process of its own, under a small heap. */
const souk = (home: string, line: readonly string[], input?: string): Promise<Ran> =>
  execa(process.execPath, ['--max-old-space-size=64', MAIN, ...line], {
    cwd: home,
    reject: false,
    extendEnv: false,
    env: cleanEnv(home, { NO_COLOR: '1' }),
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  })

test('analyze tells what a file or a pipe holds, as a table and as JSON', async () => {
  const home = tempFolder()
  const file = join(home, 'large.json')
  const { resources } = writeLargeTemplate(file, { resources: 500 })
  const [table, json, piped] = await Promise.all([
    souk(home, ['analyze', 'large.json', '--verbose', '--chunk-size', '1KiB']),
    souk(home, ['analyze', 'large.json', '--json']),
    souk(home, ['analyze', '-', '--json'], readFileSync(file, 'utf8')),
  ])
  expect(table.exitCode).toBe(0)
  expect(table.stdout).toMatch(new RegExp(`resources +${resources} +62`))
  expect(table.stdout).toContain('Microsoft.Resources/deployments')
  expect(table.stderr).toContain('--chunk-size goes from 64KiB to 2MiB; 65536 bytes are read at a time.')
  const facts = JSON.parse(json.stdout) as Record<string, unknown>
  expect(facts).toMatchObject({ file, resources, parameters: 25, chunkBytes: 1_048_576, nested: { templates: 31 } })
  const { types, nested, calls } = facts
  expect(JSON.parse(piped.stdout)).toMatchObject({ file: '-', resources, types, nested, calls })
})

test('a pipe may fall silent in the middle', async () => {
  const home = tempFolder()
  for (const line of [
    ['analyze', '-', '--json', '--verbose'],
    ['optimize', '-', '--verbose'],
  ]) {
    const child = execa(process.execPath, [MAIN, ...line], { cwd: home, extendEnv: false, env: cleanEnv(home) })
    child.stdin.write('{"resources": [')
    // Said before the first byte is asked for.
    await new Promise((done) => void child.stderr.once('data', done))
    const heard = await execa(process.execPath, ['-e', '0'])
    expect(heard.exitCode).toBe(0)
    child.stdin.end(' ] }')
    const { stdout } = await child
    expect(JSON.parse(stdout)).toMatchObject(line[0] === 'analyze' ? { resources: 0, bytes: 19 } : { resources: [] })
  }
})

test('several files are analysed in threads, in their order, whatever the number of threads', async () => {
  const home = tempFolder()
  const names = ['c.json', 'a.json', 'bad.json', 'b.json']
  const counts = [30, 10, 0, 20]
  for (const [index, name] of names.entries()) writeLargeTemplate(join(home, name), { resources: counts[index] ?? 0 })
  writeFileSync(join(home, 'bad.json'), '{"a": ')
  const runs = await Promise.all(
    ['1', '4'].map((workers) => souk(home, ['analyze', ...names, '--workers', workers, '--json'])),
  )
  const [one, four] = runs.map(({ stdout }) => (JSON.parse(stdout) as { files: unknown[] }).files)
  expect(one).toEqual(four)
  expect(one).toMatchObject([
    { source: join(home, 'c.json'), analysis: { resources: 30 } },
    { analysis: { resources: 10 } },
    { source: join(home, 'bad.json'), error: { code: 'item.json', details: { line: 1, column: 7 } } },
    { analysis: { resources: 20 } },
  ])
  for (const run of runs) expect(run).toMatchObject({ exitCode: 1 })
  const table = await souk(home, ['analyze', 'a.json', 'b.json'])
  expect(table).toMatchObject({ exitCode: 0 })
  expect(table.stdout).toMatch(/a\.json .* 10 .*\nb\.json .* 20 /)
})

test('optimize writes a smaller file beside it, tells its changes, and overwrites only when told', async () => {
  const home = tempFolder()
  writeFileSync(join(home, 'a.json'), `{ // c\n "a": "[concat('x', 'y')]",\n "b": [1, ] }\n`)
  const plain = await souk(home, ['optimize', 'a.json'])
  expect(plain).toMatchObject({ exitCode: 0 })
  expect(readFileSync(join(home, 'a.min.json'), 'utf8')).toBe(`{"a":"[concat('x', 'y')]","b":[1]}`)
  expect(plain.stdout).toContain('without 1 comment and 1 trailing comma')
  expect(await souk(home, ['optimize', 'a.json'])).toMatchObject({ exitCode: 2 })
  const shorter = await souk(home, ['optimize', 'a.json', '--expressions', '--force'])
  expect(shorter.stdout).toContain("line 2: [concat('x', 'y')] is now xy")
  expect(readFileSync(join(home, 'a.min.json'), 'utf8')).toBe('{"a":"xy","b":[1]}')
  const piped = await souk(home, ['optimize', '-'], '[ 1 , 2 ]')
  expect(piped.stdout).toBe('[1,2]')
  expect((await souk(home, ['optimize', '-', '--json'], '[ 1 , 2 ]')).exitCode).toBe(2)
})

test('what is no JSON is told with line and column, and nothing is written', async () => {
  const home = tempFolder()
  writeFileSync(join(home, 'bad.json'), '{\n  "a": [1, 2}\n')
  const [analyzed, optimized, missing] = await Promise.all([
    souk(home, ['analyze', 'bad.json', '--json']),
    souk(home, ['optimize', 'bad.json']),
    souk(home, ['analyze', 'none.json']),
  ])
  expect(analyzed.exitCode).toBe(1)
  expect(JSON.parse(analyzed.stdout)).toMatchObject({ error: { code: 'item.json', details: { line: 2, column: 13 } } })
  expect(optimized.stderr).toContain('bad.json:2:13: this is not JSON: "," or "]" is expected here, found "}"')
  expect(missing).toMatchObject({ exitCode: 2 })
  expect(readdirSync(home).filter((name) => name.endsWith('.json'))).toEqual(['bad.json'])
})

test('a bad resource makes exit 1; hostile names and types do no harm to the terminal', async () => {
  const home = tempFolder()
  const text = JSON.stringify({ resources: { 'evil\u001b]0;x\u0007': { type: '\u001b[31mA/\u202eb' } } })
  const ran = await souk(home, ['analyze', '-'], text)
  expect(ran.exitCode).toBe(1)
  expect(ran.stderr).toContain('it has no apiVersion, no name')
  // oxlint-disable-next-line no-control-regex
  expect(ran.stdout + ran.stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]/)
})

test('both run as jobs, with progress in bytes, and a rerun makes the same file', async () => {
  const home = tempFolder()
  const file = join(home, 'large.json')
  const { bytes, resources } = writeLargeTemplate(file, { bytes: 3_000_000 })
  const ids: string[] = []
  for (const line of [
    ['analyze', 'large.json', '--detach'],
    ['optimize', 'large.json', '--detach'],
  ]) {
    const { stdout } = await souk(home, line)
    ids.push(stdout.trim())
  }
  for (const id of ids) expect(await souk(home, ['jobs', 'follow', id])).toMatchObject({ exitCode: 0 })
  const [analyzed, optimized] = await Promise.all(
    ids.map(async (id) => JSON.parse((await souk(home, ['jobs', 'show', id, '--json'])).stdout) as unknown),
  )
  expect(analyzed).toMatchObject({ state: 'succeeded', percent: 100, result: { resources, bytes } })
  expect(optimized).toMatchObject({ steps: [{ id: 'optimize', done: bytes, total: bytes, unit: 'bytes' }] })
  const into = join(home, 'large.min.json')
  const made = readFileSync(into)
  expect(made.toString()).toBe(JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))))
  expect(await souk(home, ['jobs', 'rerun', ids[1] ?? ''])).toMatchObject({ exitCode: 0 })
  expect(readFileSync(into).equals(made)).toBe(true)
  expect(existsSync(`${into}.part`)).toBe(false)
})
