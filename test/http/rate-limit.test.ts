import { expect, it } from 'vitest'
import { openRateLimit } from '../../src/http/rate-limit.ts'
import { testClock } from '../support/test-system.ts'
import { client, serve } from './loopback.ts'

it('lets no span of a second hold more than five requests, however long the answers take', async () => {
  const clock = testClock()
  const turn = openRateLimit(clock, { count: 5, perMs: 1000 })
  const sent: number[] = []
  const answered: number[] = []
  const signal = new AbortController().signal
  const all = Array.from({ length: 23 }, async (_, number) => {
    const done = await turn(signal)
    sent.push(clock.now())
    await clock.sleep((number * 37) % 300)
    answered.push(clock.now())
    done()
    done()
  })
  await clock.advance(10_000)
  await Promise.all(all)
  expect(sent).toHaveLength(23)
  // The stub may have seen a request at any moment between sending and answer: compare the worst case.
  const seen = answered.toSorted((a, b) => a - b)
  for (let number = 5; number < sent.length; number++)
    expect((sent[number] ?? 0) - (seen[number - 5] ?? 0)).toBeGreaterThanOrEqual(1000)
  expect((sent.at(-1) ?? 0) - (sent[0] ?? 0)).toBeLessThan(7000)
})

it('forgets a caller who gave up, and goes on with the next', async () => {
  const clock = testClock()
  const turn = openRateLimit(clock, { count: 1, perMs: 1000 })
  ;(await turn(new AbortController().signal))()
  const control = new AbortController()
  const impatient = turn(control.signal)
  const patient = turn(new AbortController().signal)
  control.abort(new Error('typed on'))
  await expect(impatient).rejects.toThrow('typed on')
  await clock.advance(999)
  const first = await Promise.race([patient.then(() => 'went'), clock.turn().then(() => 'waits')])
  expect(first).toBe('waits')
  await clock.advance(1)
  await patient
})

it('is told as what it is when it holds a request back for too long', async () => {
  const server = await serve((_request, response) => void response.end('{}'))
  const { http } = client(server.url, { entry: { rateLimit: { count: 1, perMs: 60_000 }, timeoutMs: 100 } })
  // Of another kind, whose limit is long enough to load the client in.
  await http.request({ url: '/search', kind: 'health' })
  await expect(http.request({ url: '/search', kind: 'search' })).rejects.toMatchObject({ code: 'registry.pace' })
  expect(server.seen).toHaveLength(1)
})

it('holds for a registry: retries and searches share its requests', async () => {
  const at: number[] = []
  const server = await serve((_request, response, number) => {
    at.push(performance.now())
    response.writeHead(number === 1 ? 503 : 200).end('{}')
  })
  const { http } = client(server.url, { entry: { rateLimit: { count: 2, perMs: 150 } } })
  await Promise.all(Array.from({ length: 5 }, () => http.request({ url: '/search', kind: 'search' })))
  expect(at).toHaveLength(6)
  for (let number = 2; number < at.length; number++)
    expect((at[number] ?? 0) - (at[number - 2] ?? 0)).toBeGreaterThan(140)
})
