import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { openFilesMemory, type FilesMemory } from '../../src/validation/files-memory.ts'
import { changeBetween } from '../../src/validation/text-change.ts'
import { validateFiles } from '../../src/validation/validator.ts'
import { corpus } from '../support/corpus.ts'
import { testSystem } from '../support/test-system.ts'
import { deployment, parameters, storage, template, ui } from './samples.ts'

const NOW = Date.parse('2026-02-13T00:00:00Z')

const validate = (text: string, memory?: FilesMemory, more: Record<string, string> = {}): Promise<Report> => {
  const files = Object.entries({ 'mainTemplate.json': text, ...more }).map(([path, one]) => ({ path, text: one }))
  return validateFiles(files, { system: testSystem(), now: NOW, target: 'goods', ...(memory ? { memory } : {}) })
}

type Parts = readonly { faults: unknown }[]
const partsIn = (memory: FilesMemory): Parts => memory.files.get('mainTemplate.json')?.memory?.parts ?? []

/** Whether an edit was judged by its part: then what was said of some part before is still the very same thing. */
const isByParts = (before: Parts, memory: FilesMemory): boolean =>
  partsIn(memory).some(({ faults }) => before.some((one) => one.faults === faults))

/** Edits that people make, and some that nobody should: at a place given as a share of the text. */
const EDITS: readonly ((text: string, at: number) => string)[] = [
  (text, at) => `${text.slice(0, at)}x${text.slice(at)}`,
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at) => text.slice(0, at) + text.slice(at + 40),
  (text, at) => replaceFrom(text, at, '"string"', '"int"'),
  (text, at) => replaceFrom(text, at, '"type": "', '"type": "secure'),
  (text, at) => replaceFrom(text, at, "parameters('", "parameters('un"),
  (text, at) => replaceFrom(text, at, '"apiVersion": "20', '"apiVersion": "19'),
  (text, at) => replaceFrom(text, at, '"properties": {', '"properties": {"tags": {}, "minimumTlsVersion": "TLS1_0", '),
  (text, at) =>
    replaceFrom(text, at, '"outputs": {', '"outputs": {"adminPassword": {"type": "string", "value": "Tr0ub4dor&3x"}, '),
  (text, at) =>
    replaceFrom(
      text,
      at,
      '"resources": [',
      '"resources": [{"type": "A.B/c", "apiVersion": "2020-01-01", "name": "n"}, ',
    ),
  (text, at) => replaceFrom(text, at, '"scope": "inner"', '"scope": "outer"'),
  (text, at) => replaceFrom(text, at, '"parameters": {', '"parameters": {"fresh": {"type": "string"}, '),
  (text, at) => replaceFrom(text, at, '"variables": {', '"variables": {"vmSize": "Standard_A1", "fresh": null, '),
  (text, at) => replaceFrom(text, at, '"variables": {', '"variables": {"vmSize": "[variables(\'nowhere\')]", '),
  (text, at) => replaceFrom(text, at, '"name": "', '"vmSize": "Standard_A1", "name": "'),
  (text, at) => replaceFrom(text, at, '\n', '\n\n\n'),
  (text, at) => replaceFrom(text, at, '{', '{ // note\n'),
  (text, at) => replaceFrom(text, at, '"https://', '"https://management.azure.com/'),
]

function replaceFrom(text: string, from: number, what: string, by: string): string {
  const at = text.indexOf(what, from)
  return at < 0 ? text : text.slice(0, at) + by + text.slice(at + what.length)
}

/** The places that differ between two reports are empty, whatever is otherwise told of a run. */
async function expectSame(text: string, memory: FilesMemory): Promise<void> {
  const [again, anew] = [await validate(text, memory), await validate(text)]
  expect(again.findings).toEqual(anew.findings)
  expect(again.rules).toEqual(anew.rules)
  expect(again.score).toBe(anew.score)
}

const inner = (change: Record<string, unknown> = {}): unknown =>
  deployment(
    'inner',
    {
      parameters: { location: { type: 'string' }, name: { type: 'string' } },
      variables: { unused: 1 },
      resources: [
        storage({ tags: {}, name: "[parameters('name')]" }),
        deployment(
          'inner',
          { parameters: { name: { type: 'int' } }, resources: [] },
          { name: { value: "[parameters('name')]" } },
        ),
      ],
      outputs: {},
      ...change,
    },
    { name: { value: "[parameters('location')]" } },
  )

