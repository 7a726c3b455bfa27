import { describe, expect, it } from 'vitest'
import { keepSecret } from '../../src/model/secrets.ts'
import type { Figures, RegistryFigures } from '../../src/model/figures.ts'
import type { Events } from '../../src/model/events.ts'
import { openMetrics } from '../../src/metrics/open-metrics.ts'
import { openEventHub } from '../../src/system/event-hub.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem } from '../support/test-system.ts'

const DAY = 86_400_000
type Settled = Events['registry.settled']

function market() {
  const clock = testClock()
  const hub = openEventHub((text) => expect.unreachable(text))
  const settings = { enabled: true, maxBytes: 1024 * 1024 }
  const metrics = openMetrics({ system: testSystem({ clock }), folder: tempFolder(), settings, on: hub.on })
  const settled = (registry: string, part: Partial<Settled> = {}): void =>
    hub.emit('registry.settled', { registry, call: 'search', state: 'fresh', items: 1, ms: 10, ...part })
  const answered = (registry: string, ms: number, status?: number, kind = 'search'): void =>
    hub.emit('http.request', {
      registry,
      kind,
      method: 'GET',
      url: 'https://team.example',
      ms,
      bytes: 1,
      attempt: 1,
      ...(status === undefined ? {} : { status }),
    })
  const of = (registry: string): RegistryFigures | undefined =>
    metrics.figures().registries.find((one) => one.registry === registry)
  return { clock, emit: hub.emit, settled, answered, of, figures: (): Figures => metrics.figures() }
}

describe('how a registry answers', () => {
  it('is told by the mean and percentiles of the last hundred requests', () => {
    const { answered, of } = market()
    for (let ms = 1; ms <= 100; ms++) answered('team', ms, 200)
    expect(of('team')?.response).toEqual({ samples: 100, mean: 50.5, p50: 50, p95: 95, p99: 99 })
    for (let more = 0; more < 60; more++) answered('team', 400, 200)
    expect(of('team')?.response).toMatchObject({ samples: 100, p50: 400 })
    for (let more = 0; more < 100; more++) answered('team', 5, 200)
    expect(of('team')?.response).toMatchObject({ mean: 5, p99: 5 })
  })

  it('is not told by how fast it failed, nor by how long a download took', () => {
    const { answered, of } = market()
    answered('team', 20, 200)
    answered('team', 1)
    answered('team', 60_000, 200, 'download')
    expect(of('team')?.response).toMatchObject({ samples: 1, mean: 20 })
    expect(of('team')?.recentMs).toEqual([20, null])
  })

  it('is told by its questions where it makes no requests, as git and folders do', () => {
    const { settled, of } = market()
    settled('goods', { ms: 30 })
    settled('goods', { ms: 50 })
    expect(of('goods')).toMatchObject({ response: { samples: 2, mean: 40 }, successRate: 1 })
  })

  it('has a pace over the time of its last hundred calls, one minute at least', async () => {
    const { answered, of, clock } = market()
    for (let call = 0; call < 4; call++) answered('team', 1, 200)
    expect(of('team')?.callsPerMinute).toBe(4)
    for (let call = 0; call < 120; call++) {
      await clock.advance(6000)
      answered('team', 1, 200)
    }
    expect(of('team')?.callsPerMinute).toBeCloseTo(10, 0)
  })

  it('counts what failed, refused credentials and "too many requests" for that registry alone', () => {
    const { settled, answered, of } = market()
    for (let well = 0; well < 3; well++) settled('team')
    settled('team', { state: 'failed', type: 'connection', code: 'registry.connection' })
    settled('team', { state: 'dropped' })
    expect(of('team')).toMatchObject({ calls: 4, failed: 1, successRate: 0.75, errors: { connection: 1 } })
    for (const status of [401, 401, 429, 429]) answered('guild', 3, status)
    expect(of('guild')).toMatchObject({ authFailures: 2, rateLimitHits: 2 })
    expect(of('team')).toMatchObject({ authFailures: 0, rateLimitHits: 0 })
    // Without requests the question itself is what was refused.
    settled('git', { state: 'unauthorised', type: 'authentication', code: 'registry.authentication' })
    expect(of('git')?.authFailures).toBe(1)
    // Where nothing was sent for want of credentials, nobody refused.
    for (let again = 0; again < 4; again++)
      settled('vault', { state: 'unauthorised', type: 'authentication', code: 'registry.credentials' })
    expect(of('vault')).toMatchObject({ failed: 4, authFailures: 0, bursts: [] })
  })

  it('flags failures of one kind that come close together, with the first moment', async () => {
    const { settled, of, clock } = market()
    const fail = (): void => settled('team', { state: 'failed', type: 'connection', code: 'registry.connection' })
    fail()
    await clock.advance(61_000)
    const firstAt = clock.now()
    fail()
    await clock.advance(30_000)
    fail()
    settled('team', { state: 'failed', type: 'rate_limit', code: 'registry.rateLimit' })
    expect(of('team')?.bursts).toEqual([])
    await clock.advance(59_000)
    fail()
    expect(of('team')?.bursts).toEqual([{ type: 'connection', count: 3, firstAt, lastAt: clock.now() }])
    await clock.advance(120_000)
    for (let again = 0; again < 4; again++) fail()
    expect(of('team')?.bursts.map((one) => one.count)).toEqual([4, 3])
  })

  it('warns of a certificate below thirty days, and is critical below seven', async () => {
    const { emit, of, clock } = market()
    emit('http.certificate', { registry: 'team', endsAt: clock.now() + 31 * DAY })
    expect(of('team')?.certificate).toMatchObject({ daysLeft: 31, level: 'fine' })
    await clock.advance(DAY + 1)
    expect(of('team')?.certificate).toMatchObject({ daysLeft: 29, level: 'warning' })
    await clock.advance(23 * DAY)
    expect(of('team')?.certificate).toMatchObject({ daysLeft: 6, level: 'critical' })
    await clock.advance(8 * DAY)
    expect(of('team')?.certificate).toMatchObject({ daysLeft: -2, level: 'critical' })
    emit('http.certificate', { registry: 'team', endsAt: clock.now() + 90 * DAY })
    expect(of('team')?.certificate).toMatchObject({ level: 'fine' })
  })
})

