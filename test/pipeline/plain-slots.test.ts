import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openRenderer } from '../../src/pipeline/generators/handlebars.ts'
import { joined } from '../../src/pipeline/generators/piece.ts'

const CONTEXT = {
  parameters: { domain: 'sales "north"\n', count: 3, nothing: null, list: [1, 'two'], deep: { er: false } },
  env: 'dev',
}
/** With a block before it a source is Handlebars' own work. */
const BLOCK = '{{#if env}}{{/if}}'

/** What rendering gives, or the sentence it fails with. */
function outcome(source: string, more: Record<string, unknown>): string {
  try {
    return joined(openRenderer(CONTEXT, 'seed').repeat(source, 'a.hbs')(more))
  } catch (error) {
    // The block before the other source moves its columns.
    return `fails: ${(error as Error).message.replace(/ - \d+:\d+/, '')}`
  }
}

const slot = fc.constantFrom(
  '{{item}}',
  '{{ index }}',
  '{{item.name}}',
  '{{item.__proto__}}',
  '{{parameters.domain}}',
  '{{parameters.list}}',
  '{{parameters.list.length}}',
  '{{parameters.deep.er}}',
  '{{parameters.nothing}}',
  '{{parameters.none}}',
  '{{env.length}}',
  '{{this.env}}',
  '{{true}}',
  '{{unique}}',
  "{{unique 'a'}}",
  'x{{~env~}}x',
  '{{{env}}}',
  '{{{parameters.count}}}',
  '{{{parameters.list}}}',
  '{{{parameters.none}}}',
  '{{{env}}',
  '{{env}}}',
  '{{unique item length=5}}',
  "{{unique 'a b' 7 parameters.domain  length=12 }}",
  '{{unique length=5 env}}',
  '{{unique parameters.none}}',
  '{{unique parameters.nothing}}',
  String.raw`{{unique "a\"b"}}`,
  '{{storageName "dl" parameters.domain item max=11}}',
  '{{{storageName "dl" env}}}',
  '{{json item}}',
  '{{quoted item}}',
  '{{eq index 1}}',
  '{{or item true}}',
  '{{count parameters.list}}',
  '{{join parameters.list ", "}}',
  '{{lookup parameters "domain"}}',
  '{{unique (list env)}}',
  '{{unique 1.5}}',
  '{{nobody env}}',
  'x{{! a comment }}x',
  String.raw`\{{env}}`,
  '{{env',
)

test('plain slots render as Handlebars renders them, and fail with its words', () => {
  const text = fc.string({ unit: fc.constantFrom('"', ' ', 'a', '\\', '\n', '{', '}', 'é'), maxLength: 6 })
  const source = fc.array(fc.oneof(slot, text), { maxLength: 6 }).map((parts) => parts.join(''))
  const item = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.record({ name: fc.string() }), fc.boolean())
  let plain = 0
  fc.assert(
    fc.property(source, fc.array(item, { minLength: 1, maxLength: 3 }), (written, items) => {
      for (const [index, one] of items.entries()) {
        // Without a text before them Handlebars adds up two numbers that are put in raw.
        const fast = outcome(`|${written}`, { item: one, index })
        const slow = outcome(`${BLOCK}|${written}`, { item: one, index })
        // The names of its own variables, which stand in a few of its messages, count nothing.
        expect(fast.replace(/alias\d+/g, 'alias')).toBe(slow.replace(/alias\d+/g, 'alias'))
        if (!fast.startsWith('fails')) plain++
      }
    }),
    { numRuns: 1500 },
  )
  expect(plain).toBeGreaterThan(100)
})

test('each item gives its own text', () => {
  const render = openRenderer(CONTEXT, 'seed').repeat('{{item}} of {{parameters.domain}} in {{env}}', 'a.hbs')
  expect(['a', 'b"'].map((item, index) => joined(render({ item, index })))).toEqual([
    String.raw`a of sales \"north\"\n in dev`,
    String.raw`b\" of sales \"north\"\n in dev`,
  ])
})

test('a layer that is rendered once does without Handlebars in the same way', () => {
  const source = '{ "name": "{{storageName "dl" parameters.domain env max=11}}", "days": {{{parameters.count}}} }'
  const { render } = openRenderer(CONTEXT, 'seed')
  const whole = render(source, 'a.hbs', 'json')
  expect(`|${whole}`).toBe(render(`${BLOCK}|${source}`, 'a.hbs', 'json'))
  expect(JSON.parse(whole)).toEqual({ name: expect.stringMatching(/^dlsale[a-z0-9]{5}$/), days: 3 })
  expect(() => render('{{parameters.none}}', 'a.hbs', 'json')).toThrow('a value that is not there was asked for')
})