/** Places in the text that an edit is tried at. */
const PLACES = 24

const NESTED = template({
  resources: [storage(), inner(), inner({ outputs: { vmSize: { type: 'string', value: 'A1' } } }), inner()],
})

describe('a second validation after an edit', () => {
  it.each(EDITS.map((edit, index) => [index, edit] as const))(
    'finds what the first would, edit %i',
    async (_, edit) => {
      const memory = openFilesMemory()
      await validate(NESTED, memory)
      expect(partsIn(memory)).toHaveLength(3)
      for (let place = 0; place < PLACES; place++) {
        await expectSame(edit(NESTED, Math.floor((place * NESTED.length) / PLACES)), memory)
        await expectSame(NESTED, memory)
      }
    },
  )

  it('reads the part that was edited, and for an edit outside all parts the frame', async () => {
    const memory = openFilesMemory()
    const plain = template({ resources: [storage(), inner(), inner()] })
    await validate(plain, memory)
    const parts = partsIn(memory)
    const inside = plain.replace('"unused"', '"useless"')
    await expectSame(inside, memory)
    const after = partsIn(memory)
    expect(after[1]?.faults).toBe(parts[1]?.faults)
    expect(after[0]?.faults).not.toBe(parts[0]?.faults)
    const outside = inside.replace('"contentVersion": "1.0.0.0"', '"contentVersion": "", "functions": []')
    await expectSame(outside, memory)
    expect(partsIn(memory)[0]?.faults).toBe(after[0]?.faults)
  })

  it('compares the files beside it with what they now stand beside', async () => {
    const memory = openFilesMemory()
    const more = { 'createUiDefinition.json': ui(), 'mainTemplate.parameters.json': parameters() }
    await validate(NESTED, memory, more)
    const renamed = NESTED.replace('"location": {', '"place": {')
    const [again, anew] = [await validate(renamed, memory, more), await validate(renamed, undefined, more)]
    expect(again.findings).toEqual(anew.findings)
  })

  const folder = corpus('avm')
  it.skipIf(folder === undefined)(
    'finds the same in real modules, wherever they are edited',
    async () => {
      const modules = readdirSync(folder ?? '').filter((name) => name.startsWith('avm-'))
      let byParts = 0
      for (const [index, name] of modules.entries()) {
        const original = readFileSync(join(folder ?? '', name, 'main.json'), 'utf8')
        if (original.length > 600_000) continue
        const memory = openFilesMemory()
        let text = original
        await validate(text, memory)
        for (const share of [0.1, 0.45, 0.8]) {
          const edit = EDITS[(index * 3 + Math.floor(share * 10)) % EDITS.length]
          const before = partsIn(memory)
          const edited = edit?.(text, Math.floor(share * text.length)) ?? text
          await expectSame(edited, memory)
          if (isByParts(before, memory)) byParts++
          // What cannot be read any more is put right again.
          if (partsIn(memory).length === 0) await validate(text, memory)
          else text = edited
        }
      }
      expect(byParts).toBeGreaterThan(5)
    },
    120_000,
  )
})

describe('the change between two texts', () => {
  it('is what stands between their common ends', () => {
    expect(changeBetween('abcdef', 'abXYef')).toEqual({ start: 2, oldEnd: 4, newEnd: 4, shift: 0 })
    expect(changeBetween('aaa', 'aaaa')).toEqual({ start: 3, oldEnd: 3, newEnd: 4, shift: 1 })
    expect(changeBetween('same', 'same')).toEqual({ start: 4, oldEnd: 4, newEnd: 4, shift: 0 })
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), fc.nat(9000), (one, two, length) => {
        const [head, tail] = ['h'.repeat(length), 't'.repeat(length)]
        const [old, now] = [head + one + tail, head + two + tail]
        const { start, oldEnd, newEnd } = changeBetween(old, now)
        expect(old.slice(0, start) + now.slice(start, newEnd) + old.slice(oldEnd)).toBe(now)
      }),
    )
  })
})
