import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { JobEvent, JobSnapshot } from '../../src/jobs/job.ts'
import { openJobs } from '../../src/jobs/open-jobs.ts'
import { testJobTypes } from '../support/job-types.ts'
import { testSystem } from '../support/test-system.ts'
import { tempFolder } from '../support/temp.ts'

const script = fileURLToPath(new URL('../support/job-process.ts', import.meta.url))

/** A desk whose jobs run in real processes of their own. */
function desk(limit = 2) {
  const home = tempFolder()
  const folder = join(home, 'jobs')
  const real = testSystem()
  const pids: number[] = []
  const system = {
    ...real,
    run: {
      ...real.run,
      detached(args: readonly string[], options: { logFile: string }) {
        const log = openSync(options.logFile, 'a')
        const child = spawn(process.execPath, [script, folder, String(limit), ...args], {
          detached: true,
          stdio: ['ignore', log, log],
        })
        child.unref()
        pids.push(child.pid ?? 0)
        return child.pid ?? 0
      },
    },
  }
  const emitted: Record<string, unknown>[] = []
  const jobs = openJobs({
    system,
    folder,
    types: testJobTypes(system),
    settings: { concurrency: { jobs: limit } },
    emit: (name, payload) => void emitted.push({ name, ...payload }),
  })
  onTestFinished(async () => {
    await jobs.close()
    for (const pid of pids) system.run.signal(-pid, 'SIGKILL')
  })
  return { jobs, home, folder, system, emitted, file: (name: string) => join(home, name) }
}

async function drain(events: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  const all: JobEvent[] = []
  for await (const event of events) all.push(event)
  return all
}
const until = (check: () => unknown) =>
  vi.waitFor(async () => expect(await check()).toBeTruthy(), { timeout: 10_000, interval: 10 })

