import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
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
