import { describe, expect, it } from 'vitest'
import { OUTSIDE } from '../../src/model/limits.ts'
import { parseText } from '../../src/registries/shapes/parse-text.ts'

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
/** So many values: the list and its members. */
const listOf = (values: number): string => `[${'1,'.repeat(values - 2)}1]`

describe('JSON from a registry', () => {
  it.each([
    ['nesting', nested(OUTSIDE.jsonDepth), nested(OUTSIDE.jsonDepth + 1), 'nests deeper than 64 levels'],
    ['values', listOf(OUTSIDE.jsonValues), listOf(OUTSIDE.jsonValues + 2), 'holds more than 2000000 values'],
  ])('has a border of %s', (_what, at, above, why) => {
    expect(() => parseText(at, 'x.json')).not.toThrow()
    expect(() => parseText(above, 'x.json')).toThrow(why)
  })

  it('is refused for brackets without end before anything is built', () => {
    expect(() => parseText('['.repeat(5_000_000), 'x.json')).toThrow('nests deeper')
  })

  it('does not count what stands within texts', () => {
    expect(parseText(JSON.stringify({ a: '[[[[,,,,'.repeat(100) }), 'x.json')).toHaveProperty('a')
    expect(parseText(String.raw`{"a":"\"[[[["}`, 'x.json')).toEqual({ a: '"[[[[' })
  })

  it('names the file and line of YAML that cannot be read', () => {
    expect(() => parseText('a: 1\na: 2\n', 'goods.yaml')).toThrow(/goods\.yaml:2.*twice/)
  })
})
