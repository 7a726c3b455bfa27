import { describe, expect, it } from 'vitest'
import { reportError, sayText, warn } from '../../src/commands/output.ts'
import { splitGlobalFlags } from '../../src/commands/global-flags.ts'
import { usage } from '../../src/model/errors.ts'
import { testSystem } from '../support/test-system.ts'

const LONG =
  'A serverless, event-driven Azure architecture with private microservices, functions, messaging and SQL in one network.'

function door(isTTY: boolean) {
  const system = testSystem({ isTTY })
  const { global } = splitGlobalFlags(['--no-color'])
  return { context: { system, global }, out: system.io.out, err: system.io.err, system }
}

describe('a sentence', () => {
  it('breaks between words on a terminal, under its label', () => {
    const { context, out, err } = door(true)
    sayText(context, LONG, 'About       ')
    warn(context, LONG)
    for (const text of [out.text, err.text]) {
      expect(text.split('\n').every((line) => line.length <= 80)).toBe(true)
      expect(text.replaceAll(/\s+/g, ' ')).toContain(LONG)
    }
    expect(out.text).toMatch(/^About {7}A serverless[^\n]*\n {12}\S/)
  })

  it('is one line in a pipe', () => {
    const { context, out, err } = door(false)
    sayText(context, LONG, 'About  ')
    warn(context, LONG)
    expect(out.text).toBe(`About  ${LONG}\n`)
    expect(err.text).toBe(`${LONG}\n`)
  })

  it('of an error keeps its inset on every line', () => {
    const { system, err } = door(true)
    reportError({ system, global: { json: false, debug: false } }, usage(LONG, LONG))
    const [first = '', ...rest] = err.text.trimEnd().split('\n')
    expect(first).toMatch(/^souk: A serverless/)
    expect(rest.filter((line) => line.startsWith('  ')).length).toBe(2)
    expect(rest.every((line) => line.length <= 80)).toBe(true)
  })
})
