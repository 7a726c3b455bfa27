import { beforeAll, describe, expect, it } from 'vitest'
import { OUTSIDE } from '../../src/model/limits.ts'
import { loadPatterns, patternFault } from '../../src/model/pattern.ts'

beforeAll(loadPatterns)

describe('a pattern that came with goods', () => {
  it('is searched for anywhere unless it is anchored, as JSON Schema says', () => {
    expect(patternFault('b+', 'abbc')).toBeUndefined()
    expect(patternFault('^b+$', 'abbc')).toBe('must match ^b+$')
    expect(patternFault('^b+$', 'abbc', 'bb')).toBe('must look like bb: it must match ^b+$')
    expect(patternFault('^b+$', 'abbc', 'wrong too')).toBe('must match ^b+$')
    expect(patternFault('^\\p{L}+$', 'Zürich')).toBeUndefined()
  })

  it('cannot keep the program busy', () => {
    // V8 needs 2^40 steps for the first.
    for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(.*a){12}$'])
      expect(patternFault(pattern, `${'a'.repeat(40)}b`)).toContain('must match')
  })

  it.each(['(?=a)a', '(?<!x)a', '(a)\\1', 'a{1,5000}', '['])('%s cannot be tried, and that is said', (pattern) => {
    expect(patternFault(pattern, 'aa')).toContain('cannot be tried')
  })

  it('has a border of length, and so has the text it is tried on', () => {
    const { patternChars, patternTextChars } = OUTSIDE
    expect(patternFault('a'.repeat(patternChars), 'a'.repeat(patternChars))).toBeUndefined()
    expect(patternFault('a'.repeat(patternChars + 1), 'a')).toContain('more than 300 characters')
    expect(patternFault('^a+$', 'a'.repeat(patternTextChars))).toBeUndefined()
    expect(patternFault('^a+$', 'a'.repeat(patternTextChars + 1))).toContain('longer than')
  })
})
