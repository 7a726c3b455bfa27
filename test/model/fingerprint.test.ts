import { describe, expect, test } from 'vitest'
import { fingerprint } from '../../src/model/fingerprint.ts'

describe('the fingerprint of a text', () => {
  test('is 32 hexadecimal digits, the same for the same text', () => {
    for (const text of ['', 'a', 'https://goods.example.org', '\u{1f600}\0\uffff', 'x'.repeat(10_000)]) {
      expect(fingerprint(text)).toMatch(/^[0-9a-f]{32}$/)
      expect(fingerprint(text)).toBe(fingerprint(`${text}`))
    }
  })

  test('differs for many texts that differ little, in each of its lanes', () => {
    const size = 40_000
    const lanes = [new Set<string>(), new Set<string>(), new Set<string>(), new Set<string>()]
    const whole = new Set<string>()
    for (let at = 0; at < size; at++) {
      const name = fingerprint(JSON.stringify([`/goods/${at % 7}/of/${at}`, 'folder', {}]))
      whole.add(name)
      for (const [lane, seen] of lanes.entries()) seen.add(name.slice(lane * 8, lane * 8 + 8))
    }
    expect(whole.size).toBe(size)
    // 40,000 draws from 2^32 meet once in five times.
    for (const seen of lanes) expect(size - seen.size).toBeLessThan(5)
  })

  test('knows order, place and length', () => {
    const texts = ['ab', 'ba', 'a b', 'aab', 'abb', 'ab\0', '\0ab', 'ab\0\0', 'AB', '\0', '\0\0', '']
    expect(new Set(texts.map(fingerprint)).size).toBe(texts.length)
  })
})