describe('what people did', () => {
  it('counts a search once it is typed, and names those asked most', async () => {
    const { emit, figures, clock } = market()
    const search = async (text: string, waitMs = 6000): Promise<void> => {
      emit('search.started', { text, registries: [] })
      await clock.advance(waitMs)
    }
    for (const typed of ['k', 'ku', 'kube']) await search(typed, 200)
    await search('kube')
    await search('storage')
    await search('kube')
    await search('')
    expect(figures().templates).toMatchObject({
      searches: 3,
      topSearches: [
        { text: 'kube', count: 2 },
        { text: 'storage', count: 1 },
      ],
    })
  })

  it('keeps no secret of this process in the words of a search', () => {
    const { emit, figures } = market()
    keepSecret('hush-hush-1234567')
    emit('search.started', { text: 'find hush-hush-1234567 \u001b[31m', registries: [] })
    emit('search.started', { text: 'other', registries: [] })
    const [first] = figures().templates.topSearches
    expect(first?.text).toBe('find *** ␛[31m')
  })

  it('counts installs by item and the share of them that went well', () => {
    const { emit, figures } = market()
    const job = { job: 'j', kind: 'install', asked: 1, failed: 0, state: 'succeeded' }
    for (const id of ['team/a', 'team/b', 'team/a']) emit('install.changed', { id, action: 'add' })
    emit('install.changed', { id: 'team/a', action: 'remove' })
    emit('job.ended', job)
    emit('job.ended', job)
    emit('job.ended', { ...job, state: 'failed', failed: 1, code: 'item.digest', type: 'validation' })
    emit('job.ended', { ...job, state: 'cancelled', failed: 1, code: 'job.cancelled' })
    // The same error, shown to the one who followed the job.
    emit('error.told', { code: 'item.digest', type: 'validation', command: 'install' })
    expect(figures().templates).toMatchObject({
      installs: [
        { id: 'team/a', count: 2 },
        { id: 'team/b', count: 1 },
      ],
      asked: 3,
      installed: 2,
    })
    expect(figures().templates.installationRate).toBeCloseTo(0.67, 2)
    expect(figures().errors.byType).toMatchObject({ validation: 1 })
  })

  it('counts an install that never got to be a job, and no wrong command line', () => {
    const { emit, figures } = market()
    emit('error.told', { code: 'item.notFound', type: 'version', command: 'install' })
    emit('error.told', { code: 'usage.wrong', command: 'install' })
    expect(figures().templates).toMatchObject({ asked: 1, installed: 0, installationRate: 0 })
    expect(figures().errors.byCode).toEqual([{ code: 'item.notFound', count: 1 }])
  })

  it('counts how validations ended, and each kind of error', () => {
    const { emit, settled, figures } = market()
    for (const status of ['passed', 'warning', 'failed']) emit('validation.done', { status })
    expect(figures().templates.validations).toEqual({ passed: 1, warning: 1, failed: 1 })
    for (const type of ['connection', 'authentication', 'authorization', 'rate_limit'] as const)
      settled('team', { state: 'failed', type, code: `registry.${type}` })
    for (const type of ['validation', 'dependency', 'installation', 'version'] as const)
      emit('error.told', { code: `item.${type}`, type })
    // What all registries did is not counted again when the user is told of it.
    emit('error.told', { code: 'registry.allFailed', command: 'search' })
    const { other, ...types } = figures().errors.byType
    expect(other).toBe(0)
    expect(Object.values(types)).toEqual(Array.from({ length: 8 }, () => 1))
  })
})
