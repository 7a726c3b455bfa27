import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { type FaultMode, json, page, SOUND } from './mode.ts'

const MIB = 1024 * 1024
/** What a size fault may cost: several times the largest answer that is taken, and far less than what is sent. */
const GROWTH = 96 * MIB
/** Most bytes of an answer the bench takes, as in its settings. */
export const MOST_BYTES = 4 * MIB

const of = (name: string, body: unknown, says: RegExp, headers: Record<string, string> = {}): FaultMode => ({
  name,
  state: 'failed',
  says,
  answer: (asked) => json(asked, body, headers),
})

const fine = (name: string, body: unknown, kept: readonly string[] = ['sound'], skips?: RegExp): FaultMode => ({
  name,
  state: 'fresh',
  kept,
  ...(skips ? { skips } : {}),
  answer: (asked) => json(asked, body),
})

/** Sends a text until the other side has had enough. */
async function pour(response: ServerResponse, text: string): Promise<void> {
  const ended = once(response, 'close')
  while (!response.destroyed) if (!response.write(text)) await Promise.race([once(response, 'drain'), ended])
}

/** One stream of gzip that unfolds to 512 MiB of blanks: members one after another, as the format allows. */
const bomb = (): Buffer => {
  const member = gzipSync(Buffer.alloc(16 * MIB, ' '), { level: 9 })
  return Buffer.concat(Array.from({ length: 32 }, () => member))
}

const brotliBomb = (): Buffer =>
  brotliCompressSync(Buffer.alloc(64 * MIB, ' '), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })

const large = (mode: FaultMode): FaultMode => ({ ...mode, maxGrowth: GROWTH })

const named = (count: number, at = 0): object[] =>
  Array.from({ length: count }, (_, more) => ({ ...SOUND, name: `item-${at + more}` }))

const WHOLE = JSON.stringify(page([SOUND]))
const LARGER = /is larger than 4194304 bytes/
const NO_LIST = /has no list "templates"/

const endless = (name: string, more: object): FaultMode =>
  large({
    name,
    state: 'fresh',
    kept: ['item-0', 'item-9999'],
    skips: /names \d+ goods; the first 10000 were read/,
    answer: (asked) => json(asked, { templates: named(1000, Number(asked.url.searchParams.get('offset'))), ...more }),
  })

/** Faults of what an answer holds: its form, its size, its pages. */
export const contentModes: readonly FaultMode[] = [
  of('a web page', '<!doctype html><title>\u001B[31mHello\u0007</title>', /a web page, not a registry/, {
    'content-type': 'text/html',
  }),
  of('a web page that calls itself JSON', '\r\n  <html></html>', /a web page, not a registry/),
  of('plain text', 'Welcome!\u001B[2J', /is not JSON/, { 'content-type': 'text/plain' }),
  of('an empty body', '', /it is empty/),
  of('blanks only', ' \r\n\t ', /it is empty/),
  of('JSON cut off', WHOLE.slice(0, -5), /is not JSON/),
  of('two documents', WHOLE + WHOLE, /is not JSON/),
  of('null', 'null', NO_LIST),
  of('a number', '42', NO_LIST),
  of('a text', '"templates"', NO_LIST),
  of('an array where an object is meant', [SOUND], NO_LIST),
  of('an object where an array is meant', { templates: { 0: SOUND, length: 1 } }, NO_LIST),
  of('an empty object', {}, NO_LIST),
  of('the list under __proto__', '{"__proto__": {"templates": [{"name": "sound", "version": "1.0.0"}]}}', NO_LIST),
  of('an error with status 200', { error: 'out of order', detail: '\u001B]0;title\u0007' }, NO_LIST),
  fine('another content type', WHOLE),
  fine('a byte order mark', `\uFEFF${WHOLE}`),
  fine('nothing at all, in good order', page([]), []),
  of('NUL after the end', `${WHOLE}\0\0`, /is not JSON/),
  of('UTF-16', Buffer.from(`\uFEFF${WHOLE}`, 'utf16le'), /is not JSON/),
  fine(
    'invalid UTF-8',
    Buffer.concat([
      Buffer.from('{"templates": [{"name": "sound", "version": "1.0.0", "description": "'),
      Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0xed, 0xa0, 0x80]),
      Buffer.from('"}]}'),
    ]),
  ),
  of('deep lists', '['.repeat(200_000) + ']'.repeat(200_000), /nests deeper than 64 levels/),
  of(
    'deep objects',
    `{"templates": [${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}]}`,
    /nests deeper than 64 levels/,
  ),
  fine(
    'entries of every wrong type',
    page([null, 1, 'text', [], [[]], true, SOUND, {}]),
    ['sound'],
    /is not an object/,
  ),
  fine(
    'a total that is too large',
    page([SOUND], { total_count: 9e15, filtered_count: 9e15 }),
    ['sound'],
    /first 1 were/,
  ),
  fine('a total that is too small', page([...named(3), SOUND], { total_count: 0, filtered_count: 0 }), [
    'sound',
    'item-2',
  ]),
  fine('a total below nothing', page([SOUND], { total_count: -5, filtered_count: -5 })),
  fine('a total that is no number', page([SOUND], { total_count: 'many', filtered_count: {} })),
  {
    name: 'the same page for ever',
    state: 'fresh',
    kept: ['sound'],
    answer: (asked) => json(asked, page([SOUND, ...named(999)], { total_count: 1e6, filtered_count: 1e6 })),
  },
  {
    name: 'pages that overlap',
    state: 'fresh',
    kept: ['item-0', 'item-1999'],
    answer: (asked) => {
      const at = Number(asked.url.searchParams.get('offset'))
      json(asked, page(named(1000, Math.max(0, at - 1)), { filtered_count: 2001 }))
    },
  },
  {
    name: 'a second page that fails',
    state: 'fresh',
    says: /sent the first 1,000 of 2,000: page 2 failed: it answered 500/,
    items: 1000,
    answer: (asked) => {
      const isFirst = asked.url.searchParams.get('offset') === '0'
      if (isFirst) json(asked, page(named(1000), { filtered_count: 2000 }))
      else asked.response.writeHead(500).end()
    },
  },
  endless('pages without an end', { filtered_count: 1e9 }),
  fine('more entries than a page', page(named(4000)), ['item-3999']),
  large(of('JSON over the limit', `{"templates": [${' '.repeat(MOST_BYTES)}]}`, LARGER)),
  large({
    name: 'a body without an end',
    state: 'failed',
    says: LARGER,
    answer: ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      void pour(response, '[1,2,3,4,5,6,7,8],'.repeat(4000))
    },
  }),
  large({
    name: 'an announced length over the limit',
    state: 'failed',
    says: LARGER,
    answer: ({ response }) => void response.writeHead(200, { 'content-length': '99999999999' }).write('{'),
  }),
  large(of('a gzip bomb', bomb(), LARGER, { 'content-encoding': 'gzip' })),
  large(of('a brotli bomb', brotliBomb(), LARGER, { 'content-encoding': 'br' })),
  large({
    name: 'an error page without an end',
    state: 'failed',
    says: /answered 404/,
    answer: ({ response }) => {
      response.writeHead(404)
      void pour(response, 'not here '.repeat(4000))
    },
  }),
  large({
    name: 'a redirect with a body without an end',
    state: 'fresh',
    kept: ['elsewhere'],
    answer: ({ response, elsewhere }) => {
      response.writeHead(302, { location: elsewhere })
      void pour(response, 'this way '.repeat(4000))
    },
  }),
]
