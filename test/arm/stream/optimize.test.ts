import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readJson } from '../../../src/arm/reader.ts'
import type { ArmNode } from '../../../src/arm/node.ts'
import { openEngine } from '../../../src/arm/stream/engine.ts'
import { Minifier } from '../../../src/arm/stream/minifier.ts'
import { optimizeTemplate } from '../../../src/arm/stream/optimize.ts'
import { shortenExpression } from '../../../src/arm/stream/shorten.ts'
import type { Range } from '../../../src/arm/stream/word.ts'
import { corpus } from '../../support/corpus.ts'
import { writeLargeTemplate } from '../../../src/bench/large-template.ts'
import { cutAt, feedPieces } from '../../support/scan-pieces.ts'
import { tempFolder } from '../../support/temp.ts'

const bytesOf = (text: string): Uint8Array => Buffer.from(text)
const CHUNK = 64 * 1024

/** Minifies a text that comes in pieces. */
function minifyPieces(pieces: readonly Uint8Array[], hasShorter = false): string {
  const engine = openEngine(Math.max(64, ...pieces.map((piece) => piece.length)), { outputs: 2 })
  const shorten = (text: Uint8Array): Uint8Array | undefined => {
    const shorter = shortenExpression(JSON.parse(`"${Buffer.from(text).toString()}"`) as string)
    return shorter === undefined ? undefined : Buffer.from(JSON.stringify(shorter))
  }
  const minifier = new Minifier(engine, hasShorter ? shorten : undefined)
  const out: Uint8Array[] = []
  const take = ({ from, to }: Range): void => void out.push(engine.bytes.slice(from, to))
  const feed = (from: number, to: number): void => take(minifier.feed(from, to))
  feedPieces(engine, { feed, end: () => take(minifier.end()) }, pieces)
  return Buffer.concat(out).toString()
}

/** A tree as a plain value; numbers as written, so that 1.0 and 1 are told apart. */
function valueOf(node: ArmNode, text: string): unknown {
  if (node.kind === 'object') return node.properties.map(({ name, value }) => [name, valueOf(value, text)])
  if (node.kind === 'array') return node.items.map((item) => valueOf(item, text))
  return node.kind === 'number' ? text.slice(node.start, node.end) : node.kind === 'null' ? null : node.value
}

const LENIENT = `\ufeff// head
{ "a" : [ 1.50 , -0e+1, true ,\u00a0null ,], /* "x" */ "b": "keep  // this /* and */ that",
  name : "[concat('a', 'b')]", "e": "\\u0041\\/", "raw": "line
break", "c": {"d": [ {} , [ ] , ] , // last
  } , "[key]" : "[ concat ( parameters('p') , 'x' ) ]" , }
/* end */`
const SMALL = `{"a":[1.50,-0e+1,true,null],"b":"keep  // this /* and */ that",name:"[concat('a', 'b')]","e":"\\u0041\\/","raw":"line
break","c":{"d":[{},[]]},"[key]":"[ concat ( parameters('p') , 'x' ) ]"}`
const SMALLER = SMALL.replace("[concat('a', 'b')]", 'ab').replace(
  "[ concat ( parameters('p') , 'x' ) ]",
  "[concat(parameters('p'),'x')]",
)

test('takes out comments, trailing commas and white space, and keeps every value as it was written', () => {
  expect(minifyPieces([bytesOf(LENIENT)])).toBe(SMALL)
  expect(minifyPieces([bytesOf(LENIENT)], true)).toBe(SMALLER)
})

test('cutting at every byte gives the same bytes', { timeout: 180_000 }, () => {
  const bytes = bytesOf(LENIENT)
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(minifyPieces(cutAt(bytes, [cut])), `at ${cut}`).toBe(SMALL)
    expect(minifyPieces(cutAt(bytes, [cut]), true), `at ${cut}`).toBe(SMALLER)
  }
})

