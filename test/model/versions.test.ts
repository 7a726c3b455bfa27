import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareVersions, fits, isPrerelease, newest } from '../../src/model/versions.ts'

/** What registries call a version, and what they never should. */
const versionLike = fc
  .array(
    fc.oneof(
      fc.constantFrom('0', '1', '01', '007', '10', '9007199254740993', '090071992547254740993993'),
      fc.constantFrom('.', '-', '+', 'v', 'rc', 'alpha', ' ', 'x', '*', '^', '>=', '||'),
    ),
    { maxLength: 9 },
  )
  .map((parts) => parts.join(''))
  .chain((tail) => fc.constantFrom(tail, `1.0.${tail}`, `1.2.3-${tail}`, `v1.${tail}`))

describe('versions as registries write them', () => {
  it('are put in order, whatever they are', () => {
    expect(
      ['1.0.0', '1.0.090070.090071992547254740993993', 'none', '1.1', '1.0.0-rc.1'].toSorted(compareVersions),
    ).toEqual(['1.1', '1.0.090070.090071992547254740993993', '1.0.0', '1.0.0-rc.1', 'none'])
  })

  it('never end in an error, and one order holds both ways', () => {
    fc.assert(
      fc.property(versionLike, versionLike, (a, b) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0)
        expect(typeof fits(a, b)).toBe('boolean')
        expect(typeof fits(a, b, true)).toBe('boolean')
        expect(typeof isPrerelease(a)).toBe('boolean')
        expect([a, b]).toContain(newest([a, b]))
      }),
      { numRuns: 500 },
    )
  })
})
