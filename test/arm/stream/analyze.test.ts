import { globSync, readFileSync, statSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readJson } from '../../../src/arm/reader.ts'
import { positions } from '../../../src/arm/position.ts'
import { analyzeTemplate } from '../../../src/arm/stream/analyze.ts'
import type { BadResource } from '../../../src/model/analysis.ts'
import { NotJson } from '../../../src/arm/stream/not-json.ts'
import { corpus } from '../../support/corpus.ts'
import { countByParse } from '../../support/count-by-parse.ts'
import { writeLargeTemplate } from '../../../src/bench/large-template.ts'
import { analyzePieces, comparable, cutAt } from '../../support/scan-pieces.ts'
import { tempFolder } from '../../support/temp.ts'

const bytesOf = (text: string): Uint8Array => Buffer.from(text)

/** What ARM tools accept and strict JSON does not, with every kind of thing that can be cut in the wrong place. */
const LENIENT = `\ufeff// a template
{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "Parameters": { "prefix": { "type": "string", }, /* with "quotes" and { */ "größe": { "type": "int" } },
  "variables": { "one": "[concat('a', parameters('prefix'))]", "two": "\\u005bnot\\\\\\" an expression", },
  functions: [{ "namespace": "acme", "members": { "name": {}, "other": {} } }],
  "resources": [
    { "type": "Microsoft.Web/sites", "apiVersion": "2022-03-01", "name": "a raw
break", "resources": [ { "type": "config", "apiVersion": "2022-03-01", "name": "web" } ] },
    { "properties": { "mode": "Incremental", "template": { "parameters": { "p": {} }, "resources": {
        "inner": { "type": "microsoft.web/Sites", "apiVersion": "2022-03-01", "name": "[[plain]" } } } },
      "apiVersion": "2022-09-01", "name": "n", "type": "Microsoft.Resources/deployments" },
    { "type": "Microsoft.App/containerApps", "apiVersion": "2024-03-01", "name": "c",
      "properties": { "template": { "resources": [ { "type": "no resource" } ] } } }, // the last one
  ],
  "outputs": { "n": { "value": -1.25e+10 }, "t": { "value": true }, "[concat('k', 'v')]": { "value": null } }
}
`

test('counts what a template declares, nested templates apart', () => {
  const analysis = analyzePieces([bytesOf(LENIENT)])
  expect(analysis).toMatchObject({
    parameters: 2,
    variables: 2,
    functions: 2,
    outputs: 3,
    resources: 3,
    children: 1,
    nested: { templates: 1, depth: 1, parameters: 1, resources: 1, types: [{ type: 'microsoft.web/Sites', count: 1 }] },
    expressions: 2,
    calls: [
      { name: 'concat', count: 2 },
      { name: 'parameters', count: 1 },
    ],
    comments: 3,
    trailingCommas: 3,
    lines: LENIENT.split('\n').length,
    bytes: Buffer.byteLength(LENIENT),
    badResources: 0,
  })
  expect(comparable(analysis)).toEqual(countByParse(LENIENT))
})

test('cutting a file at every byte gives the same counts', { timeout: 180_000 }, () => {
  const bytes = bytesOf(LENIENT)
  const whole = analyzePieces([bytes])
  for (let cut = 0; cut <= bytes.length; cut++) expect(analyzePieces(cutAt(bytes, [cut])), `at ${cut}`).toEqual(whole)
})

test('one byte at a time gives the same counts', () => {
  const bytes = bytesOf(LENIENT)
  const singles = cutAt(
    bytes,
    Array.from({ length: bytes.length - 1 }, (_, index) => index + 1),
  )
  expect(analyzePieces(singles)).toEqual(analyzePieces([bytes]))
})

