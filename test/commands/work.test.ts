import { describe, expect, it } from 'vitest'
import { testClock, testSystem } from '../support/test-system.ts'
import { scene, souk } from './stand-in.ts'

const started = (world: ReturnType<typeof scene>): unknown[] =>
  world.asked.filter((one) => one.call === 'start').map((one) => one.with)

describe('install', () => {
  it('in a pipe without --yes prints the plan, says what to do, and exits 2', async () => {
    const told = await souk(['install', 'web-app'])
    expect(told.exit).toBe(2)
    expect(told.out).toContain('official/web-app')
    expect(told.err).toContain('Add --yes')
    expect(started(told.world)).toEqual([])
    const json = await souk(['install', 'web-app', '--json'])
    expect(json.json()).toMatchObject({
      error: { code: 'usage.confirm', details: { plan: { roots: ['official/web-app'] } } },
    })
  })

  it('asks on a terminal; a no changes nothing and exits 5', async () => {
    const yes = await souk(['install', 'web-app'], { system: testSystem({ isTTY: true, answers: ['y'] }) })
    expect(yes.exit).toBe(0)
    expect(started(yes.world)).toHaveLength(1)
    for (const answers of [['n'], [''], []]) {
      const no = await souk(['install', 'web-app'], { system: testSystem({ isTTY: true, answers }) })
      expect(no.exit).toBe(5)
      expect(started(no.world)).toEqual([])
    }
  })

  it('with --yes starts the job, follows it, and says what was done', async () => {
    const told = await souk(['install', 'web-app', '--yes', '--offline'])
    expect(told.exit).toBe(0)
    expect(started(told.world)).toMatchObject([{ type: 'install', input: { ids: ['web-app'], yes: true } }])
    expect(told.out).toContain('installed official/web-app 1.2.0')
    expect(told.err).toContain('Download: done')
  })

  it('as a dry run prints the very plan and starts nothing', async () => {
    const told = await souk(['install', 'web-app', '--dry-run', '--json'])
    expect(told.exit).toBe(0)
    expect(told.json()).toMatchObject({ plan: { changes: [{ action: 'add', id: 'official/web-app' }] } })
    expect(started(told.world)).toEqual([])
  })

  it('refuses a plan with a conflict and shows who wants what', async () => {
    const world = scene()
    world.plan.conflicts = [
      {
        name: 'core',
        ranges: [
          { by: 'a', range: '^1' },
          { by: 'b', range: '^2' },
        ],
        known: ['1.0.0'],
      },
    ]
    const told = await souk(['install', 'web-app', '--yes'], { world })
    expect(told.exit).toBe(2)
    expect(told.out).toContain('conflict: core: a wants ^1, b wants ^2')
    world.plan.changes = []
    const dry = await souk(['install', 'web-app', '--dry-run'], { world })
    expect(dry.exit).toBe(2)
    expect(dry.out).toContain('cannot be carried out')
    expect(dry.out).not.toContain('Already installed')
    expect(started(world)).toEqual([])
  })

  it('says that a name is nowhere, or has no such version, in words of its own', async () => {
    const nowhere = scene()
    nowhere.plan.roots = []
    nowhere.plan.changes = []
    nowhere.sources = [{ registry: 'far', registryType: 'private', state: 'failed', items: 0, ms: 1, skipped: [] }]
    nowhere.plan.missing = [{ name: 'web-ap', by: 'asked for', asked: ['team', 'far (unreachable: refused)'] }]
    const told = await souk(['install', 'web-ap', '--yes'], { world: nowhere })
    // A registry that was not reached may have it, so this is no mistyped name yet.
    expect(told.exit).toBe(3)
    expect(told.err).toContain('Nothing called "web-ap" was found')
    expect(told.err).toContain('far')
    nowhere.plan.missing = [{ name: 'x', by: 'asked for', asked: ['team (unreachable: registry.authentication)'] }]
    const locked = await souk(['install', 'x', '--yes'], { world: nowhere })
    expect(locked.exit).toBe(4)
    expect(locked.err).toContain('"team" refused the credentials')
    const newer = scene()
    newer.plan.conflicts = [{ name: 'web-app', ranges: [{ by: 'asked for', range: '^9' }], known: ['1.2.0'] }]
    const refused = await souk(['install', 'web-app@^9', '--yes'], { world: newer })
    expect(refused.exit).toBe(2)
    expect(refused.err).toContain('"web-app" has no version that fits ^9.')
    expect(started(newer)).toEqual([])
  })

  it('goes on with the others when one of several names is nowhere', async () => {
    const world = scene()
    world.plan.missing = [{ name: 'nosuch', by: 'asked for', asked: ['team'] }]
    const told = await souk(['install', 'web-app', 'nosuch', '--yes'], { world })
    expect(told.out).toContain('missing: nosuch (asked: team)')
    expect(started(world)).toHaveLength(1)
  })

  it('prints the id and returns with --detach', async () => {
    expect(await souk(['install', 'web-app', '--yes', '--detach'])).toMatchObject({ exit: 0 })
    const told = await souk(['install', 'web-app', '--yes', '--detach', '--json'])
    expect(told.json()).toMatchObject({ job: { id: 'j1' } })
  })
})

