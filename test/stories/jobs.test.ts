import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { JobEvent, JobSnapshot } from '../../src/jobs/job.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import { souk } from '../support/program.ts'
import { hasPty, openPty } from '../support/pty.ts'
import { tempFolder } from '../support/temp.ts'

const ENVS = ['dev', 'qa', 'staging', 'prod']
const TEMPLATE = 'data-mesh-domain'

/** A home, and the arguments of a run that takes some seconds: four environments of several thousand resources. */
function longRun(out = 'out') {
  const home = tempFolder()
  const params = join(home, 'many.json')
  writeFileSync(params, JSON.stringify({ products: Array.from({ length: 4000 }, (_, index) => `product-${index}`) }))
  const args = (folder: string): string[] => {
    return ['run', TEMPLATE, '--env', ENVS.join(','), '--params', params, '--out', join(home, folder)]
  }
  return { home, args, run: args(out), out: join(home, out) }
}

const jobsOf = async (home: string): Promise<JobSnapshot[]> =>
  (await souk(home, ['jobs', '--json'])).json<JobSnapshot[]>()

/**
 * The job of a home, once its journal holds this. The file is watched and not the program asked over and over, which
 * would take the processor from the job.
 */
async function untilJob(home: string, said: RegExp): Promise<JobSnapshot> {
  const folder = join(home, 'state', 'jobs')
  const journal = (): string =>
    readdirSync(folder)
      .map((id) => readFileSync(join(folder, id, 'journal.ndjson'), 'utf8'))
      .join('')
  await vi.waitFor(() => expect(journal()).toMatch(said), { timeout: 40_000, interval: 50 })
  const [job] = await jobsOf(home)
  if (!job) throw new Error('the list of jobs is empty')
  return job
}

const packages = (folder: string): Record<string, string> =>
  Object.fromEntries(
    ENVS.map((env) => {
      const path = join(folder, `${TEMPLATE}-${env}-1.0.0.zip`)
      return [env, createHash('sha256').update(readFileSync(path)).digest('hex')]
    }),
  )

describe('a job of some seconds', () => {
  it.skipIf(!hasPty)('started over a connection that is cut goes on, and is found and told again', async () => {
    const { home, run, out } = longRun()
    const env = { SOUK_HOME: home, HOME: home, SSH_CONNECTION: '192.0.2.1 5022 192.0.2.2 22' }
    const user = openPty(run, { columns: 80, rows: 24, env })
    await user.waitFor('Generate')
    user.hangUp()
    await user.ended()
    const job = await untilJob(home, /"type":"finished"/)
    expect(job.state).toBe('succeeded')
    expect(Object.keys(packages(out))).toEqual(ENVS)
    const told = await souk(home, ['jobs', 'follow', job.id, '--ndjson'])
    expect(told.code).toBe(0)
    const events = told.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JobEvent)
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1))
    expect(events[0]?.type).toBe('queued')
    const perf = (await souk(home, ['perf', job.id, '--json'])).json<{
      rows: { stage: string; middleware: string; ms: number }[]
    }>()
    expect(perf.rows.filter((row) => row.middleware === '').map((row) => row.stage)).toEqual(
      job.steps.map((step) => step.id),
    )
    const inner = perf.rows.filter((row) => row.stage === 'enrich' && row.middleware !== '')
    expect(inner.map((row) => row.middleware).toSorted()).toEqual(['architecture', 'finops-analysis'])
    const later = await souk(home, ['jobs', 'follow', job.id, '--ndjson', '--from', '5'])
    expect(later.out.trim().split('\n')).toEqual(told.out.trim().split('\n').slice(4))
  })

  it('killed in the middle shows as interrupted; run again it makes the bytes of an undisturbed one', async () => {
    const { home, run, args, out } = longRun()
    const started = (await souk(home, [...run, '--detach', '--json'])).json<{ job: { id: string } }>()
    const running = await untilJob(home, /"type":"step"[^\n]*"state":"done"/)
    expect(running).toMatchObject({ id: started.job.id, state: 'running' })
    process.kill(running.pid ?? 0, 'SIGKILL')
    await vi.waitFor(() => expect(nodeSystem().run.alive(running.pid ?? 0)).toBeUndefined())
    expect((await jobsOf(home))[0]?.state).toBe('interrupted')
    const again = await souk(home, ['jobs', 'rerun', started.job.id])
    expect(again.code).toBe(0)
    expect((await souk(home, args('other'))).code).toBe(0)
    expect(packages(out)).toEqual(packages(join(home, 'other')))
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('cancelled, is gone with all it had begun', async () => {
    const { home, run, out } = longRun()
    const { job } = (await souk(home, [...run, '--detach', '--json'])).json<{ job: { id: string } }>()
    const running = await untilJob(home, /"type":"started"/)
    expect(running).toMatchObject({ id: job.id, state: 'running' })
    const began = performance.now()
    const cancelled = await souk(home, ['jobs', 'cancel', job.id, '--json'])
    // The command itself starts and ends in this time, too.
    expect(performance.now() - began).toBeLessThan(3000)
    expect(cancelled.json<JobSnapshot>().state).toBe('cancelled')
    expect(nodeSystem().run.alive(running.pid ?? 0)).toBeUndefined()
    expect(existsSync(out)).toBe(false)
  })
})
