import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementsOf, entriesOf, member, plainText, type ArmNode } from '../../src/arm/node.ts'
import { positions } from '../../src/arm/position.ts'
import { readJson } from '../../src/arm/reader.ts'

/** The plain value of a node, as JSON.parse would give it. */
function plain(node: ArmNode | undefined): unknown {
  if (!node || node.kind === 'null') return null
  if (node.kind === 'array') return elementsOf(node).map(plain)
  if (node.kind === 'object') return Object.fromEntries(entriesOf(node).map(({ name, value }) => [name, plain(value)]))
  return node.value
}

describe('reading JSON as ARM tools do', () => {
  it('counts no column for a byte order mark', () => {
    const placeOf = positions('\ufeff{\n"a": 1 }')
    expect([placeOf(0), placeOf(1), placeOf(3)]).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 1 },
      { line: 2, column: 1 },
    ])
  })

  it('reads what JSON.parse reads, and every place fits its text', () => {
    const tree = fc.jsonValue()
    fc.assert(
      fc.property(tree, (value) => {
        const text = JSON.stringify(value, undefined, 1)
        const { root, problem } = readJson(text)
        if (problem) {
          expect(problem.message).toContain('differ only')
          return
        }
        expect(JSON.stringify(plain(root))).toBe(JSON.stringify(JSON.parse(text)))
        expect(text.slice(root?.start, root?.end)).toBe(text)
      }),
    )
  })

  it('never throws on any text', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '/',
      '*',
      '\\',
      'true',
      '1.5',
      'a',
      '\n',
      '\ufeff',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const text = parts.join('')
        const { problem } = readJson(text)
        expect(problem?.offset ?? 0).toBeLessThanOrEqual(text.length)
      }),
    )
  })

  it('accepts and notes what strict JSON refuses', () => {
    const text = '\ufeff{ // a\n /* b */ name: "two\nlines", "list": [1, 2,], }'
    const { root, problem, notes } = readJson(text)
    expect(problem).toBeUndefined()
    expect(plain(root)).toEqual({ name: 'two\nlines', list: [1, 2] })
    expect(notes).toHaveLength(4)
  })

  it('tells integers from doubles and finds names in any case', () => {
    const { root } = readJson('{ "Count": 1, "share": 1.0 }')
    expect(member(root, 'COUNT')).toMatchObject({ value: 1, isInteger: true })
    expect(member(root, 'share')).toMatchObject({ value: 1, isInteger: false })
    expect(plainText(member(root, 'nobody'))).toBe('')
  })

  it.each([
    ['{ "a": 1, "A": 2 }', 'differ only in upper and lower case', 1, 11],
    ['{\n  "a": [1, 2\n}', '"," or "]" is expected', 3, 1],
    ['{ "a": "open', 'a string is not closed', 1, 8],
    ['{ "a": 1 } x', 'more text', 1, 12],
    ['['.repeat(500), 'nested more than', 1, 401],
    [String.raw`"\q"`, 'is not an escape', 1, 2],
    ['/* open', 'comment is not closed', 1, 1],
  ])('says what is wrong with %j and where', (text, message, line, column) => {
    const { problem } = readJson(text)
    expect(problem?.message).toContain(message)
    expect(positions(text)(problem?.offset ?? -1)).toEqual({ line, column })
  })

  it('keeps hostile names as plain data', () => {
    const { root } = readJson('{ "__proto__": { "x": 1 }, "constructor": 2 }')
    expect(plainText(member(root, '__proto__', 'x'))).toBe('1')
    expect(member(root, 'toString')).toBeUndefined()
  })
})