test('pieces of any sizes give what a full parse gives', { timeout: 180_000 }, () => {
  const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', 'a(', "'", '/', '\n', ' ', 'é', '😀', '{') })
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('value'), { maxLength: 5 }),
    map: fc.dictionary(fc.oneof(text, fc.constantFrom('type', 'resources', 'properties', 'template')), tie('value'), {
      maxKeys: 5,
    }),
  })).value
  const template = fc.record({ resources: value, parameters: value, outputs: value, functions: value })
  const indent = fc.constantFrom(undefined, 1, 4, '\t')
  const cuts = fc.array(fc.nat(2_000), { maxLength: 12 })
  fc.assert(
    fc.property(fc.oneof(template, value), indent, cuts, (json, space, at) => {
      const written = JSON.stringify(json, undefined, space)
      const expected = countByParse(written)
      fc.pre(expected !== undefined)
      const bytes = bytesOf(written)
      const edges = at.map((one) => one % (bytes.length + 1)).toSorted((a, b) => a - b)
      expect(comparable(analyzePieces(cutAt(bytes, edges)))).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})

test('takes and refuses what the reader takes and refuses, at the same line', { timeout: 180_000 }, () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b',
    '\\',
    '"',
    '1',
    '-',
    '0.5',
    'true',
    'nul',
    ' ',
  )
  const more = fc.constantFrom(
    '\n',
    '//',
    '/*',
    '*/',
    '/',
    '\u00a0',
    '\ufeff',
    'x',
    '\\u12',
    '\\n',
    '\t',
    '"c":',
    '"d": {',
    'é',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, more), { maxLength: 14 }), fc.nat(30), (parts, cut) => {
      const text = parts.join('')
      const { problem, root } = readJson(text)
      // Of names it cannot know whether they stood before.
      fc.pre(!problem?.message.includes('differ only in upper'))
      const bytes = bytesOf(text)
      let refused: unknown
      try {
        analyzePieces(cutAt(bytes, [Math.min(cut, bytes.length)]))
      } catch (error) {
        refused = error
      }
      expect(refused === undefined, `${JSON.stringify(text)} ${String(refused)}`).toBe(root !== undefined)
      if (refused) expect(refused).toBeInstanceOf(NotJson)
    }),
    { numRuns: 1_500 },
  )
})

describe('bad JSON', () => {
  test.each([
    ['{\n  "a": 1,\n  "b": }\n', 3, 8, 'a value is expected here, found "}"'],
    ['{"a": "é😀", x y}', 1, 16, '":" is expected here, found "y"'],
    ['\ufeff{"a" 1}', 1, 6, '":" is expected here, found "1"'],
    ['[1, 2', 1, 6, '"," or "]" is expected here, the text ends'],
    ['{"a": "b\\q"}', 1, 10, '"\\q" is not an escape'],
    ['{"a": truth}', 1, 7, 'a value is expected here, found "truth"'],
    ['[01]', 1, 2, 'a value or "]" is expected here, found "01"'],
    ['{"a": 1} 2', 1, 10, 'there is more text after the end of the value, found "2"'],
    ['', 1, 1, 'it is empty'],
    ['[1] /* open', 1, 12, 'a comment is not closed'],
    ['['.repeat(401), 1, 401, 'values are nested more than 400 deep'],
  ])('%s', (text, line, column, message) => {
    for (const pieces of [[bytesOf(text)], cutAt(bytesOf(text), [Math.floor(text.length / 2)])]) {
      let refused: unknown
      try {
        analyzePieces(pieces)
      } catch (error) {
        refused = error
      }
      expect(refused).toMatchObject({ line, column, message })
    }
    const { problem } = readJson(text)
    if (problem && !text.includes('open')) expect(positions(text)(problem.offset).line).toBe(line)
  })
})

test('a resource that cannot be deployed is told before the end of input, with its index and line', () => {
  const parts = [
    '{ "resources": [ { "type": "A/b", "apiVersion": "1", "name": "n" },\n{ "name": "x" }, ',
    '"no resource", { "type": "C/d" } ] }',
  ]
  const heard: BadResource[] = []
  const pieces = parts.map(bytesOf)
  const analysis = analyzePieces([...pieces.slice(0, 1), ...pieces.slice(1)], (bad) => heard.push(bad))
  expect(heard).toEqual([
    { path: 'resources[1]', line: 2, why: 'it has no type, no apiVersion' },
    { path: 'resources[2]', line: 2, why: 'it is no object' },
    { path: 'resources[3]', line: 2, why: 'it has no apiVersion, no name' },
  ])
  expect(analysis).toMatchObject({ badResources: 3, bad: heard })
  const early: BadResource[] = []
  expect(() => analyzePieces(pieces.slice(0, 1), (bad) => early.push(bad))).toThrow('the text ends')
  expect(early.map(({ path }) => path)).toEqual(['resources[1]'])
})