test('one byte at a time gives the same bytes', () => {
  const bytes = bytesOf(LENIENT)
  const singles = cutAt(
    bytes,
    Array.from({ length: bytes.length - 1 }, (_, index) => index + 1),
  )
  expect(minifyPieces(singles)).toBe(SMALL)
  expect(minifyPieces(singles, true)).toBe(SMALLER)
})

test('gives what JSON.stringify gives, whatever the indent and the pieces', { timeout: 180_000 }, () => {
  const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', ',', "'", '/', '\n', ' ', 'é', '😀', '}') })
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
    list: fc.array(tie('value'), { maxLength: 6 }),
    map: fc.dictionary(text, tie('value'), { maxKeys: 6 }),
  })).value
  fc.assert(
    fc.property(
      value,
      fc.constantFrom(undefined, 1, 4, '\t'),
      fc.array(fc.nat(3_000), { maxLength: 12 }),
      (json, space, at) => {
        const bytes = bytesOf(JSON.stringify(json, undefined, space))
        const edges = at.map((one) => one % (bytes.length + 1)).toSorted((a, b) => a - b)
        expect(minifyPieces(cutAt(bytes, edges))).toBe(JSON.stringify(json))
      },
    ),
    { numRuns: 500 },
  )
})

test.each([
  ["[concat('a','b')]", 'ab'],
  ["[concat('a', concat('b', parameters('p')), 'c', 'd')]", "[concat('ab',parameters('p'),'cd')]"],
  ["[CONCAT(concat(concat('a')), '''s')]", "a's"],
  ["[format('{0}', concat('a','b'))]", "[format('{0}','ab')]"],
  [
    "[if(true(), concat('a ', 'b').length, createArray('x')[ 0 ])]",
    "[if(true(),concat('a ','b').length,createArray('x')[0])]",
  ],
  ["[concat('[a', 'b')]", "['[ab']"],
  ["[concat(1, 'a', 'b')]", "[concat(1,'ab')]"],
])('%s is shorter as %s', (before, after) => {
  expect(shortenExpression(before)).toBe(after)
})

test.each([
  "[[concat('a','b')]",
  'plain',
  "[concat('a']",
  '[',
  "[concat('a',,'b')]",
  "[parameters('p')]",
  '[]',
  "['']]",
  `[${'f('.repeat(200)}${')'.repeat(200)}]`,
])('%s is left alone', (text) => {
  expect(shortenExpression(text)).toBeUndefined()
})

test('a large file becomes what parsing and writing it again gives', async () => {
  const folder = tempFolder()
  const [source, into] = [join(folder, 'large.json'), join(folder, 'small.json')]
  writeLargeTemplate(source, { bytes: 1_500_000 })
  const seen: [number, number | undefined][] = []
  const result = await optimizeTemplate({ source, into, chunkBytes: CHUNK, onProgress: (...at) => seen.push(at) })
  const text = readFileSync(source, 'utf8')
  expect(readFileSync(into, 'utf8')).toBe(JSON.stringify(JSON.parse(text)))
  expect(result.bytesBefore).toBe(Buffer.byteLength(text))
  expect(result.bytesAfter).toBeLessThan(result.bytesBefore * 0.9)
  expect(seen.at(-1)).toEqual([result.bytesBefore, result.bytesBefore])
  expect(seen.length).toBeGreaterThan(10)
})

test('a text too long to be kept is written as it is, wherever it is cut', () => {
  const long = String.raw`long \u00e9\\ \"quoted, /* \" `.repeat(6_000)
  const bytes = bytesOf(`[ "${long}" , "[concat('${long}')]", /* c */ {"${long}" : 1 , }, ]`)
  const small = `["${long}","[concat('${long}')]",{"${long}":1}]`
  for (const size of [65_536, 65_537, 65_541, 70_000, 100_003, 1_000_000]) {
    const cuts = Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => (index + 1) * size)
    expect(minifyPieces(cutAt(bytes, cuts), true) === small, `in pieces of ${size}`).toBe(true)
  }
})

