import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyOf, numbersOf } from '../../src/search/item-keys.ts'
import { mergeRuns } from '../../src/search/runs.ts'
import { item } from './support.ts'

test('runs in order become one in order, and what is equal keeps the order of its runs', () => {
  const run = fc.array(fc.nat(40), { maxLength: 60 }).map((all) => all.toSorted((a, b) => a - b))
  fc.assert(
    fc.property(fc.array(run, { maxLength: 9 }), (values) => {
      // Items are told apart by their number; what they are compared by may be equal.
      const all = values.flat()
      let from = 0
      const runs = values.map((one) => Uint32Array.from(one, () => from++))
      const compare = (a: number, b: number): number => (all[a] ?? 0) - (all[b] ?? 0)
      const sorted = [...all.keys()].toSorted((a, b) => compare(a, b) || a - b)
      expect([...mergeRuns(runs, compare)]).toEqual(sorted)
    }),
  )
})

test('names of one key have one number, however they are written', () => {
  const letter = fc.constantFrom(
    'a',
    'B',
    'K',
    '\u212a',
    'é',
    'E\u0301',
    '0',
    ' ',
    '_',
    '.',
    '-',
    '\u00a0',
    '\u2003',
    '\t',
  )
  const name = fc.array(letter, { maxLength: 5 }).map((letters) => letters.join(''))
  fc.assert(
    fc.property(name, name, (one, other) => {
      const listings = [item('a', one), item('b', other)]
      const [first, second] = numbersOf(listings)
      const [key, same] = listings.map(keyOf)
      if (key === same) expect(first).toBe(second)
    }),
    { numRuns: 5000 },
  )
  const [one, other, third] = numbersOf([item('a', 'Cosmos_DB'), item('b', 'cosmos db'), item('c', 'redis')])
  expect(one).toBe(other)
  expect(one).not.toBe(third)
})
