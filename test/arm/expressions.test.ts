import { describe, expect, it } from 'vitest'
import { functionCalls, guardOf, hasExpression, listCalls, parameterReferences } from '../../src/arm/expressions.ts'

describe('expressions', () => {
  it.each([
    ["[parameters('a')]", true],
    ["[variables('a').b[0].c]", true],
    ['[resourceGroup().location]', true],
    ['westeurope', false],
    ['[', false],
    ['[not closed(', false],
    ['', false],
  ])('%s is an expression: %s', (text, expected) => expect(hasExpression(text)).toBe(expected))

  it('finds uses of parameters in any case, with spaces', () => {
    const uses = parameterReferences("[concat(Parameters( 'Name' ), parameters('b'))]")
    expect(uses.map(({ name }) => name)).toEqual(['name', 'b'])
  })

  it('finds calls with balanced brackets only, and none inside another', () => {
    const text = "[concat(concat('a'), uri('b'))] concat(1) [concat('open'"
    expect(functionCalls(text, 'concat').map((call) => call.text)).toEqual(["concat(concat('a'), uri('b'))"])
    expect(listCalls("[list('a').keys] [ns.myList('b')]").map((call) => call.text)).toEqual(["list('a')"])
  })

  it('tells whether a spot stands inside an expression', () => {
    const text = `"[concat(x)]" "y" "say \\"z"`
    expect(guardOf(text, text.indexOf('x'))).toBe('[')
    expect(guardOf(text, text.indexOf('y'))).toBe('"')
    expect(guardOf(text, text.indexOf('z'))).toBe('"')
    expect(guardOf('x', 0)).toBeUndefined()
  })

  it('is not slowed down by text made to be slow', () => {
    for (const part of ['[', '[a(', ' ', '(', '[ (']) {
      const text = part.repeat(200_000)
      expect(hasExpression(text)).toBe(false)
      expect(functionCalls(`${text}concat`, 'concat')).toEqual([])
    }
  })
})