describe('the jobs desk', () => {
  test('a job in this process succeeds, is listed, and can be run again', async () => {
    const { jobs, file } = desk()
    const job = await jobs.runHere('write', 'Write a file', { file: file('out.txt') })
    expect(job).toMatchObject({ state: 'succeeded', percent: 100, result: { lines: 5 } })
    expect(job.steps.map((step) => step.state)).toEqual(['done', 'skipped', 'done'])
    expect(job.steps[1]?.reason).toBe('there is nothing to do')
    expect((await jobs.list()).map((one) => one.id)).toEqual([job.id])
  })

  test('a job in its own process is followed by two at once, the late one from the beginning', async () => {
    const { jobs, file } = desk()
    const id = await jobs.start('wait', 'Wait', { file: file('here'), until: file('go') })
    const early = drain(jobs.follow(id))
    await until(() => existsSync(file('here')))
    const late = drain(jobs.follow(id))
    writeFileSync(file('go'), '')
    const [first, second] = await Promise.all([early, late])
    expect(second).toEqual(first)
    expect(first.map((event) => event.seq)).toEqual(first.map((_, index) => index + 1))
    expect(first[0]?.type).toBe('queued')
    expect(first.at(-1)).toMatchObject({ type: 'finished', state: 'succeeded' })
  })

  test('what a followed job does in its own process is told in this one', async () => {
    const { jobs, file, emitted } = desk()
    writeFileSync(file('go'), '')
    const id = await jobs.start('wait', 'Wait', { file: file('here'), until: file('go') })
    const events = await drain(jobs.follow(id))
    expect(emitted.map((one) => one['type'])).toEqual(events.map((event) => event.type))
    expect(emitted.at(-1)).toMatchObject({ name: 'job.event', job: id, type: 'finished', state: 'succeeded' })
  })

  test('cancelling ends the process and undoes its work within a second', async () => {
    const { jobs, file } = desk()
    const id = await jobs.start('wait', 'Wait', { file: file('here'), until: file('never') })
    await until(() => existsSync(file('here')))
    const began = performance.now()
    const job = await jobs.cancel(id)
    expect(performance.now() - began).toBeLessThan(1000)
    expect(job).toMatchObject({ state: 'cancelled', error: { code: 'job.cancelled' } })
    expect(existsSync(file('here'))).toBe(false)
  })

  test('a process that heeds nothing is killed with its children, and its leftovers go', async () => {
    const { jobs, file, system } = desk()
    const id = await jobs.start('stubborn', 'Hold on', { file: file('child') })
    await until(() => existsSync(file('child')) && readFileSync(file('child'), 'utf8') !== '')
    const child = Number(readFileSync(file('child'), 'utf8'))
    const { pid = 0 } = await jobs.get(id)
    const began = performance.now()
    const job = await jobs.cancel(id)
    expect(performance.now() - began).toBeLessThan(1000)
    expect(job.state).toBe('cancelled')
    expect(system.run.alive(pid)).toBeUndefined()
    await until(() => system.run.alive(child) === undefined)
    expect(existsSync(file('child'))).toBe(false)
    expect((await drain(jobs.follow(id))).filter((event) => event.type === 'finished')).toHaveLength(1)
  })

  test('kill -9 leaves an interrupted job; its follower ends; a rerun does the work', async () => {
    const { jobs, file, system } = desk()
    const id = await jobs.start('wait', 'Wait', { file: file('here'), until: file('go') })
    await until(async () => (await jobs.get(id)).state === 'running')
    const followed = drain(jobs.follow(id))
    system.run.signal((await jobs.get(id)).pid ?? 0, 'SIGKILL')
    expect((await followed).some((event) => event.type === 'finished')).toBe(false)
    expect((await jobs.get(id)).state).toBe('interrupted')
    writeFileSync(file('go'), '')
    const again = await jobs.rerun(id)
    await drain(jobs.follow(again))
    expect((await jobs.get(again)).state).toBe('succeeded')
  })

  test('a hang-up of the terminal does not reach a started job', async () => {
    const { jobs, file, system } = desk()
    const id = await jobs.start('wait', 'Wait', { file: file('here'), until: file('go') })
    await until(async () => (await jobs.get(id)).state === 'running')
    // A terminal hangs up the group of its foreground program; the job leads a group and session of its own.
    const { pid = 0 } = await jobs.get(id)
    const session = (of: number) =>
      readFileSync(`/proc/${of}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
        .slice(2, 4)
    if (process.platform === 'linux') {
      expect(session(pid)).toEqual([String(pid), String(pid)])
      expect(session(pid)).not.toEqual(session(process.pid))
    }
    expect(system.run.alive(pid)).toBeDefined()
  })

  test('at most the set number run; the rest wait in the order they were made', async () => {
    const { jobs, file } = desk(1)
    const names = ['a', 'b', 'c']
    const ids: string[] = []
    for (const name of names) ids.push(await jobs.start('wait', name, { file: file(name), until: file(`go-${name}`) }))
    for (const name of names) {
      await until(() => existsSync(file(name)))
      const running = (await jobs.list()).filter((job) => job.state === 'running')
      expect(running.map((job) => job.title)).toEqual([name])
      writeFileSync(file(`go-${name}`), '')
    }
    const ends = await Promise.all(ids.map((id) => drain(jobs.follow(id))))
    expect(ends.map((events) => events.at(-1)?.type)).toEqual(['finished', 'finished', 'finished'])
  })

  test('of those that wait, the urgent one goes first and the unimportant one last', async () => {
    const { jobs, file } = desk(1)
    const start = (name: string, priority?: 'high' | 'low') =>
      jobs.start('wait', name, { file: file(name), until: file(`go-${name}`) }, priority)
    await start('first')
    await until(() => existsSync(file('first')))
    await start('unimportant', 'low')
    await start('usual')
    const urgent = await start('urgent', 'high')
    expect((await jobs.get(urgent)).priority).toBe('high')
    for (const name of ['first', 'urgent', 'usual', 'unimportant']) {
      await until(() => existsSync(file(name)))
      expect((await jobs.list()).filter((job) => job.state === 'running').map((job) => job.title)).toEqual([name])
      writeFileSync(file(`go-${name}`), '')
    }
    await until(async () => (await jobs.list()).every((job) => job.state === 'succeeded'))
    const again = await jobs.rerun(urgent)
    expect((await jobs.get(again)).priority).toBe('high')
    await drain(jobs.follow(again))
  })

  test('finished jobs go when there are too many of them and when they are too old', async () => {
    const { jobs, file, folder } = desk()
    const ids: string[] = []
    for (const name of ['a', 'b', 'c']) ids.push((await jobs.runHere('write', name, { file: file(name) })).id)
    expect(await jobs.prune(2)).toEqual([ids[0]])
    expect(await jobs.prune(2, 60_000)).toEqual([])
    // Both were made long ago; the second of them ended just now.
    const [, ended = '', endless = ''] = ids.map((id) => id.replace(/^\d{4}/, '2001'))
    for (const [index, old] of [ended, endless].entries()) {
      const place = join(folder, old)
      renameSync(join(folder, ids[index + 1] ?? ''), place)
      const spec = join(place, 'job.json')
      writeFileSync(spec, readFileSync(spec, 'utf8').replace(/"id": "\d{4}/, '"id": "2001'))
    }
    const journal = join(folder, ended, 'journal.ndjson')
    writeFileSync(journal, readFileSync(journal, 'utf8').replaceAll(/"at":"\d{4}/g, '"at":"2001'))
    const later = openJobs({
      system: testSystem(),
      folder,
      types: testJobTypes(testSystem()),
      settings: { concurrency: { jobs: 1 } },
      emit: () => {},
    })
    expect(await later.prune(2, 60_000)).toEqual([ended])
    expect((await later.list()).map((job) => job.id)).toEqual([endless])
    expect(existsSync(file('b'))).toBe(true)
    await later.close()
  })

  test('watching tells every change of every job up to the end', async () => {
    const { jobs, file } = desk()
    const seen: JobSnapshot[] = []
    const stop = jobs.watch((job) => seen.push(job))
    const id = await jobs.start('write', 'Write', { file: file('out') })
    await until(() => seen.some((job) => job.id === id && job.state === 'succeeded'))
    stop()
    const percents = seen.map((job) => job.percent)
    expect(percents).toEqual(percents.toSorted((a, b) => a - b))
  })

  test('a failing job keeps its reason, and bad input is refused in a sentence', async () => {
    const { jobs, home } = desk()
    await expect(jobs.runHere('write', 'Write', { file: join(home, 'no', 'such', 'folder') })).rejects.toMatchObject({
      code: 'job.failed',
    })
    await expect(jobs.runHere('write', 'Write', {})).rejects.toMatchObject({ code: 'job.parameter' })
    const states = (await jobs.list()).map((job) => [job.state, job.error?.code])
    expect(states).toEqual([
      ['failed', 'job.parameter'],
      ['failed', 'job.failed'],
    ])
    await expect(jobs.start('dance', 'Dance', {})).rejects.toMatchObject({ code: 'job.failed' })
    for (const id of ['../../etc', '', 'nonsense'])
      await expect(jobs.get(id)).rejects.toMatchObject({ code: 'job.unknown' })
  })

  test('garbage in the jobs folder and a torn journal hide no other job', async () => {
    const { jobs, file, folder } = desk()
    const job = await jobs.runHere('write', 'Write', { file: file('out') })
    mkdirSync(join(folder, 'stranger'))
    mkdirSync(join(folder, '20260101-000000-000-aaaaaa'))
    writeFileSync(join(folder, '20260101-000000-000-aaaaaa', 'job.json'), '{"id": 3')
    appendFileSync(join(folder, job.id, 'journal.ndjson'), '{"seq":')
    expect((await jobs.list()).map((one) => [one.id, one.state])).toEqual([[job.id, 'succeeded']])
  })

  test('pruning keeps the newest and never one that runs', async () => {
    const { jobs, file } = desk()
    const running = await jobs.start('wait', 'Wait', { file: file('here'), until: file('go') })
    await until(async () => (await jobs.get(running)).state === 'running')
    const done: string[] = []
    for (const name of ['a', 'b', 'c']) done.push((await jobs.runHere('write', name, { file: file(name) })).id)
    expect(await jobs.prune(1)).toEqual([done[1], done[0]])
    expect((await jobs.list()).map((job) => job.id)).toEqual([done[2], running])
    await jobs.remove(running)
    expect(existsSync(file('here'))).toBe(false)
    expect((await jobs.list()).map((job) => job.id)).toEqual([done[2]])
  })
})
