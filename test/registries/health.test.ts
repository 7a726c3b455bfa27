import { join } from 'node:path'
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openHealth } from '../../src/registries/health.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem } from '../support/test-system.ts'

const entry = { name: 'far', enabled: true }

it('remembers across runs how a registry fared, and that a second failure means down', async () => {
  const clock = testClock()
  const system = testSystem({ clock })
  const file = join(tempFolder(), 'state', 'health.json')
  const book = openHealth({ system, file })
  expect(book.of(entry).state).toBe('unknown')
  book.note('far', { ms: 12.4, items: 3, skipped: [{ item: 'x', reason: 'y' }] })
  await clock.advance(1000)
  book.note('far', { ms: 5, error: new Error('gone') })
  expect(book.of(entry)).toMatchObject({ state: 'degraded', items: 3, lastError: 'gone' })
  book.note('far', { ms: 5, error: new Error('gone') })
  await book.close()
  const later = openHealth({ system, file })
  expect(later.of(entry)).toMatchObject({ state: 'down', items: 3, lastErrorAt: clock.now() })
  expect(later.of({ ...entry, enabled: false }).state).toBe('disabled')
})

it('takes a torn file for an empty book', () => {
  const file = join(tempFolder(), 'health.json')
  writeFileSync(file, '{"far": {"sta')
  expect(openHealth({ system: testSystem(), file }).of(entry).state).toBe('unknown')
})

it('writes news, and no success that only says once more what was well a moment ago', async () => {
  const clock = testClock()
  const system = testSystem({ clock })
  const file = join(tempFolder(), 'health.json')
  const run = async (outcome: { items?: number; error?: unknown }): Promise<string> => {
    const book = openHealth({ system, file })
    book.note('far', { ms: 5, skipped: [], ...outcome })
    if (!outcome.error) expect(book.of(entry).lastSuccessAt).toBe(clock.now())
    await book.close()
    return readFileSync(file, 'utf8')
  }
  const first = await run({ items: 3 })
  await clock.advance(30_000)
  expect(await run({ items: 3 })).toBe(first)
  const more = await run({ items: 4 })
  expect(more).not.toBe(first)
  await clock.advance(61_000)
  const later = await run({ items: 4 })
  expect(later).not.toBe(more)
  expect(await run({ error: new Error('gone') })).toContain('degraded')
})
