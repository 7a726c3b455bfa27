import { describe, expect, test } from 'vitest'
import type { JobSnapshot, StepSnapshot } from '../../src/jobs/job.ts'
import { robot } from '../support/robot.ts'
import { sampleJob, sampleListing, sampleMarket } from '../support/sample-market.ts'
import { testClock, testSystem } from '../support/test-system.ts'

const PARAMETERS = {
  type: 'object',
  required: ['owner'],
  properties: {
    prefix: { type: 'string', pattern: '^[a-z]{2,4}$', default: 'evt', description: 'Starts every name.' },
    owner: { type: 'string', minLength: 3, default: 'team' },
    size: { type: 'integer', minimum: 1, maximum: 9, default: 2 },
  },
}
const GOODS = ['alpha', 'beta', 'gamma'].map((name) =>
  sampleListing({ name, kind: 'template', extra: { parameters: PARAMETERS } }),
)

function open(facts: { columns?: number; rows?: number; env?: Record<string, string>; clock?: boolean } = {}) {
  const clock = testClock()
  const system = testSystem({
    isTTY: true,
    ...(facts.env ? { env: facts.env } : {}),
    ...(facts.clock ? { clock } : {}),
  })
  const marketplace = sampleMarket({ registries: [{ name: 'acme', listings: GOODS }] })
  const { columns = 80, rows = 24 } = facts
  return { marketplace, clock, user: robot({ marketplace, system, columns, rows }) }
}

const STEPS = ['Generate', 'Enrich', 'Validate', 'Package']

/** A run in its `at`th step, half of it done. */
function runAt(id: string, at: number, part: Partial<JobSnapshot> = {}): JobSnapshot {
  const steps = STEPS.map((title, index): StepSnapshot => {
    if (index < at) return { id: title, title, state: 'done', done: 4, total: 4, unit: 'environments', ms: 3000 }
    if (index > at) return { id: title, title, state: 'waiting', done: 0 }
    return { id: title, title, state: 'running', done: 2, total: 4, unit: 'environments', rate: 3 }
  })
  const log = [1, 2, 3, 4].map((n) => ({ at: `2026-01-01T00:00:0${n}.000Z`, level: 'info', text: `${id} says ${n}` }))
  return sampleJob({ id, type: 'run', title: `Run ${id}`, percent: 10 + 25 * at, steps, log, ...part })
}