test('hostile texts stay texts', () => {
  const analysis = analyzePieces([
    bytesOf('{"resources": {"__proto__": {"type": "__proto__"}, "constructor": {"type": "toString"}, "x": 1}}'),
  ])
  expect(analysis.types.map(({ type }) => type)).toEqual(['(none)', '__proto__', 'toString'])
})

/** Texts that no chunk holds and that are not kept whole, with escapes that can be cut, at every kind of place. */
const LONG = String.raw`long \u00e9\\ \"quoted\" `.repeat(6_000)
const LONG_TEXTS = `{"${LONG}": 1, "resources": [ {"type": "${LONG}", "apiVersion": "1", "name": "[f('${LONG}')]"},
  "${LONG}", ], "outputs": { "o" : {"value":"[${LONG}"} , } }`

test('a text too long to be kept counts as one, wherever it is cut', () => {
  const bytes = bytesOf(LONG_TEXTS)
  const whole = analyzePieces([bytes])
  expect(whole).toMatchObject({ resources: 2, badResources: 1, expressions: 0, trailingCommas: 2, outputs: 1 })
  for (const size of [65_536, 65_537, 65_541, 70_000, 100_003]) {
    const cuts = Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => (index + 1) * size)
    expect(analyzePieces(cutAt(bytes, cuts)), `in pieces of ${size}`).toEqual(whole)
  }
  expect(comparable(whole)).toMatchObject({ depth: 3, types: { '(none)': 1 } })
})

test('a large file in small chunks counts like a full parse', async () => {
  const file = join(tempFolder(), 'large.json')
  const made = writeLargeTemplate(file, { bytes: 2_000_000, isLenient: true })
  const analysis = await analyzeTemplate({ source: file, chunkBytes: 64 * 1024 })
  expect(analysis).toMatchObject({ resources: made.resources, bytes: made.bytes, badResources: 0 })
  expect(comparable(analysis)).toEqual(countByParse(readFileSync(file, 'utf8')))
})

test('what cannot be read says so', async () => {
  const folder = tempFolder()
  await expect(analyzeTemplate({ source: join(folder, 'none.json'), chunkBytes: 65_536 })).rejects.toMatchObject({
    code: 'file.problem',
  })
  await expect(analyzeTemplate({ source: folder, chunkBytes: 65_536 })).rejects.toThrow('this is a folder')
  const file = join(folder, 'bad.json')
  writeFileSync(file, '{"a":\n oops}')
  await expect(analyzeTemplate({ source: file, chunkBytes: 65_536 })).rejects.toMatchObject({
    code: 'item.json',
    details: { line: 2, column: 2 },
  })
})

const corpusFolder = corpus('')
test.skipIf(!corpusFolder)('every file of the corpus counts like a full parse', { timeout: 180_000 }, async () => {
  const files = globSync('**/*.json', { cwd: corpusFolder ?? '' }).map((path) => join(corpusFolder ?? '', path))
  let compared = 0
  let refused = 0
  for (const file of files) {
    if (!statSync(file).isFile()) continue
    const expected = countByParse(readFileSync(file, 'utf8'))
    const analysis = await analyzeTemplate({ source: file, chunkBytes: 65_536 }).catch((error: unknown) => error)
    if (expected === undefined) refused++
    if (expected === undefined) expect(analysis, file).toBeInstanceOf(Error)
    else expect(comparable(analysis as never), file).toEqual(expected)
    compared++
  }
  console.log(`corpus: ${compared} files compared, of which ${refused} are no JSON`)
  expect(compared).toBeGreaterThan(100)
})
