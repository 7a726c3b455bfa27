import { describe, expect, test } from 'vitest'
import { fieldProblem } from '../../src/session/field-problem.ts'
import { folderOf, parameterFields, valueOf, type Field } from '../../src/session/parameters.ts'
import { answersIn, flagsOf, runFields, wordsOf } from '../../src/session/run-fields.ts'
import { openTemplates } from '../../src/engine/open-templates.ts'
import { toolsOf } from '../support/run-pipeline.ts'
import { sampleListing } from '../support/sample-market.ts'
import { testSystem } from '../support/test-system.ts'

const templates = openTemplates({
  tools: async () => toolsOf(testSystem()),
  prices: undefined,
  cwd: '/',
  emit: () => {},
})
const properties = {
  at: { type: 'string', group: 'Place', enum: ['here', 'there'], default: 'here' },
  names: {
    type: 'array',
    group: 'Names',
    minItems: 1,
    maxItems: 3,
    items: { type: 'string', pattern: '^[a-z-]+$' },
    default: ['users', 'orders'],
    examples: [['cart', 'stock']],
  },
  sizes: { type: 'array', items: { type: 'integer', minimum: 1 } },
  more: { type: 'object', default: { a: 1 } },
  isOpen: { type: 'boolean', group: 'Place', default: true },
}
const fields = parameterFields({ type: 'object', properties })
const field = (name: string): Field => fields.find((one) => one.name === name) as Field

describe('the fields of parameters', () => {
  test('stand together by group, with options for what has few answers', () => {
    expect(fields.map((one) => one.name)).toEqual(['at', 'isOpen', 'names', 'sizes', 'more'])
    expect(field('at').options?.map((one) => one.words)).toEqual(['here', 'there'])
    expect(field('isOpen').options?.map((one) => one.words)).toEqual(['yes', 'no'])
    expect(field('names')).toMatchObject({ initial: 'users, orders', example: 'cart, stock', group: 'Names' })
    expect(field('names').options).toBeUndefined()
  })

  test('lists are typed with commas, JSON is taken too, and each entry is checked as it is typed', () => {
    expect(valueOf(field('names'), 'a, b ,c')).toEqual(['a', 'b', 'c'])
    expect(valueOf(field('names'), '["a"]')).toEqual(['a'])
    expect(valueOf(field('sizes'), '1, 2')).toEqual([1, 2])
    expect(valueOf(field('more'), '{"b":2}')).toEqual({ b: 2 })
    expect(fieldProblem(field('names'), 'a, b')).toBeUndefined()
    expect(fieldProblem(field('names'), 'a, b, c, d')).toBe('names takes at most 3.')
    expect(fieldProblem(field('names'), ' , ')).toBe('names needs at least 1, with commas between.')
    expect(fieldProblem(field('sizes'), '1, two')).toBe('sizes has "two", which must be a whole number.')
    expect(fieldProblem(field('sizes'), '3, 0')).toBe('sizes has "0", which must be at least 1.')
    expect(fieldProblem(field('names'), '[')).toBe('names must be a list with commas between.')
    expect(fieldProblem(field('more'), 'x')).toBe('more must be a JSON object.')
  })
})

describe('the fields of a run', () => {
  test('of a template without tables are environments, folder and parameters', () => {
    const listing = sampleListing({ name: 'one', kind: 'template' })
    expect(folderOf(listing, undefined)).toBeUndefined()
    expect(
      runFields('/out', undefined, fields)
        .map((one) => one.name)
        .slice(0, 4),
    ).toEqual(['--env', '--out', '--force', 'at'])
  })

  test('an environment that is not among those of the table is told at once, with those there are', async () => {
    const [env] = runFields('/out', await templates.table('azure-event-driven'), [])
    expect(fieldProblem(env as Field, 'dev, prod')).toBeUndefined()
    expect(fieldProblem(env as Field, 'dev, nope')).toBe('Environments has no nope; there are dev, qa, staging, prod.')
  })

  test('features read as the table of the typed environments has them, and answer only what was chosen', async () => {
    const table = await templates.table('azure-event-driven')
    const all = runFields('/out', table, fields)
    const texts: Record<string, string> = Object.fromEntries(all.map((one) => [one.name, one.initial]))
    const cosmos = all.find((one) => one.name === 'feature:cosmosDb') as Field
    const words = (env: string, text: string) =>
      wordsOf(cosmos, text, { fields: all, table, texts: { ...texts, '--env': env } })
    expect(words('dev', '')).toBe('on, by the table')
    expect(words('dev,qa', '')).toBe('dev on, qa off, by the table')
    expect(words('qa', 'on')).toBe('on')
    expect(answersIn({ fields: all, texts })).toEqual({ env: ['dev'], out: '/out', parameters: {} })
    const chosen = {
      ...texts,
      '--env': 'qa',
      'feature:cosmosDb': 'on',
      names: 'cart',
      '--tiers': 'requested',
      '--seed': 's',
    }
    expect(answersIn({ fields: all, texts: chosen })).toEqual({
      env: ['qa'],
      out: '/out',
      tiers: 'requested',
      seed: 's',
      features: { cosmosDb: true },
      parameters: { names: ['cart'] },
    })
    expect(flagsOf({ fields: all, texts: { ...chosen, sizes: 'not yet' } })).toEqual([
      ['--tiers', 'requested'],
      ['--seed', 's'],
      ['--feature', 'cosmosDb=on'],
      ['--param', 'names=cart'],
      ['--param', 'sizes=not yet'],
    ])
  })
})
