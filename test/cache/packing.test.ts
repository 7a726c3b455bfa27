import { describe, expect, test } from 'vitest'
import { pack, unpack } from '../../src/cache/packing.ts'

const from = (text: string) => ({ bytes: Buffer.from(text), rawSize: Buffer.byteLength(text), isPacked: false })
const items = (count: number) => Array.from({ length: count }, (_, at) => ({ at, text: `line\n${at} ü` }))

describe('an entry', () => {
  test.each([0, 1, 16, 17, 32, 1000])('with a list of %d items comes back as it was', (count) => {
    for (const value of [items(count), { first: 1, listings: items(count), skipped: items(3), last: null }]) {
      const envelope = { value, storedAt: 5, ttlMs: 7, validator: 'mark' }
      expect(unpack(pack(envelope, 1000), 5)).toEqual(envelope)
      expect(JSON.stringify(unpack(pack(envelope, 1e9), 5).value)).toBe(JSON.stringify(value))
    }
  })

  test('with a long list never stands in one text', () => {
    const lines = Buffer.from(pack({ value: items(1000), storedAt: 5, ttlMs: 7 }, 1e9).bytes)
      .toString()
      .split('\n')
    expect(lines).toHaveLength(1 + Math.ceil(1000 / 16))
  })

  test('written by a former version, all in one text, is read', () => {
    const value = { listings: items(500) }
    expect(unpack(from(JSON.stringify({ value, ttlMs: 7 })), 5)).toEqual({ value, storedAt: 5, ttlMs: 7 })
  })

  test('of somebody else is refused, and touches nothing outside itself', () => {
    const refused = ['{"value":{},"ttlMs":1,"list":"__proto__"}\n[1]', '{"value":{},"ttlMs":1,"list":"toString"}\n[1]']
    for (const text of [...refused, '{"value":1,"ttlMs":1,"list":""}\n[1]', '{"ttlMs":1,"list":"x"}', '', '7', 'null'])
      expect(() => unpack(from(text), 5)).toThrow()
    expect(() => unpack(from('{"value":[],"ttlMs":1,"list":""}\n{'), 5)).toThrow()
    expect(({} as Record<string, unknown>)['0']).toBeUndefined()
  })
})