describe('a followed job', () => {
  it('is cancelled by Ctrl-C and exits 5', async () => {
    const control = new AbortController()
    const world = scene({ events: [{ type: 'started', pid: 1, mark: 'x', steps: [] }, 'wait'] })
    const ending = souk(['run', 'web-app', '--env', 'dev'], { world, signal: control.signal })
    control.abort()
    expect((await ending).exit).toBe(5)
    expect(world.asked.filter((one) => one.call === 'cancel')).toEqual([{ call: 'cancel', with: 'j1' }])
  })

  it('that is only watched goes on after Ctrl-C', async () => {
    const control = new AbortController()
    const world = scene({ events: ['wait'] })
    const ending = souk(['jobs', 'follow', 'j1'], { world, signal: control.signal })
    control.abort()
    expect((await ending).exit).toBe(5)
    expect(world.asked.filter((one) => one.call === 'cancel')).toEqual([])
  })

  it('ends with the exit code of its error', async () => {
    const error = { code: 'item.digest', message: 'The digest differs.', hint: 'Tell the owner.', exit: 1 }
    const world = scene({ events: [{ type: 'finished', state: 'failed', ms: 1, error }] })
    const told = await souk(['install', 'web-app', '--yes'], { world })
    expect(told.exit).toBe(1)
    expect(told.err).toContain('The digest differs.')
    expect(told.err).toContain('Tell the owner.')
  })

  it('whose result says failed exits 1', async () => {
    const world = scene({
      events: [{ type: 'finished', state: 'succeeded', ms: 1, result: { status: 'failed', score: 40 } }],
    })
    const told = await souk(['run', 'web-app'], { world })
    expect(told).toMatchObject({ exit: 1, out: expect.stringContaining('score: 40') as string })
  })

  it('writes plain lines to a pipe, at most one a second, and loses no step', async () => {
    const clock = testClock()
    const steps = ['a', 'b', 'c'].map((id) => ({ id, title: `Step ${id}` }))
    const world = scene({
      events: [
        { type: 'started', pid: 1, mark: 'x', steps },
        ...steps.map(({ id }) => ({ type: 'step', step: id, state: 'done', ms: 5 }) as const),
        { type: 'finished', state: 'succeeded', ms: 1 },
      ],
    })
    const { err } = await souk(['run', 'web-app'], { world, system: testSystem({ clock }) })
    const lines = err.trim().split('\n')
    // The first at once, the rest together at the end, for no second went by.
    expect(lines).toEqual(['Step a: done 5 ms', 'Step b: done 5 ms; Step c: done 5 ms'])
    expect(err).not.toContain('\u001b')
  })
})

describe('run', () => {
  it('hands over absolute paths and every parameter', async () => {
    const { world } = await souk([
      'run',
      't',
      '--env',
      'dev,qa',
      '--env',
      'dev',
      '--out',
      'o',
      '--param',
      'a=b=c',
      '--seed',
      's',
      '--force',
      '--level',
      '9',
    ])
    expect(started(world)).toMatchObject([
      {
        type: 'run',
        input: {
          template: 't',
          envs: ['dev', 'qa'],
          out: `${process.cwd()}/o`,
          parameters: { a: 'b=c' },
          seed: 's',
          force: true,
          level: 9,
        },
      },
    ])
  })

  it('hands over features, tiers and format, and refuses what is neither on nor off', async () => {
    const flags = ['--feature', 'cosmos_db=on', '--feature', 'cdn=false', '--tiers', 'requested', '--format', 'both']
    const { world } = await souk(['run', 't', ...flags])
    const input = { features: { cosmos_db: true, cdn: false }, tiers: 'requested', format: 'both' }
    expect(started(world)).toMatchObject([{ type: 'run', input }])
    const told = await souk(['run', 't', '--feature', 'cdn=maybe'])
    expect(told).toMatchObject({ exit: 2, err: expect.stringContaining('--feature cdn is on or off') as string })
    expect((await souk(['run', 't', '--format', 'bicep'])).exit).toBe(2)
  })
})
