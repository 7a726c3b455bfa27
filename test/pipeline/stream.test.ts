import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openAnswers, type Answers } from '../../src/pipeline/generators/answers.ts'
import { generateArm, mainTemplate, renderLayers } from '../../src/pipeline/generators/arm-template.ts'
import { openJsonWriter } from '../../src/pipeline/generators/json-writer.ts'
import { fixed } from '../../src/pipeline/generators/piece.ts'
import { streamTemplate } from '../../src/pipeline/generators/stream-template.ts'
import { loadTemplate, type Template } from '../../src/pipeline/generators/template-folder.ts'
import { streamRun } from '../../src/pipeline/stream-run.ts'
import { seededRandom } from '../support/mutate.ts'
import { TEMPLATES, openPipeline } from '../support/run-pipeline.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

const never = new AbortController().signal

/** A template of one layer, and one that repeats over the parameter `items`. */
function templateWith(repeat: string): Template {
  const folder = tempFolder()
  mkdirSync(join(folder, 'layers'))
  writeFileSync(
    join(folder, 'souk.yaml'),
    'id: many\nversion: 1.0.0\nkind: template\ndescription: Many.\nlicense: MIT\ngenerator: { type: arm-layers, layers: [layers/main.hbs], repeats: [{ file: layers/one.hbs, each: items }] }\n',
  )
  writeFileSync(
    join(folder, 'layers/main.hbs'),
    '{ "variables": { "a": "{{env}}" }, "resources": [], "outputs": { "o": { "type": "string", "value": "x" } } }',
  )
  writeFileSync(join(folder, 'layers/one.hbs'), repeat)
  return loadTemplate(folder)
}
function answersFor(template: Template, items: unknown): Answers {
  return openAnswers(template, { env: 'dev', parameters: { items }, seed: 's' })
}
async function streamed(template: Template, answers: Answers): Promise<string> {
  let text = ''
  await streamTemplate(renderLayers(template, answers), (part) => void (text += textOf(part)), never)
  return text
}
const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)
const whole = (template: Template, answers: Answers): string => mainTemplate(generateArm(template, answers).template)

describe('the incremental writer', () => {
  test('lays out any value as JSON.stringify does, whatever the size of its chunks', async () => {
    const random = seededRandom(7)
    const word = (): string => ['a', 'b"\\', 'line\nbreak', '\u2028é😀', ''][Math.floor(random() * 5)] ?? ''
    const any = (depth: number): unknown => {
      const kind = Math.floor(random() * (depth > 3 ? 4 : 6))
      if (kind === 0) return word()
      if (kind === 1) return Math.round(random() * 1000) / 10
      if (kind === 2) return random() > 0.5
      if (kind === 3) return null
      const size = Math.floor(random() * 4)
      if (kind === 4) return Array.from({ length: size }, () => any(depth + 1))
      return Object.fromEntries(Array.from({ length: size }, (_, index) => [`${word()}${index}`, any(depth + 1)]))
    }
    for (let round = 0; round < 200; round++) {
      const value = {
        first: any(0),
        list: Array.from({ length: Math.floor(random() * 5) }, () => any(1)),
        last: any(0),
      }
      let text = ''
      const writer = openJsonWriter((part) => void (text += textOf(part)), 1 + Math.floor(random() * 50))
      writer.open('{')
      writer.key('first')
      writer.value(value.first)
      writer.key('list')
      writer.open('[')
      for (const one of value.list) {
        writer.value(one)
        if (writer.isFull) await writer.flush()
      }
      writer.close()
      writer.key('last')
      writer.value(value.last)
      writer.close()
      await writer.end()
      expect(text).toBe(`${JSON.stringify(value, undefined, 2)}\n`)
    }
  })

  test('takes a value larger than a chunk, and pieces that come again', async () => {
    let text = ''
    const writer = openJsonWriter((part) => void (text += textOf(part)), 10)
    const large = 'é😀'.repeat(100_000)
    writer.open('[')
    writer.value('short')
    writer.value(large)
    for (const name of ['ä', 'b']) writer.laidOut([fixed('"ö'), name, fixed('"')])
    writer.close()
    await writer.end()
    expect(text).toBe(`${JSON.stringify(['short', large, 'öä', 'öb'], undefined, 2)}\n`)
    expect(writer.written).toBe(text.length)
  })

  test('ends with everything closed only, and waits for a slow sink', async () => {
    const taken: number[] = []
    const writer = openJsonWriter(async (text) => {
      await Promise.resolve()
      taken.push(text.length)
    }, 10)
    writer.open('[')
    expect(() => openJsonWriter(() => {}).close()).toThrow('nothing is open')
    await expect(writer.end()).rejects.toThrow('1 brackets are still open')
    writer.value('x'.repeat(20))
    expect(writer.isFull).toBe(true)
    await writer.flush()
    expect(writer.isFull).toBe(false)
    expect(taken).toEqual([writer.written])
  })
})

