import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openAnswers } from '../../src/pipeline/generators/answers.ts'
import { generateArm, mainTemplate, renderLayers } from '../../src/pipeline/generators/arm-template.ts'
import { deploymentOrder } from '../../src/pipeline/generators/deployment-order.ts'
import { streamTemplate } from '../../src/pipeline/generators/stream-template.ts'
import { loadTemplate } from '../../src/pipeline/generators/template-folder.ts'
import { tempFolder } from '../support/temp.ts'

const FILES: Record<string, string> = {
  'souk.yaml':
    'id: steps\nversion: 1.0.0\nkind: template\ndescription: S.\nlicense: MIT\ngenerator: { type: arm-layers, layers: [main.hbs], steps: order.yaml, parts: [note.txt.hbs] }\n',
  'order.yaml': `steps:
  - { step: 1, name: ground, title: Ground, layers: [ground.hbs, more.hbs], before: { types: [A.B/groups], by: hand } }
  - { step: 2, name: middle, title: Middle, needs: [ground], when: hasMiddle, layers: [middle.hbs] }
  - { step: 3, name: empty, title: Empty, needs: [middle], layers: [empty.hbs] }
  - { name: end, title: End, needs: [empty], layers: [end.hbs] }
`,
  'main.hbs':
    '{ "parameters": { "place": { "type": "string", "defaultValue": "x" } }, "variables": { "tags": { "a": "b" } }, "resources": [] }',
  'ground.hbs':
    '{ "resources": { "one": { "type": "A.B/ones", "name": "one", "location": "[parameters(\'place\')]" }, }, "outputs": { "oneId": { "type": "string", "value": "id" }, }, }',
  'more.hbs':
    '{ "resources": { "two": { "type": "A.B/twos", "name": "two", "tags": "[parameters(\'tags\')]", "dependsOn": ["one"] } } }',
  'middle.hbs': '{ "resources": { "three": { "type": "A.B/threes", "name": "three" } } }',
  'empty.hbs': '{ "resources": { } }',
  'end.hbs':
    '{ "resources": { "last": { "type": "A.B/lasts", "name": "last", "properties": { "of": "[parameters(\'oneId\')]", "note": "{{inline "note"}}" } } } }',
  'note.txt.hbs': 'it says "{{env}}"\n[and a second line]\n',
}

function written(changed: Record<string, string> = {}) {
  const folder = tempFolder()
  mkdirSync(folder, { recursive: true })
  const parameters = 'parameters: { type: object, properties: { hasMiddle: { type: boolean, default: true } } }\n'
  for (const [path, text] of Object.entries({ ...FILES, ...changed }))
    writeFileSync(join(folder, path), path === 'souk.yaml' ? text + parameters : text)
  return loadTemplate(folder)
}
const answersFor = (template: ReturnType<typeof written>, hasMiddle = true) =>
  openAnswers(template, { env: 'dev', seed: 's', parameters: { hasMiddle } })
type Nested = Record<
  string,
  {
    dependsOn?: string[]
    properties: {
      parameters?: unknown
      template: { parameters?: unknown; resources: Record<string, { properties: Record<string, string> }> }
    }
  }
>

