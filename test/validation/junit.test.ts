import { describe, expect, it } from 'vitest'
import type { Finding, Report } from '../../src/model/report.ts'
import { junitOf } from '../../src/validation/reports/junit.ts'
import { UNJUDGED } from './samples.ts'

const finding = (more: Partial<Finding>): Finding => ({
  rule: 'A-Rule',
  level: 'error',
  severity: 'high',
  file: 'a.json',
  line: 3,
  column: 5,
  message: 'Unreferenced: "a" <b> & \'c\' ]]>',
  ...more,
})

const report = (more: Partial<Report>): Report => ({
  target: '/work/a',
  files: ['a.json'],
  rules: [
    { rule: 'A-Rule', state: 'run' },
    { rule: 'B-Rule', state: 'run' },
    { rule: 'C-Rule', state: 'skipped', reason: 'there is no template' },
  ],
  findings: [],
  ...UNJUDGED,
  score: 50,
  status: 'failed',
  digest: '',
  cached: false,
  ...more,
})

interface Element {
  name: string
  attributes: Record<string, string>
  children: Element[]
  text: string
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const plain = (text: string): string =>
  text.replaceAll(/&(\w+);/g, (_, name: string) => {
    const found = ENTITIES[name]
    if (found === undefined) throw new Error(`no such entity: ${name}`)
    return found
  })

/** A strict reader of the XML that is written here: what is not well-formed is an error. */
function read(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
  const token = /<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<]+)/y
  while (token.lastIndex < body.length) {
    const at = token.lastIndex
    const match = token.exec(body)
    if (!match) throw new Error(`not well-formed at ${at}: ${body.slice(at, at + 40)}`)
    const [, end, name = '', given = '', empty, text] = match
    const top = open.at(-1) as Element
    if (text !== undefined) top.text += plain(text)
    else if (end === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`)
    } else {
      const attributes = Object.fromEntries(
        Array.from(given.matchAll(/([\w-]+)="([^"]*)"/g), ([, key = '', value = '']) => [key, plain(value)]),
      )
      const element = { name, attributes, children: [], text: '' }
      top.children.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  if (open.length !== 1) throw new Error('something is not closed')
  return root.children[0] as Element
}

describe('JUnit XML', () => {
  it('is a suite for each target, a case for each rule, and a failure for each error', () => {
    const noted = finding({ rule: 'B-Rule', level: 'note', message: 'by the way' })
    const own = report({
      findings: [
        finding({}),
        finding({ line: 9, id: 'A.B' }),
        noted,
        finding({ rule: 'Souk-Suppressions', level: 'warning' }),
      ],
      suppressed: [{ ...finding({ rule: 'B-Rule' }), suppression: { kind: 'policy', reason: 'a <fixture>' } }],
    })
    const root = read(junitOf([own, report({ target: 'b' })]))
    expect(root.attributes).toMatchObject({ tests: '7', failures: '1', errors: '0' })
    const [suite] = root.children
    expect(suite?.attributes).toMatchObject({ name: '/work/a', tests: '4', failures: '1', skipped: '1' })
    const [first, second, third] = suite?.children ?? []
    expect(first?.attributes).toMatchObject({ classname: '/work/a', name: 'A-Rule' })
    expect(first?.children.map(({ attributes }) => attributes['type'])).toEqual(['A-Rule', 'A.B'])
    expect(first?.children[0]?.attributes['message']).toBe('Unreferenced: "a" <b> & \'c\' ]]>')
    expect(second?.children[0]?.text).toContain('suppressed (a <fixture>)')
    expect(third?.children[0]).toMatchObject({ name: 'skipped', attributes: { message: 'there is no template' } })
  })

  it('is well-formed whatever the words', () => {
    const message = Array.from({ length: 0x300 }, (_, code) => String.fromCodePoint(code)).join('') + '\ud800\ufffe'
    const root = read(junitOf([report({ findings: [finding({ message })] })]))
    // oxlint-disable-next-line no-control-regex
    expect(JSON.stringify(root)).not.toMatch(/\\u000[0-8]|\ud800/)
  })
})
