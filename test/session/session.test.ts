import { describe, expect, test } from 'vitest'
import { configInvalid } from '../../src/model/errors.ts'
import type { JobSnapshot } from '../../src/jobs/job.ts'
import { openSession, type Session } from '../../src/session/session.ts'
import { chosenJob } from '../../src/session/slices/jobs.ts'
import { currentRoute } from '../../src/session/slices/route.ts'
import { chosenRow } from '../../src/session/slices/search.ts'
import {
  sampleInstallation,
  sampleJob,
  sampleListing,
  sampleMarket,
  type SampleRegistry,
} from '../support/sample-market.ts'
import { testClock, testSystem } from '../support/test-system.ts'

const named = (...names: string[]) => names.map((name) => sampleListing({ name }))

function sitting(registries: SampleRegistry[]) {
  const clock = testClock()
  const system = testSystem({ clock })
  const marketplace = sampleMarket({ registries })
  const session = openSession({ marketplace, system })
  return { clock, marketplace, session, system }
}

const chosen = (session: Session): string | undefined => chosenRow(session.store.getState().search)?.listing.name
const names = (session: Session): string[] =>
  session.store.getState().search.catalog?.rows.map((row) => row.listing.name) ?? []

function gate(): { answers: Promise<void>; open: () => void } {
  let open = (): void => {}
  const answers = new Promise<void>((done) => (open = done))
  return { answers, open }
}

test('every fault of the settings is among the messages, and the first of them on the message line', async () => {
  const { marketplace, session } = sitting([{ name: 'acme', listings: [] }])
  const faults = [3, 7].map((line) => configInvalid({ file: 's.yaml', line }, 'is wrong'))
  marketplace.loaded.problems.push(...faults)
  await session.open()
  const { all, shown } = session.store.getState().notices
  expect(all.map(({ text }) => text).toSorted()).toEqual(faults.map(({ message }) => message).toSorted())
  expect(shown?.text).toBe(faults[0]?.message)
})

describe('a search that is typed', () => {
  test('shows what is known at each key and asks the registries 250 ms after the last one', async () => {
    const { clock, marketplace, session } = sitting([{ name: 'acme', listings: named('alpha', 'beta') }])
    await session.open()
    const before = marketplace.asked.length
    session.search.setText('al')
    expect(names(session)).toEqual(['alpha'])
    await clock.advance(200)
    session.search.setText('alp')
    await clock.advance(249)
    expect(marketplace.asked).toHaveLength(before)
    await clock.advance(1)
    expect(marketplace.asked.at(-1)?.text).toBe('alp')
  })

  test('words such as kind:plugin become filters', async () => {
    const { marketplace, session } = sitting([
      { name: 'acme', listings: [...named('alpha'), sampleListing({ name: 'beta', kind: 'plugin' })] },
    ])
    await session.open()
    session.search.setText('kind:plugin')
    expect(names(session)).toEqual(['beta'])
    session.search.submit()
    expect(marketplace.asked.at(-1)?.filters).toEqual({ kind: ['plugin'] })
    session.close()
  })

  test('suggests names and tags after two letters, at most eight', async () => {
    const many = Array.from({ length: 12 }, (_, index) => sampleListing({ name: `alpha-${index}`, tags: ['alphabet'] }))
    const { session } = sitting([{ name: 'acme', listings: many }])
    await session.open()
    session.search.setFocus('box')
    session.search.setText('a')
    expect(session.store.getState().search.suggestions).toEqual([])
    session.search.setText('alp')
    expect(session.store.getState().search.suggestions).toHaveLength(8)
    expect(session.search.acceptSuggestion()).toBe(true)
    expect(session.store.getState().search.text).toBe('alpha-0')
    session.close()
  })
})

describe('the row under the cursor', () => {
  test('stays on its line when slower registries bring rows above it', async () => {
    const late = gate()
    const { clock, session } = sitting([
      { name: 'acme', listings: named('m1', 'm2', 'm3') },
      {
        name: 'slow',
        listings: [sampleListing({ name: 'a1', registry: 'slow' }), sampleListing({ name: 'a2', registry: 'slow' })],
        answers: late.answers,
      },
    ])
    const opened = session.open()
    await clock.advance(100)
    session.search.move(1)
    expect(chosen(session)).toBe('m2')
    const line = session.store.getState().search.cursor.line
    late.open()
    await clock.advance(100)
    await opened
    expect(names(session)).toEqual(['a1', 'a2', 'm1', 'm2', 'm3'])
    expect(chosen(session)).toBe('m2')
    expect(session.store.getState().search.cursor.line).toBe(line)
    session.close()
  })

  test('is kept with text, filters and page while details are open, and after an error', async () => {
    const { session } = sitting([{ name: 'acme', listings: named('alpha', 'alpine', 'beta') }])
    await session.open()
    session.search.setText('al')
    session.search.move(1)
    const before = session.store.getState().search
    session.route.go({ screen: 'details', id: 'acme/nothing' })
    await session.details.load('acme/nothing')
    expect(session.store.getState().notices.shown).toMatchObject({ level: 'error' })
    expect(session.route.back()).toBe(true)
    expect(session.store.getState().search).toBe(before)
    expect(chosen(session)).toBe('alpine')
    session.close()
  })

  test('walks into the next page at the end of one and back again', async () => {
    const many = Array.from({ length: 150 }, (_, index) =>
      sampleListing({ name: `n${String(index).padStart(3, '0')}` }),
    )
    const { session } = sitting([{ name: 'acme', listings: many }])
    await session.open()
    session.search.move(1_000_000_000)
    expect(chosen(session)).toBe('n099')
    session.search.move(1)
    expect(chosen(session)).toBe('n100')
    session.search.move(-1)
    expect(chosen(session)).toBe('n099')
    session.close()
  })
})