describe('three jobs at once at 80x24', () => {
  test('each shows its stages, the running one with bar, counts and rate, and its last log line', async () => {
    const { user, marketplace } = open()
    await user.see('alpha')
    for (const [index, id] of ['one', 'two', 'three'].entries()) marketplace.tell(runAt(id, index))
    await user.press('4')
    for (const id of ['one', 'two', 'three']) {
      await user.see(new RegExp(`Run ${id} +running +\\[`))
      await user.see(`${id} says 4`)
    }
    await user.see(/\.\.\. +Validate +\[#+-+] +50% 2 of 4 environments, 3\/s/)
    expect(user.text().match(/\.\.\. /g)).toHaveLength(3)
    expect(user.lines()[0]).toContain('3 running')
  })

  test('a long install keeps its running step in sight', async () => {
    const { user, marketplace } = open()
    await user.see('alpha')
    const steps = Array.from({ length: 9 }, (_, index): StepSnapshot => {
      const state = index < 7 ? 'done' : index === 7 ? 'running' : 'waiting'
      return { id: `${index}`, title: `Step number ${index}`, state, done: 0 }
    })
    for (const id of ['one', 'two', 'three']) marketplace.tell(sampleJob({ id, title: `Install ${id}`, steps }))
    await user.press('4')
    await user.see('Install three')
    expect(user.text().match(/\.\.\. {2}Step number 7/g)).toHaveLength(3)
  })

  test('at 40x12 the chosen job is a pane, and every line is fitted', async () => {
    const { user, marketplace } = open({ columns: 40, rows: 12 })
    await user.see('alpha')
    for (const id of ['one', 'two', 'three']) marketplace.tell(runAt(id, 2))
    await user.press('4')
    await user.see('Run one')
    await user.see(/\.\.\. +Validate/)
  })
})

describe('forty jobs at once', () => {
  const forty = async (columns: number, rows: number) => {
    const { user, marketplace } = open({ columns, rows })
    await user.see('alpha')
    const now = testSystem().clock.now()
    for (let index = 0; index < 40; index++) {
      const id = `job-${String(index).padStart(2, '0')}`
      const createdAt = new Date(now - index * 1000).toISOString()
      const job = runAt(id, 2, { createdAt, startedAt: createdAt, state: index < 38 ? 'running' : 'queued' })
      const endsAt = new Date(now + 115_000).toISOString()
      const steps = job.steps.map((step) => (step.state === 'running' ? { ...step, endsAt } : step))
      marketplace.tell({ ...job, steps, memory: { recentBytes: [60e6, 70e6, 80e6], peakBytes: 81e6 } })
    }
    await user.press('4')
    return user
  }

  test('are rows with a count above them, and the chosen one a pane with its steps, time left and memory', async () => {
    const user = await forty(80, 24)
    await user.see(/^ 40 jobs: 38 running, 2 queued/)
    await user.see(/memory 76.3 MiB, most 77.2 MiB .+/)
    expect(user.text().match(/^ Run job-\d\d +running +\[#+-+\] +60% Validate, ~2 min left/gm)?.length).toBeGreaterThan(
      8,
    )
    expect(user.text().match(/Package/g)).toHaveLength(1)
    expect(user.text()).toMatch(/2 of 4 environments, ~2 min left/)
    await user.press('j', 'j')
    await user.see(/^>Run job-02/)
    await user.press('G')
    await user.see(/^>Run job-39 +queued/)
    for (const one of user.lines()) expect(one.length).toBeLessThanOrEqual(80)
  })

  test('at 40x12 the chosen one still has its head and running step', async () => {
    const user = await forty(40, 12)
    await user.see(/^>Run job-00/)
    await user.see(/\.\.\. +Validate/)
    expect(user.text().match(/^ Run job-/gm)?.length).toBeGreaterThan(2)
  })
})

test('the log shows all lines, those of a level or those of one step', async () => {
  const { user, marketplace } = open()
  await user.see('alpha')
  const say = (level: string, step: string, text: string) => ({ at: '2026-01-01T00:00:01.000Z', level, step, text })
  const log = [
    say('info', 'Generate', 'made it'),
    say('warning', 'Validate', 'odd name'),
    say('error', 'Validate', 'no name'),
  ]
  marketplace.tell(runAt('one', 2, { log }))
  await user.press('4', 'enter')
  await user.see('made it')
  await user.press('f', '2')
  await user.see('only warnings and errors: 2 of 3 lines')
  await user.seeNo('made it')
  await user.see('odd name')
  await user.press('f', '3')
  await user.see('only errors: 1 of 3 lines')
  await user.seeNo('odd name')
  await user.press('f', '4')
  await user.see('only the step Generate: 1 of 3 lines')
  await user.see('made it')
  await user.press('f', '1')
  await user.see('odd name')
  await user.seeNo('only')
})

test('a job that failed tells all of its sentence in its pane and in its log', async () => {
  const { user, marketplace } = open()
  await user.see('alpha')
  const message = 'The output folder /tmp/somewhere/far/away/from/home/dev is not empty, and nothing in it was touched.'
  const error = { message, hint: 'Choose another folder, or let it write over what is there.' }
  marketplace.tell(sampleJob({ id: 'a', title: 'Run one', state: 'failed', steps: [], log: [], error }))
  await user.press('4')
  await user.see(/^ +is there\. +$/)
  await user.press('enter')
  await user.see(/^ +is there\. +$/)
  await user.see('It wrote no log.')
})

describe('what is written while jobs run', () => {
  const written = async (env: Record<string, string>, seconds: number): Promise<number> => {
    const { user, marketplace, clock } = open({ env, clock: true })
    await clock.advance(1000)
    marketplace.tell(runAt('one', 0))
    await user.press('4')
    await clock.advance(2000)
    let frames = 0
    let before = user.written.length
    for (let done = 1; done <= seconds * 20; done += 1) {
      const job = runAt('one', 0)
      marketplace.tell({ ...job, steps: job.steps.map((step) => ({ ...step, done, total: 1000 })) })
      await clock.advance(50)
      if (user.written.length > before) frames += 1
      before = user.written.length
    }
    return frames
  }

  test('at most four frames a second here, one over SSH or in tmux', async () => {
    const local = await written({}, 4)
    expect(local).toBeGreaterThanOrEqual(12)
    expect(local).toBeLessThanOrEqual(4 * 5)
    for (const name of ['SSH_CONNECTION', 'TMUX']) {
      const slow = await written({ [name]: 'x' }, 4)
      expect(slow).toBeGreaterThanOrEqual(3)
      expect(slow).toBeLessThanOrEqual(4 * 2)
    }
  })

  test('nothing when nothing changes', async () => {
    const { user, clock } = open({ clock: true })
    await clock.advance(1000)
    await user.see('alpha')
    await clock.advance(5000)
    const before = user.written.length
    await clock.advance(60_000)
    expect(user.written.length).toBe(before)
  })
})

test('rows tell what happens to their item: installing, failed, installed', async () => {
  const { user, marketplace } = open()
  await user.see(/> +alpha/)
  await user.press('j', 'i')
  await user.see('> [Yes]')
  await user.press('y')
  await user.see('684 KiB of 1.3 MiB')
  await user.press('escape')
  await user.see(/> +beta.*installing 50%/)
  marketplace.tell(sampleJob({ state: 'failed', error: { message: 'The disk is full.', hint: 'Make room.' } }))
  await user.see(/> +beta.*failed/)
  await user.see('The disk is full.')
})

test('a finished job is forgotten only after a yes, and No is marked', async () => {
  const { user, marketplace } = open()
  await user.see('alpha')
  marketplace.tell(sampleJob({ id: 'old', title: 'Run old', state: 'succeeded', percent: 100 }))
  await user.press('4')
  await user.see('Run old')
  await user.press('x')
  await user.see('Forget Run old?')
  await user.press('enter')
  await user.seeNo('Forget')
  await user.see('Run old')
  await user.press('x', 'y')
  await user.seeNo('Run old')
})

test('a failed install says why and what to do, and leaves the screen usable', async () => {
  const { user, marketplace } = open()
  await user.see(/> +alpha/)
  await user.press('i')
  await user.see('> [Yes]')
  await user.press('y')
  await user.see('684 KiB of 1.3 MiB')
  marketplace.tell(sampleJob({ state: 'failed', error: { message: 'The disk is full.', hint: 'Make room.' } }))
  await user.see('   The disk is full. Make room.')
  await user.see('What was begun is undone')
  await user.press('r')
  await user.see('> [Yes]')
  await user.press('escape')
  await user.see(/> +alpha/)
})

describe('the run form', () => {
  const form = async () => {
    const parts = open()
    await parts.user.see(/> +alpha/)
    await parts.user.press('g')
    await parts.user.see('Generate, validate and package alpha')
    return parts
  }

  test('checks patterns, lengths and numbers while typing, with the sentence under the field', async () => {
    const { user } = await form()
    await user.press('down', 'down', 'down')
    await user.see('Starts every name.')
    await user.send('X')
    await user.see('prefix must match ^[a-z]{2,4}$.')
    const at = user.lines().findIndex((one) => one.startsWith('> prefix'))
    expect(user.lines()[at + 1]).toContain('prefix must match')
    await user.press('backspace')
    await user.seeNo('must match')
    await user.press('down')
    await user.send('\u0015ab')
    await user.see('owner must have at least 3 characters.')
    await user.press('down')
    await user.send('\u001510')
    await user.see('size must be at most 9.')
  })

  test('starts nothing until all is well, then the very run the shown command would start', async () => {
    const { user, marketplace } = await form()
    await user.send('\u0015dev, prod')
    await user.press('down')
    await user.send('\u0015/tmp/made here')
    await user.press('down', 'down', 'down', 'down')
    await user.send('\u00150')
    await user.press('\u0012')
    await user.see('size must be at least 1.')
    expect(marketplace.started).toEqual([])
    await user.send('\u00155')
    await user.see("Same as: souk run acme/alpha --env dev,prod --out '/tmp/made here' --param")
    await user.see(/^ size=5 +$/)
    await user.press('\u0012')
    await user.see('Run alpha for dev, prod')
    expect(marketplace.started).toEqual([
      {
        type: 'run',
        title: 'Run alpha for dev, prod',
        input: {
          template: 'acme/alpha',
          envs: ['dev', 'prod'],
          out: '/tmp/made here',
          parameters: { size: 5 },
          force: false,
        },
      },
    ])
  })
})

describe('beside the screen', () => {
  test('y copies the id over the line, in tmux through it as well, and says so', async () => {
    const sequence = `\u001b]52;c;${Buffer.from('acme/alpha').toString('base64')}\u001b\\`
    const { user } = open()
    await user.see(/> +alpha/)
    await user.press('y')
    await user.see('copied acme/alpha')
    expect(user.written).toContain(sequence)
    expect(user.written).not.toContain('Ptmux;')
    const inside = open({ env: { TMUX: '/tmp/tmux,1,0' } })
    await inside.user.see(/> +alpha/)
    await inside.user.press('y')
    await inside.user.see('copied acme/alpha')
    expect(inside.user.written).toContain(`\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}\u001b\\`)
  })

  test('the window title says idle, running, failed, and is given back at the end', async () => {
    const { user, marketplace } = open()
    await user.see('alpha')
    expect(user.written).toContain('\u001b]2;Souk: idle\u001b\\')
    marketplace.tell(sampleJob({ percent: 40 }))
    await expect.poll(() => user.written).toContain('\u001b]2;Souk: 1 running, 40%\u001b\\')
    marketplace.tell(sampleJob({ state: 'failed' }))
    await expect.poll(() => user.written).toContain('\u001b]2;Souk: failed\u001b\\')
    await user.press('q')
    await user.ended
    expect(user.written.lastIndexOf('\u001b[23;2t')).toBeGreaterThan(user.written.lastIndexOf('\u001b]2;'))
  })

  test(':quit asks about running jobs as q does; :messages tells all that was said', async () => {
    const { user, marketplace } = open()
    await user.see('alpha')
    marketplace.tell(sampleJob({}))
    await user.see('1 running')
    await user.send(':quit\r')
    await user.see('1 job goes on without the screens')
    await user.press('n')
    marketplace.tell(sampleJob({ state: 'failed', error: { message: 'The disk is full.' } }))
    await user.see('error: Install acme/alpha: failed')
    await user.send(':messages\r')
    await user.see(/\d\d:\d\d:\d\d error: Install acme\/alpha: failed The disk is full\./)
  })
})
