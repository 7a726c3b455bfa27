import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PaceBook, type Slot } from '../../src/http/pace-book.ts'
import { openSharedRateLimit } from '../../src/http/shared-rate-limit.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem } from '../support/test-system.ts'

const LIMIT = { count: 2, perMs: 1000 }
const AT = Date.parse('2026-11-21T10:00:00Z')
const TEAM = { name: 'team', url: 'https://team.example' }
const signal = new AbortController().signal

it('counts the requests of every process, and of each registry apart', () => {
  const file = join(tempFolder(), 'state', 'pace.sqlite')
  const [here, there] = [new PaceBook(file), new PaceBook(file)]
  const first = here.take('team', LIMIT, AT) as Slot
  expect(typeof there.take('team', LIMIT, AT)).toBe('object')
  expect(here.take('team', LIMIT, AT + 1)).toBe(1000)
  expect(typeof here.take('guild', LIMIT, AT + 1)).toBe('object')
  // From its answer on a request counts for a second more.
  first.release(AT + 300)
  expect(there.take('team', LIMIT, AT + 400)).toBe(900)
  expect(typeof there.take('team', LIMIT, AT + 1300)).toBe('object')
  here.close()
  there.close()
})

it('a request of a killed process holds its place for a while only, and a clock set back holds none', () => {
  const file = join(tempFolder(), 'pace.sqlite')
  const book = new PaceBook(file)
  const one = { count: 1, perMs: 1000 }
  book.take('team', one, AT)
  expect(book.take('team', one, AT + 10_999)).toBe(1)
  expect(typeof book.take('team', one, AT + 11_000)).toBe('object')
  expect(typeof book.take('team', one, AT - 86_400_000)).toBe('object')
  book.close()
})

it('a run waits for what another one sent, and one that gives up takes no place', async () => {
  const file = join(tempFolder(), 'pace.sqlite')
  const clock = testClock(AT)
  const other = new PaceBook(file)
  for (let sent = 0; sent < LIMIT.count; sent++)
    (other.take('team\nhttps://team.example', LIMIT, AT) as Slot).release(AT)
  const { turn, close } = openSharedRateLimit(testSystem({ clock }), file, TEAM, LIMIT)
  const control = new AbortController()
  const impatient = turn(control.signal)
  let went = 0
  const patient = turn(signal).then((done) => ((went = clock.now()), done()))
  await clock.advance(500)
  control.abort(new Error('typed on'))
  await expect(impatient).rejects.toThrow('typed on')
  expect(went).toBe(0)
  await clock.advance(2000)
  await patient
  expect(went - AT).toBeGreaterThanOrEqual(1000)
  expect(went - AT).toBeLessThan(2100)
  close()
  other.close()
})

it('where the file cannot be kept, the limit holds for this run alone', async () => {
  const folder = tempFolder()
  mkdirSync(join(folder, 'pace.sqlite'))
  writeFileSync(join(folder, 'file'), '')
  for (const file of [join(folder, 'pace.sqlite'), join(folder, 'file', 'pace.sqlite')]) {
    const clock = testClock(AT)
    const { turn, close } = openSharedRateLimit(testSystem({ clock }), file, TEAM, LIMIT)
    for (let sent = 0; sent < LIMIT.count; sent++) (await turn(signal))()
    let went = false
    const third = turn(signal).then(() => (went = true))
    await clock.advance(900)
    expect(went).toBe(false)
    await clock.advance(200)
    await third
    close()
  }
})