test('back never leaves the first screen', () => {
  const { session } = sitting([])
  session.route.go({ screen: 'jobs' })
  expect(session.route.back()).toBe(true)
  expect(currentRoute(session.store.getState()).screen).toBe('search')
  expect(session.route.back()).toBe(false)
  session.close()
})

describe('jobs', () => {
  test('progress reaches the screen four times a second, the end at once', async () => {
    const { clock, marketplace, session } = sitting([])
    await session.open()
    marketplace.tell(sampleJob({ percent: 1 }))
    const percent = (): number | undefined => session.store.getState().jobs.jobs[0]?.percent
    expect(percent()).toBe(1)
    for (let done = 2; done <= 20; done++) marketplace.tell(sampleJob({ percent: done }))
    expect(percent()).toBe(1)
    await clock.advance(250)
    expect(percent()).toBe(20)
    marketplace.tell(sampleJob({ percent: 100, state: 'succeeded' }))
    expect(percent()).toBe(100)
    expect(session.store.getState().notices.shown?.text).toContain('done')
    session.close()
  })

  test('a list read while news came in takes nothing back: no percentage falls, an end stays an end', async () => {
    const { marketplace, session } = sitting([])
    let answer: (jobs: JobSnapshot[]) => void = () => {}
    marketplace.jobs.list = () => new Promise((done) => (answer = done))
    const opened = session.open()
    marketplace.tell(sampleJob({ id: 'a', percent: 60 }))
    marketplace.tell(sampleJob({ id: 'b', percent: 100, state: 'succeeded' }))
    answer([sampleJob({ id: 'a', percent: 20 }), sampleJob({ id: 'b', percent: 40 })])
    await opened
    const { jobs } = session.store.getState().jobs
    expect(jobs.map((job) => [job.id, job.state, job.percent])).toEqual([
      ['b', 'succeeded', 100],
      ['a', 'running', 60],
    ])
    session.close()
  })

  test('the newest job is under the cursor until the user chooses one, which stays', async () => {
    const { marketplace, session } = sitting([])
    await session.open()
    const at = (): string | undefined => chosenJob(session.store.getState().jobs)?.id
    const job = (id: string, minute: number) => sampleJob({ id, createdAt: `2026-01-01T00:0${minute}:00.000Z` })
    marketplace.tell(job('old', 1))
    marketplace.tell(job('new', 2))
    expect(at()).toBe('new')
    session.jobs.move(1)
    expect(at()).toBe('old')
    marketplace.tell(job('newest', 3))
    expect(at()).toBe('old')
    session.close()
  })

  test('a removal starts on No and an install is planned before anything starts', async () => {
    const goods = named('alpha')
    const system = testSystem({ clock: testClock() })
    const marketplace = sampleMarket({
      registries: [{ name: 'acme', listings: goods }],
      installed: goods.map(sampleInstallation),
    })
    const session = openSession({ marketplace, system })
    await session.install.plan('uninstall', ['acme/alpha'])
    expect(session.store.getState().install).toMatchObject({ stage: 'asking', isYes: false })
    expect(marketplace.started).toEqual([])
    await session.install.start()
    expect(marketplace.started).toMatchObject([{ type: 'uninstall', input: { ids: ['acme/alpha'], yes: true } }])
    session.close()
  })

  test('a run form names what is wrong before it starts anything', async () => {
    const { marketplace, session } = sitting([])
    const parameters = { type: 'object', properties: { count: { type: 'integer', minimum: 2, default: 1 } } }
    session.run.open(sampleListing({ name: 'alpha', extra: { parameters } }))
    expect(await session.run.start()).toBeUndefined()
    expect(session.store.getState().notices.shown?.text).toBe('count must be at least 2.')
    session.run.setText('count', 'x')
    await session.run.start()
    expect(session.store.getState().notices.shown?.text).toBe('count must be a whole number.')
    session.run.setText('count', '3')
    await session.run.start()
    expect(marketplace.started).toMatchObject([
      { type: 'run', input: { template: 'acme/alpha', envs: ['dev'], parameters: { count: 3 } } },
    ])
    session.close()
  })
})

test('the view mode is kept for the next run; a damaged file is a first run', () => {
  const { marketplace, session, system } = sitting([])
  session.view.cycleMode()
  expect(openSession({ marketplace, system }).store.getState().view.mode).toBe('detailed')
  session.close()
})