describe('a template told in steps', () => {
  test('nests each in a deployment that is handed what it uses', () => {
    const template = written()
    const made = generateArm(template, answersFor(template)).template
    const resources = made.resources as unknown as Nested
    expect(Object.keys(resources)).toEqual(['ground', 'middle', 'end'])
    expect(resources['ground']?.properties.parameters).toEqual({
      place: { value: "[parameters('place')]" },
      tags: { value: "[variables('tags')]" },
    })
    expect(resources['ground']?.properties.template.parameters).toEqual({
      place: { type: 'string' },
      tags: { type: 'object' },
    })
    expect(Object.keys(resources['ground']?.properties.template.resources ?? {})).toEqual(['one', 'two'])
    expect(resources['end']?.properties.parameters).toEqual({
      oneId: { value: "[reference('ground').outputs.oneId.value]" },
    })
    expect(resources['end']?.properties.template.resources['last']?.properties['note']).toBe(
      'it says "dev"\n[and a second line]',
    )
    expect(made.outputs).toEqual({ oneId: { type: 'string', value: "[reference('ground').outputs.oneId.value]" } })
  })

  test('leaves out steps that make nothing or are not wanted; others need what those needed', () => {
    const template = written()
    const needs = (hasMiddle: boolean) => {
      const { resources } = generateArm(template, answersFor(template, hasMiddle)).template
      return Object.entries(resources as unknown as Nested).map(([name, { dependsOn = [] }]) => [name, dependsOn])
    }
    expect(needs(true)).toEqual([
      ['ground', []],
      ['middle', ['ground']],
      ['end', ['middle', 'ground']],
    ])
    expect(needs(false)).toEqual([
      ['ground', []],
      ['end', ['ground']],
    ])
  })

  test('tells its order with the types of each step', () => {
    const template = written()
    const { steps, afterwards } = deploymentOrder(template, generateArm(template, answersFor(template)).template)
    expect(steps.map(({ step, needs, types }) => [step, needs, types])).toEqual([
      [1, [], ['A.B/groups', 'A.B/ones', 'A.B/twos']],
      [2, [1], ['A.B/threes']],
    ])
    expect(afterwards).toMatchObject([{ name: 'end', needs: [1, 2] }])
  })

  test('streams the bytes that it is written in at once', async () => {
    const template = written()
    let text = ''
    await streamTemplate(
      renderLayers(template, answersFor(template)),
      (part) => void (text += Buffer.from(part).toString()),
      new AbortController().signal,
    )
    expect(text).toBe(mainTemplate(generateArm(template, answersFor(template)).template))
    expect(text).toContain('"languageVersion": "2.0"')
  })

  test('is refused where a step needs a stranger, two have one name, or nothing gives what is used', () => {
    const order = (from: string, to: string) => ({ 'order.yaml': (FILES['order.yaml'] ?? '').replace(from, to) })
    expect(() => written(order('needs: [ground]', 'needs: [sky]'))).toThrow(
      /middle needs "sky", which does not come before it/,
    )
    expect(() => written(order('name: middle', 'name: ground'))).toThrow(/two steps "ground"|does not come before it/)
    const refused = (changed: Record<string, string>) => {
      const template = written(changed)
      return () => generateArm(template, answersFor(template))
    }
    expect(
      refused({ 'middle.hbs': '{ "resources": { "a": { "type": "A.B/c", "name": "[parameters(\'colour\')]" } } }' }),
    ).toThrow(/uses the parameter "colour", which nothing gives it/)
    expect(refused({ 'more.hbs': '{ "resources": { "one": { "type": "A.B/c", "name": "x" } } }' })).toThrow(
      /more.hbs: resources.*"one" is already in another layer/,
    )
    expect(
      refused({
        'middle.hbs':
          '{ "resources": { "a": { "type": "A.B/c", "name": "x" }, "a": { "type": "A.B/c", "name": "y" } } }',
      }),
    ).toThrow(/middle.hbs/)
    expect(refused({ 'middle.hbs': '{ "resources": [{ "type": "A.B/c", "name": "x" }] }' })).toThrow(
      /middle.hbs: has a list of resources/,
    )
    expect(
      refused({
        'middle.hbs': '{ "parameters": { "place": {} }, "resources": { "a": { "type": "A.B/c", "name": "x" } } }',
      }),
    ).toThrow(/middle.hbs: has parameters/)
    expect(refused({ 'main.hbs': '{ "resources": [{ "type": "A.B/c", "name": "x" }] }' })).toThrow(
      /where there are steps, these do/,
    )
    expect(refused(order('when: hasMiddle', 'when: hasNothing'))).toThrow(
      /"when: hasNothing" names no feature, setting or parameter/,
    )
  })
})
