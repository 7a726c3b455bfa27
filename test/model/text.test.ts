/* oxlint-disable no-control-regex, no-misleading-character-class */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { harmless, harmlessLines, withoutEnd } from '../../src/model/text.ts'

const ACTING =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u
const ACTING_BUT_BREAKS =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u

/** Text as hostile as it comes: escapes, controls, bidi, tags and lone halves among letters. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('\u001b]52;c;aGk=\u0007', '\u009b2J', '\r\n', '\n \n', '\u2028', '\u202e', '\u200b', '\ufeff'),
      fc.constantFrom('👩‍💻', '👍🏽', '\ud83d', '\udc4d', '\u{e0041}', '\t', 'é', '日本', '\u0000', '\u0008'),
      fc.constantFrom('\udb40', '\udc41', '\u200d'),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))

describe('text from outside', () => {
  it('never keeps a character that acts on a terminal, and is the same when cleaned again', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(harmless(text)).not.toMatch(ACTING)
        expect(harmlessLines(text)).not.toMatch(ACTING_BUT_BREAKS)
        expect(harmless(harmless(text))).toBe(harmless(text))
        expect(harmlessLines(harmlessLines(text))).toBe(harmlessLines(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('lets no code point through that acts, or that means nothing, wherever it stands', () => {
    const wrong: string[] = []
    for (let code = 0; code < 0xe1000; code += code < 0xffff || code > 0xdff00 ? 1 : 97) {
      const clean = harmless(`字${String.fromCodePoint(code)}x`)
      if (ACTING.test(clean) || /[\p{Unassigned}\p{Surrogate}]/u.test(clean)) wrong.push(code.toString(16))
    }
    expect(wrong).toEqual([])
  })

  it('has no character made of two halves that stood apart', () => {
    for (const between of ['\u200b', '\u200d', '\u202e', '\ufeff', '\u{e0001}']) {
      expect(harmless(`a\udb40${between}\udc41b`)).toBe('a\ufffd\ufffdb')
      expect(harmlessLines(`a\udb40${between}\udc41b`)).toBe('a\ufffd\ufffdb')
    }
  })

  it("has a sign in the place of what Unicode does not know, whose width is anybody's guess", () => {
    expect(harmless('a\u3102b\uffffc\u{3fffe}d')).toBe('a\ufffdb\ufffdc\ufffdd')
    expect(harmless('ㄅ漢か가\ue0a0🚀é')).toBe('ㄅ漢か가\ue0a0🚀é')
  })

  it('keeps the first part of an emoji that is made of several', () => {
    expect(harmless('👩‍💻 👍🏽 👩🏽‍🚀👨‍👩‍👧 🚀')).toBe('👩 👍 👩👨 🚀')
  })

  it('is never cut within a character', () => {
    expect(harmless('ab😀😀', 4)).toBe('ab…')
    expect(harmless('ab😀😀', 5)).toBe('ab😀…')
    expect(harmless(`ab${'😀'.repeat(40)}`, 4)).toBe('ab…')
    expect(harmlessLines('ab😀😀', 4)).toBe('ab…')
  })

  it('becomes one line, with one space for breaks and the blanks about them', () => {
    expect(harmless('a \r\n\t b\u2028c')).toBe('a b c')
    expect(harmless('a\n \n\nb\n')).toBe('a b ')
  })

  it('is cut by its length with an ellipsis, also where cleaning makes it shorter', () => {
    expect(harmless('abcdef', 4)).toBe('abc…')
    expect(harmless('abcd', 4)).toBe('abcd')
    expect(harmless(`ab${'\u200b'.repeat(100)}`, 4)).toBe('ab…')
  })

  it('loses the characters at its end that are named', () => {
    expect(withoutEnd('https://a//', '/')).toBe('https://a')
    expect(withoutEnd('///', '/')).toBe('')
    expect(withoutEnd('a.b', '.')).toBe('a.b')
  })
})
