import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { nodeSystem } from '../../src/system/node-system.ts'
import { openPipeline } from '../support/run-pipeline.ts'
import { tempFolder } from '../support/temp.ts'

const SCRIPT = fileURLToPath(new URL('killed-run.ts', import.meta.url))

/** Every file below a folder, dot files too, and its SHA-256. */
function hashes(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  const paths = files.map((one) => join(one.parentPath, one.name)).toSorted()
  return Object.fromEntries(
    paths.map((path) => [path.slice(folder.length), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  )
}

const killAt = (home: string, count: number): NodeJS.Signals | null =>
  spawnSync(process.execPath, [SCRIPT, home, join(home, 'out'), String(count), 'other']).signal

function desk(home: string) {
  const jobs = openPipeline(nodeSystem(), home)
  const input = { template: 'key-vault-starter', envs: ['dev'], out: join(home, 'out') }
  return { run: (more: Record<string, unknown> = {}) => jobs.runHere('run', 'Run', { ...input, ...more }) }
}

test('a run killed while placing is undone by the next one, which then succeeds', async () => {
  const home = tempFolder()
  for (const count of [0, 3]) {
    expect(killAt(home, count)).toBe('SIGKILL')
    expect(readdirSync(join(home, 'out')).filter((name) => name.startsWith('.souk-'))).toHaveLength(1)
    const job = await desk(home).run({ force: count > 0 })
    expect(job.state).toBe('succeeded')
    expect(readdirSync(join(home, 'out')).toSorted()).toEqual(['dev', 'key-vault-starter-dev-1.0.0.zip'])
  }
})

test('cancelling a killed run takes the folders away that were made for it', async () => {
  const home = tempFolder()
  expect(killAt(home, 0)).toBe('SIGKILL')
  expect(readdirSync(home).toSorted()).toEqual(['jobs', 'out'])
  const jobs = openPipeline(nodeSystem(), home)
  const [job] = await jobs.list()
  expect(job?.state).toBe('interrupted')
  await jobs.cancel(job?.id ?? '')
  expect(readdirSync(home)).toEqual(['jobs'])
})

test('what a killed run had written over comes back, byte for byte', async () => {
  const home = tempFolder()
  const { run } = desk(home)
  await run({ seed: 'first' })
  writeFileSync(join(home, 'out/mine.txt'), 'not ours')
  const before = hashes(join(home, 'out'))
  // Two moves a file: the old one aside, the new one in. Killed after either.
  for (const count of [1, 4, 7]) {
    expect(killAt(home, count)).toBe('SIGKILL')
    expect(hashes(join(home, 'out'))).not.toEqual(before)
    // Refused, as the folder is not empty; but what the killed run left is cleared first.
    await expect(run()).rejects.toMatchObject({ code: 'job.folderNotEmpty' })
    expect(hashes(join(home, 'out'))).toEqual(before)
  }
})

test('the folder of a run that still lives is left alone, and so is one that is not ours', async () => {
  const home = tempFolder()
  const live = join(home, 'out/.souk-20260101-live')
  mkdirSync(join(home, 'out/.souk-notes'), { recursive: true })
  mkdirSync(live)
  const { env, run } = nodeSystem()
  writeFileSync(join(live, '.owner'), JSON.stringify({ pid: env.pid, mark: run.alive(env.pid) }))
  writeFileSync(join(live, '.placing'), JSON.stringify([{ file: '../escaped.txt', isThere: false }]))
  writeFileSync(join(home, 'escaped.txt'), 'stays')
  await desk(home).run()
  expect(readdirSync(join(home, 'out')).filter((name) => name.startsWith('.'))).toEqual([
    '.souk-20260101-live',
    '.souk-notes',
  ])
  // A reused process number is no proof of life: the mark differs. A path that leads out is not followed.
  writeFileSync(join(live, '.owner'), JSON.stringify({ pid: env.pid, mark: 'earlier' }))
  await desk(home).run({ force: true })
  expect(readdirSync(join(home, 'out')).filter((name) => name.startsWith('.'))).toEqual(['.souk-notes'])
  expect(readFileSync(join(home, 'escaped.txt'), 'utf8')).toBe('stays')
})