test('tells which expressions were made shorter', async () => {
  const folder = tempFolder()
  const [source, into] = [join(folder, 'a.json'), join(folder, 'b.json')]
  writeFileSync(source, `{\n "a": "[concat('a', 'b')]",\n "b": "[parameters('c')]"\n}`)
  const result = await optimizeTemplate({ source, into, chunkBytes: CHUNK, hasShorterExpressions: true })
  expect(result).toMatchObject({ changeCount: 1, changes: [{ line: 2, before: "[concat('a', 'b')]", after: 'ab' }] })
  expect(readFileSync(into, 'utf8')).toBe(`{"a":"ab","b":"[parameters('c')]"}`)
})

test('writes whole files or none, over nothing unless told, and through no link', async () => {
  const folder = tempFolder()
  const [source, into] = [join(folder, 'a.json'), join(folder, 'b.json')]
  writeFileSync(source, '{"a": [1, 2}')
  await expect(optimizeTemplate({ source, into, chunkBytes: CHUNK })).rejects.toMatchObject({ code: 'item.json' })
  expect(readdirSync(folder)).toEqual(['a.json'])
  writeFileSync(source, '{"a": 1 }')
  writeFileSync(into, 'mine')
  await expect(optimizeTemplate({ source, into, chunkBytes: CHUNK })).rejects.toMatchObject({ code: 'usage.wrong' })
  expect(readFileSync(into, 'utf8')).toBe('mine')
  await optimizeTemplate({ source, into, chunkBytes: CHUNK, isForced: true })
  expect(readFileSync(into, 'utf8')).toBe('{"a":1}')
  await optimizeTemplate({ source, into: source, chunkBytes: CHUNK, isForced: true })
  expect(readFileSync(source, 'utf8')).toBe('{"a":1}')
  const target = join(folder, 'c.json')
  symlinkSync(join(folder, 'elsewhere'), `${target}.part`)
  await expect(optimizeTemplate({ source, into: target, chunkBytes: CHUNK })).rejects.toMatchObject({
    code: 'file.problem',
  })
  expect(existsSync(join(folder, 'elsewhere'))).toBe(false)
  mkdirSync(join(folder, 'dir'))
  await expect(
    optimizeTemplate({ source, into: join(folder, 'none', 'x.json'), chunkBytes: CHUNK }),
  ).rejects.toMatchObject({ code: 'file.problem' })
})

test('a cancelled run leaves nothing', async () => {
  const folder = tempFolder()
  const [source, into] = [join(folder, 'a.json'), join(folder, 'b.json')]
  writeLargeTemplate(source, { bytes: 1_000_000 })
  const stop = new AbortController()
  const onProgress = (done: number): void => {
    if (done > 300_000) stop.abort()
  }
  await expect(
    optimizeTemplate({ source, into, chunkBytes: CHUNK, signal: stop.signal, onProgress }),
  ).rejects.toMatchObject({ name: 'AbortError' })
  expect(readdirSync(folder)).toEqual(['a.json'])
})

const corpusFolder = corpus('')
test.skipIf(!corpusFolder)('every file of the corpus keeps its value', { timeout: 60_000 }, async () => {
  const folder = tempFolder()
  const into = join(folder, 'small.json')
  let compared = 0
  for (const path of globSync('**/*.json', { cwd: corpusFolder ?? '' })) {
    const text = readFileSync(join(corpusFolder ?? '', path), 'utf8')
    const { root } = readJson(text)
    if (!root) continue
    await optimizeTemplate({ source: join(corpusFolder ?? '', path), into, chunkBytes: CHUNK, isForced: true })
    const small = readFileSync(into, 'utf8')
    const again = readJson(small)
    expect(again.root && valueOf(again.root, small), path).toEqual(valueOf(root, text))
    expect(
      again.notes.filter(({ message }) => /comment|comma/.test(message)),
      path,
    ).toEqual([])
    compared++
  }
  console.log(`corpus: ${compared} files compared`)
  expect(compared).toBeGreaterThan(100)
})
