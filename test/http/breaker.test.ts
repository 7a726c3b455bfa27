import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openBreakers, type Breaker } from '../../src/http/breaker.ts'
import {
  registryAuthentication,
  registryConnection,
  registryPace,
  registryRateLimit,
  registryStatus,
  registryTimeout,
} from '../../src/model/errors.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem, type TestClock } from '../support/test-system.ts'

const ENTRY = { name: 'team', url: 'https://market.example.com' }
const SETTINGS = { breakerFailures: 5, breakerOpenMs: 30_000 }

interface Bench {
  clock: TestClock
  file: string
  /** The breaker as another run of the program finds it. */
  nextRun(url?: string): Breaker
}

function bench(): Bench {
  const clock = testClock()
  const file = join(tempFolder(), 'state', 'breakers.json')
  const system = testSystem({ clock })
  return {
    clock,
    file,
    nextRun: (url = ENTRY.url) => openBreakers({ system, file, settings: SETTINGS }).of({ ...ENTRY, url }),
  }
}

const down = registryConnection('team', 'the connection was refused')
/** Runs a call that ends like this; answers what came out and whether the call was made at all. */
async function run(breaker: Breaker, error?: unknown, probe = false): Promise<{ asked: boolean; said: string }> {
  let asked = false
  const call = async (): Promise<string> => {
    asked = true
    if (error !== undefined) throw error
    return 'fine'
  }
  const said = await breaker.guard(call, { probe }).catch((thrown: Error) => thrown.message)
  return { asked, said }
}

describe('a registry that keeps failing', () => {
  it('is left alone for 30 s after five failures, also by the next runs, then tried once', async () => {
    const { clock, nextRun, file } = bench()
    for (let number = 1; number <= 5; number++) expect((await run(nextRun(), down)).asked).toBe(true)
    expect(nextRun().nextTryAt()).toBe(clock.now() + 30_000)
    await clock.advance(18_000)
    expect(await run(nextRun())).toEqual({
      asked: false,
      said: 'Registry "team" failed 5 times in a row and is left alone; next try at 00:00:30 UTC, in 12 s.',
    })
    await clock.advance(12_000)
    // Two runs come at once: one of them is the try.
    const [first, second] = [nextRun(), nextRun()]
    const answer = Promise.withResolvers<never>()
    const tried = first.guard(() => answer.promise, { probe: false })
    expect((await run(second)).asked).toBe(false)
    answer.reject(down)
    await expect(tried).rejects.toBe(down)
    expect(nextRun().nextTryAt()).toBe(clock.now() + 30_000)
    await clock.advance(30_000)
    expect(await run(nextRun())).toEqual({ asked: true, said: 'fine' })
    expect(nextRun().nextTryAt()).toBeUndefined()
    expect(readFileSync(file, 'utf8')).toBe('{}')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('is asked all the same by those who insist, and is well again when that goes well', async () => {
    const { nextRun } = bench()
    for (let number = 1; number <= 5; number++) await run(nextRun(), down)
    expect(await run(nextRun(), down, true)).toEqual({ asked: true, said: down.message })
    expect((await run(nextRun())).asked).toBe(false)
    expect((await run(nextRun(), undefined, true)).said).toBe('fine')
    expect((await run(nextRun())).asked).toBe(true)
  })

  it('starts anew under another address', async () => {
    const { nextRun } = bench()
    for (let number = 1; number <= 5; number++) await run(nextRun(), down)
    expect((await run(nextRun('https://other.example.com'))).asked).toBe(true)
  })
})

describe('what counts', () => {
  it.each([
    ['no connection', down, true],
    ['no answer in time', registryTimeout('team', 5000), true],
    ['too many requests', registryRateLimit('team'), true],
    ['a fault over there', registryStatus('team', 503), true],
    ['something that is not there', registryStatus('team', 404), false],
    ['refused credentials', registryAuthentication('team', 401), false],
    ['our own limit', registryPace('team'), false],
    ['a fault of our own', new TypeError('no'), false],
  ])('%s: %s', async (_, error, counts) => {
    const { nextRun } = bench()
    const breaker = nextRun()
    for (let number = 1; number <= 5; number++) await run(breaker, error)
    expect(breaker.nextTryAt() !== undefined).toBe(counts)
  })

  it('is failures in a row: an answer between them begins the count again', async () => {
    const { nextRun } = bench()
    for (const error of [down, down, down, down, undefined, down, down, down, down]) await run(nextRun(), error)
    expect(nextRun().nextTryAt()).toBeUndefined()
    await run(nextRun(), down)
    expect(nextRun().nextTryAt()).toBeDefined()
  })

  it('is not what the caller gave up, and a try given up is free for the next one', async () => {
    const { nextRun, clock } = bench()
    const breaker = nextRun()
    const giveUp = async (reason: DOMException): Promise<void> => {
      const control = new AbortController()
      const call = (): Promise<never> => {
        control.abort(reason)
        return Promise.reject(reason)
      }
      await expect(breaker.guard(call, { probe: false, signal: control.signal })).rejects.toBe(reason)
    }
    for (let number = 1; number <= 9; number++) await giveUp(new DOMException('typed on', 'AbortError'))
    expect(breaker.nextTryAt()).toBeUndefined()
    for (let number = 1; number <= 5; number++) await giveUp(new DOMException('time is up', 'TimeoutError'))
    expect(breaker.nextTryAt()).toBeDefined()
    await clock.advance(30_000)
    await giveUp(new DOMException('typed on', 'AbortError'))
    expect((await run(breaker)).asked).toBe(true)
  })
})

it.each(['', '[]', 'null', '{"team":{"failures":"many"}}', '{"team":null}', '{"team":{"address":"x","failures":99}}'])(
  'a state file that reads %j stops nobody',
  async (text) => {
    const { nextRun, file } = bench()
    await run(nextRun(), down)
    writeFileSync(file, text)
    expect((await run(nextRun())).asked).toBe(true)
  },
)

it('a clock that was set back never makes the wait longer than it is', async () => {
  const { nextRun, file, clock } = bench()
  for (let number = 1; number <= 5; number++) await run(nextRun(), down)
  const marks = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { openUntil: number }>
  for (const mark of Object.values(marks)) mark.openUntil += 365 * 86_400_000
  writeFileSync(file, JSON.stringify(marks))
  expect(nextRun().nextTryAt()).toBe(clock.now() + 30_000)
})
