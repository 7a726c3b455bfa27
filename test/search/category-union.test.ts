import { describe, expect, it } from 'vitest'
import { unionOf } from '../../src/search/category-union.ts'
import { item } from './support.ts'

const known = [item('b', 'one', { categories: ['ml', 'web'] }), item('b', 'two', { categories: ['ml'] })]

describe('the categories of several registries', () => {
  it('add up, by name, with the registries in the order they were given', () => {
    const union = unionOf(
      [
        ['a', [{ name: 'web', count: 3 }]],
        ['b', [{ name: 'ml' }, { name: 'web' }]],
      ],
      known,
    )
    expect(union).toEqual([
      { name: 'ml', count: 2, registries: ['b'] },
      { name: 'web', count: 4, registries: ['a', 'b'] },
    ])
  })

  it('have no count when one registry gives none and nothing is known of its items', () => {
    const sets: [string, { name: string; count?: number }[]][] = [
      ['a', [{ name: 'web', count: 3 }]],
      ['c', [{ name: 'web' }]],
    ]
    expect(unionOf(sets, known)).toEqual([{ name: 'web', registries: ['a', 'c'] }])
  })
})