describe('a streamed template', () => {
  const PLAIN =
    '{ "type": "A/b", "apiVersion": "1", "name": "n-{{item}}", "tags": { "{{item}}": "{{env}}", "at": "{{index}}" } }'
  const AWKWARD = [
    ['simple places within quotes', PLAIN],
    [
      'blocks and a comma too many',
      '{ "type": "A/b", "name": "{{item}}", {{#if index}}"properties": { "n": {{{index}}}, },{{/if}} }',
    ],
    [
      'helpers with quotes of their own',
      '{ "type": "A/b", "name": "{{unique item length=5}}", "x": "{{storageName "st" item}}" }',
    ],
    ['values of their own kind', '{ "type": "A/b", "name": "{{item}}", "list": {{json (list item index)}} }'],
  ] as const

  test.each(AWKWARD)('of %s has the bytes of the whole one', async (_name, source) => {
    const template = templateWith(source)
    for (const items of [[], ['one'], ['a', 'quo"te', 'back\\slash', 'new\nline', '{{x}}', '\u2028é', '</script>']]) {
      const answers = answersFor(template, items)
      const text = await streamed(template, answers)
      expect(text).toBe(whole(template, answers))
      expect((JSON.parse(text) as { resources: unknown[] }).resources).toHaveLength(items.length)
    }
  })

  test('puts what was given into quotes, whatever it is', async () => {
    const template = templateWith(PLAIN)
    const item = '", "type": "Evil/one", "x": "'
    const { resources } = JSON.parse(await streamed(template, answersFor(template, [item]))) as {
      resources: { type: string; name: string }[]
    }
    expect(resources).toEqual([expect.objectContaining({ type: 'A/b', name: `n-${item}` })])
  })

  test('is under way before its last resource is made, and holds none of them', async () => {
    const template = templateWith(PLAIN)
    let asked = 0
    const items = Array.from({ length: 20_000 }, (_, index) => `item-${index}`)
    const rendered = renderLayers(template, answersFor(template, items))
    const counted = {
      ...rendered,
      repeated: {
        *[Symbol.iterator]() {
          for (const one of rendered.repeated) {
            asked++
            yield one
          }
        },
      },
    }
    const askedAt: number[] = []
    let longest = 0
    const result = await streamTemplate(
      counted,
      (part) => {
        askedAt.push(asked)
        longest = Math.max(longest, part.length)
      },
      never,
    )
    expect(result.resources).toBe(20_000)
    expect(askedAt[0]).toBe(0)
    expect(askedAt.length).toBeGreaterThan(20)
    expect(longest).toBeLessThan(128 * 1024)
  })

  test('stops when it is told to', async () => {
    const template = templateWith(PLAIN)
    const control = new AbortController()
    const items = Array.from({ length: 20_000 }, (_, index) => `item-${index}`)
    let parts = 0
    const sink = (): void => {
      if (++parts === 3) control.abort()
    }
    await expect(
      streamTemplate(renderLayers(template, answersFor(template, items)), sink, control.signal),
    ).rejects.toThrow()
    expect(parts).toBe(3)
  })

  test.each([
    ['{ "name": "x" }', 'does not render to a resource with type and name'],
    ['{ "type": ', 'does not render to JSON'],
    ['{ "type": "A/b", "name": "{{nothing}}" }', 'cannot be rendered'],
  ])('%s is refused with its file', async (source, why) => {
    const template = templateWith(source)
    await expect(streamed(template, answersFor(template, ['a']))).rejects.toThrow(why)
    await expect(streamed(template, answersFor(template, 'no list'))).rejects.toThrow('is no list parameter')
  })

  test('comes with a view definition where the manifest names one', async () => {
    const { folder } = templateWith(PLAIN)
    const manifest = join(folder, 'souk.yaml')
    writeFileSync(
      manifest,
      readFileSync(manifest, 'utf8')
        .replace('layers:', 'viewDefinition: view.hbs, layers:')
        .replace('items }] }', 'items }] }\nparameters: { properties: { items: { type: array, default: [x] } } }'),
    )
    writeFileSync(
      join(folder, 'view.hbs'),
      '{ "views": [{ "kind": "Overview", "properties": { "header": "In {{env}}", } }] }',
    )
    const home = tempFolder()
    await openPipeline(testSystem(), home).runHere('generate', 'G', {
      template: folder,
      envs: ['qa'],
      out: join(home, 'out'),
    })
    const made: unknown = JSON.parse(readFileSync(join(home, 'out/qa/viewDefinition.json'), 'utf8'))
    expect(made).toEqual({ views: [{ kind: 'Overview', properties: { header: 'In qa' } }] })
  })

  test('is asked for by id, with its parameters checked', async () => {
    const places = { system: testSystem(), roots: [TEMPLATES] }
    const products = Array.from({ length: 1500 }, (_, index) => `product-${index}`)
    let text = ''
    const request = { template: 'data-mesh-domain', env: 'dev', parameters: { products } }
    const { resources } = await streamRun(places, request, (part) => void (text += textOf(part)), never)
    expect(resources).toBe((JSON.parse(text) as { resources: unknown[] }).resources.length)
    expect(resources).toBeGreaterThan(1500)
    const wrong = { ...request, parameters: { products: ['NOT GOOD'] } }
    await expect(streamRun(places, wrong, () => {}, never)).rejects.toMatchObject({ code: 'job.parameter', exit: 2 })
    await expect(streamRun(places, { ...request, env: 'moon' }, () => {}, never)).rejects.toMatchObject({ exit: 2 })
  })
})
