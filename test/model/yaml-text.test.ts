import { describe, expect, it } from 'vitest'
import { OUTSIDE } from '../../src/model/limits.ts'
import { readYaml } from '../../src/model/yaml-text.ts'

const whyNot = (text: string): string | undefined => readYaml(text).fault?.why
const nested = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`
const listOf = (values: number): string => `[${Array.from({ length: values - 1 }, () => '1').join(',')}]`
const aliases = (uses: number): string => `a: &a [1]\nb:\n${'  - *a\n'.repeat(uses)}`

describe('a YAML document of other people', () => {
  it('is plain data with numbers, dates as text and places', () => {
    const read = readYaml('name: web\nversion: "1.0"\nwhen: 2026-01-02\nlist: [1, two]\n')
    expect(read.fault).toBeUndefined()
    expect(read).toMatchObject({ data: { name: 'web', version: '1.0', when: '2026-01-02', list: [1, 'two'] } })
  })

  it.each([
    [
      'nesting',
      nested(OUTSIDE.yamlDepth - 1),
      nested(OUTSIDE.yamlDepth),
      nested(OUTSIDE.yamlDepth + 1),
      'nests deeper',
    ],
    [
      'values',
      listOf(OUTSIDE.yamlValues - 1),
      listOf(OUTSIDE.yamlValues),
      listOf(OUTSIDE.yamlValues + 1),
      'holds more than',
    ],
    [
      'aliases',
      aliases(OUTSIDE.yamlAliases - 2),
      aliases(OUTSIDE.yamlAliases - 1),
      aliases(OUTSIDE.yamlAliases + 1),
      'refers to itself too often',
    ],
    [
      'bytes',
      `# ${'x'.repeat(OUTSIDE.yamlBytes - 3)}`,
      `# ${'x'.repeat(OUTSIDE.yamlBytes - 2)}`,
      `# ${'x'.repeat(OUTSIDE.yamlBytes - 1)}`,
      'is larger than',
    ],
  ])('has a border of %s: below and at it is read, above it is refused', (_what, ...[below, at, above, why]) => {
    expect(whyNot(below)).toBeUndefined()
    expect(whyNot(at)).toBeUndefined()
    expect(whyNot(above)).toContain(why)
  })

  it('may not have a key twice, and says where', () => {
    expect(readYaml('a: 1\nb:\n  c: 1\n  c: 2\n').fault).toEqual({
      why: 'has the key "c" twice in one map',
      line: 4,
      column: 3,
    })
  })

  it('may not have lists, maps or aliases as keys', () => {
    for (const text of ['{a: 1}: x', '? [a]\n: x', 'a: &a [1]\n*a : x', `${'{'.repeat(400)}${'}'.repeat(400)}`])
      expect(whyNot(text)).toMatch(/key that is no plain text|nests deeper/)
  })

  it.each([
    ['brackets without end', '['.repeat(100_000)],
    ['dashes without end', '- '.repeat(20_000)],
    ['question marks without end', '? '.repeat(20_000)],
    ['a word of another tool', 'a: !!js/function "x"\nb: ['],
  ])('with %s is refused with a sentence', (_what, text) => {
    expect(whyNot(text)).toMatch(/\w{4,}/)
  })

  it('says the line and column of a fault of syntax', () => {
    expect(readYaml('a: 1\nb: [1, 2\nc: 3\n').fault).toMatchObject({ line: 3 })
  })

  it('gives members named like those of every object as plain members', () => {
    const read = readYaml('__proto__: {polluted: true}\nconstructor: 1\n')
    expect(read.fault).toBeUndefined()
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})
