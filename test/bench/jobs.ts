/**
 * Forty running jobs on the Jobs screen of a real pseudo-terminal of 80x24: keys while all of them move, bytes a second
 * here and over SSH, moving and at rest; then one job followed over a line of 64 kbit/s. One JSON line; times in ms,
 * sizes in bytes. Run the build first. `node test/bench/jobs.ts`
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeSystem } from '../../src/system/node-system.ts'
import { feedJob, jobsFolderOf, type FedJob } from '../support/fed-jobs.ts'
import { measurePty, type MeasuredPty } from '../support/pty-bench.ts'

const JOBS = 40
/** A job of ours tells its progress this often at most. */
const EVERY_MS = 250
/** Bytes a second of a line of 64 kbit/s. */
const LINE_BYTES = 8000
const LISTEN_S = 8
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const system = nodeSystem()
const rest = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
const at = (numbers: readonly number[], share: number): number => {
  const sorted = numbers.filter((one) => !Number.isNaN(one)).toSorted((a, b) => a - b)
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN) * 10) / 10
}

/** Moves every job a little, four times a second, until stopped. */
function moveAll(jobs: readonly FedJob[]): () => void {
  let done = 100
  const timer = setInterval(() => {
    done += 3
    for (const [index, job] of jobs.entries())
      job.write({ type: 'progress', step: 'validate', done: done + index, total: 4000, unit: 'rules' })
  }, EVERY_MS)
  return () => clearInterval(timer)
}

async function onScreen(home: string, jobs: readonly FedJob[], isSlow: boolean): Promise<Record<string, number>> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    SOUK_HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    SHELL: '/bin/sh',
    ...(isSlow ? { SSH_CONNECTION: '192.0.2.1 22 192.0.2.2 22' } : {}),
  }
  const pty: MeasuredPty = measurePty([main], { columns: 80, rows: 24, env })
  await pty.sees('40 running')
  await pty.type('4', 300)
  await pty.sees(`${JOBS} jobs: ${JOBS} running`)
  await rest(2000)
  const restBytes = await pty.listen(LISTEN_S * 1000)
  const stop = moveAll(jobs)
  await rest(3000)
  const movingBytes = await pty.listen(LISTEN_S * 1000)
  const keys: number[] = []
  for (let count = 0; count < 80; count++) {
    // A step of its own between keys, so that they fall anywhere between two updates.
    await rest(37)
    keys.push((await pty.type(count % 40 < 20 ? '\u001b[B' : '\u001b[A', 30)).firstMs)
  }
  stop()
  const memoryMb = Math.round(pty.residentMb())
  await pty.quit('qy')
  return {
    keyP50: at(keys, 0.5),
    keyP95: at(keys, 0.95),
    movingBytesPerS: Math.round(movingBytes / LISTEN_S),
    restBytesPerS: Math.round(restBytes / LISTEN_S),
    memoryMb,
  }
}

/** Reads as slowly as the line lets through; answers bytes and the time from the job's end to the last byte. */
async function followSlowly(home: string, job: FedJob): Promise<Record<string, number>> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, SOUK_HOME: home, LANG: 'C.UTF-8' }
  const child = spawn(process.execPath, [main, 'jobs', 'follow', job.id], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let bytes = 0
  child.stdout.pause()
  const pace = setInterval(() => {
    const chunk = child.stdout.read(LINE_BYTES / 20) ?? (child.stdout.read() as Buffer | null)
    if (chunk) bytes += (chunk as Buffer).length
  }, 50)
  const ended = new Promise<void>((done) => child.stdout.once('end', done))
  let done = 0
  const move = setInterval(() => {
    done += 10
    job.write({ type: 'progress', step: 'validate', done, total: 4000, unit: 'rules' })
    job.write({ type: 'log', level: 'warning', step: 'validate', text: `looked at ${done} of 4000 and found little` })
  }, EVERY_MS)
  await rest(10_000)
  clearInterval(move)
  job.write({ type: 'step', step: 'validate', state: 'done', ms: 10_000 })
  job.write({ type: 'finished', state: 'succeeded', ms: 10_000, result: {} })
  const from = performance.now()
  await ended
  clearInterval(pace)
  return { bytesPerS: Math.round(bytes / 10), lagMs: Math.round(performance.now() - from) }
}

const home = mkdtempSync(join(tmpdir(), 'souk-jobs-'))
try {
  const folder = jobsFolderOf(home)
  const jobs = Array.from({ length: JOBS }, (_, number) => feedJob(system, folder, number))
  const local = await onScreen(home, jobs, false)
  const ssh = await onScreen(home, jobs, true)
  const [first] = jobs
  const followed = first ? await followSlowly(home, first) : {}
  for (const job of jobs) job.close()
  process.stdout.write(
    `${JSON.stringify({ bench: 'jobs', node: process.version, jobs: JOBS, local, ssh, followed })}\n`,
  )
} finally {
  rmSync(home, { recursive: true, force: true })
}
