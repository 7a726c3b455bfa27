import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openJournal, openJournalReader } from '../../src/jobs/journal.ts'
import { testClock } from '../support/test-system.ts'
import { tempFolder } from '../support/temp.ts'

const note = (text: string) => ({ type: 'log', level: 'info', text }) as const

describe('a journal', () => {
  test('numbers its lines from 1 and reads back what was written', () => {
    const path = join(tempFolder(), 'journal.ndjson')
    const journal = openJournal(path, testClock())
    journal.write({ type: 'queued', title: 'Paint the door' })
    journal.write(note('blue'))
    journal.close()
    const events = openJournalReader(path).next()
    expect(events.map((event) => event.seq)).toEqual([1, 2])
    expect(events[0]).toEqual({ seq: 1, at: '2026-01-01T00:00:00.000Z', type: 'queued', title: 'Paint the door' })
  })

  test('a torn last line costs that line alone, and the next writer goes on without a gap', () => {
    const path = join(tempFolder(), 'journal.ndjson')
    const first = openJournal(path, testClock())
    first.write(note('whole'))
    first.close()
    appendFileSync(path, '{"seq":2,"at":"2026-')
    const reader = openJournalReader(path)
    expect(reader.next()).toHaveLength(1)
    expect(reader.isOpenEnded).toBe(true)

    const second = openJournal(path, testClock())
    second.write(note('after the crash'))
    second.close()
    expect(reader.next().map((event) => event.seq)).toEqual([2])
    expect(reader.torn).toBe(1)
  })

  test('cut at any byte it still gives a prefix of the events', () => {
    const path = join(tempFolder(), 'journal.ndjson')
    const journal = openJournal(path, testClock())
    for (const text of ['eins', 'zwei ü', 'drei 🙂']) journal.write(note(text))
    journal.close()
    const bytes = readFileSync(path)
    const whole = openJournalReader(path).next()
    const cutPath = `${path}.cut`
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length }), (length) => {
        writeFileSync(cutPath, bytes.subarray(0, length))
        const events = openJournalReader(cutPath).next()
        expect(events).toEqual(whole.slice(0, events.length))
      }),
    )
  })

  test('lines that are no events are counted and passed over', () => {
    const path = join(tempFolder(), 'journal.ndjson')
    writeFileSync(path, 'null\n[1]\n{"seq":"1"}\n\u0000\u0001\n{"seq":1,"at":"x","type":"queued","title":"t"}\n')
    const reader = openJournalReader(path)
    expect(reader.next().map((event) => event.type)).toEqual(['queued'])
    expect(reader.torn).toBe(4)
  })
})
