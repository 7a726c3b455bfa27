import { readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openBreakers } from '../../src/http/breaker.ts'
import { defaultSettings } from '../../src/config/defaults.ts'
import { makeQuery } from '../../src/model/query.ts'
import { GuestProcess, guestFlags } from '../../src/plugins/guest-process.ts'
import { FrameReader, frameOf } from '../../src/plugins/guest/frames.ts'
import { readPlugin } from '../../src/plugins/read-plugin.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { askThrough, shop, watchedSystem } from './plugins.ts'
import { codeOf, writePlugin } from './written-plugin.ts'

// Each starts processes, and a busy machine takes its time over them.
vi.setConfig({ testTimeout: 180_000 })

const NOWHERE = 'http://127.0.0.1:1'
/** Waits until a condition holds; the limit is that of the test. */
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((done) => setTimeout(done, 20))
}

const LATE = /did not (?:answer|load) within 1000 ms/
/** What a hostile plugin does when it is searched, and what is said of it. */
const ATTACKS: [string, { search: string; before?: string }, RegExp][] = [
  ['never answers', { search: 'new Promise(() => {})' }, LATE],
  ['loops', { search: '(() => { for (;;); })()' }, LATE],
  ['loops in promises', { search: '(async () => { for (;;) await 0 })()' }, LATE],
  ['answers without end', { search: `[{ name: 'x'.repeat(17_000_000) }]` }, /bytes; 16777216 are taken/],
  [
    'nests',
    { search: `(() => { let a = []; for (let i = 0; i < 500; i++) a = [a]; return a })()` },
    /nests deeper than 64/,
  ],
  ['logs without end', { search: `(() => { for (;;) tools.log('x'.repeat(2000)) })()` }, /sends without end/],
  [
    'asks without end',
    {
      search: `(() => { for (let i = 0; i < 1000; i++) tools.fetch('/x').catch(() => {}); return new Promise(() => {}) })()`,
    },
    /asks more than 200 things/,
  ],
  [
    'throws where nobody catches',
    { search: `(() => { setTimeout(() => { throw new Error('bang \\u001b[31m') }); return new Promise(() => {}) })()` },
    /crashed: bang ␛\[31m/,
  ],
  [
    'takes the heap',
    { search: `(() => { const all = []; for (;;) all.push(new Array(100_000).fill(Math.random())) })()` },
    /ran out of memory|more than 268435456 bytes/,
  ],
  [
    'takes memory outside the heap',
    { search: `(async () => { const all = []; for (;;) { all.push(new Uint8Array(8e6).fill(1)); await 0 } })()` },
    /more than 268435456 bytes/,
  ],
]

it.each(ATTACKS)('a plugin that %s is ended, and no other notices', async (_what, { search, before }, said) => {
  const watched = watchedSystem()
  const code = codeOf('acme', `{ search: (query, tools) => ${search}, getTemplate: () => null }`, before)
  const bad = await askThrough({ code }, NOWHERE, {
    system: watched.system,
    entry: { timeoutMs: said === LATE ? 1000 : 60_000 },
  })
  await expect(bad.search(makeQuery(), {})).rejects.toMatchObject({
    code: 'plugin.stopped',
    message: expect.stringMatching(said),
  })
  await until(() => watched.living().length === 0)
  expect(watched.pids.length).toBeGreaterThan(0)
  const fine = codeOf('acme', `{ search: () => [{ name: 'lamp', description: 'x' }], getTemplate: () => null }`)
  const good = await askThrough({ code: fine }, NOWHERE)
  expect((await good.search(makeQuery(), {})).value.listings.map((one) => one.name)).toEqual(['lamp'])
})

it.each([
  ['no text', '7'],
  ['nothing', 'undefined'],
  ['a page without rows', '({ templates: 3 })'],
  ['a prototype', `JSON.parse('{"__proto__": {"templates": []}, "constructor": 1}')`],
])('an answer that is %s is a fault of the answer', async (_what, search) => {
  const code = codeOf('acme', `{ search: () => ${search}, getTemplate: () => null }`)
  const registry = await askThrough({ code }, NOWHERE)
  await expect(registry.search(makeQuery(), {})).rejects.toMatchObject({ code: 'registry.answer' })
})

it('reads rows of nonsense one by one, and no row reaches a prototype', async () => {
  const rows = `[null, 7, [], { name: 7 }, { name: 'ok', description: 'fine\\u202e\\u0007' },
    JSON.parse('{"name": "sly", "description": "x", "__proto__": {"isAdmin": true}, "marketplace": {"__proto__": {"rating": 5}}}')]`
  const registry = await askThrough(
    { code: codeOf('acme', `{ search: () => ${rows}, getTemplate: () => null }`) },
    NOWHERE,
  )
  const { listings, skipped } = (await registry.search(makeQuery(), {})).value
  expect(listings.map((one) => [one.name, one.description])).toEqual([
    ['ok', 'fine␇'],
    ['sly', 'x'],
  ])
  expect(skipped.length).toBe(4)
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  expect(listings[1]).not.toHaveProperty('isAdmin')
})

/** Ways out, by what they need; each answers what it reached. `canary`, `port` and `folder` are put in. */
const WAYS_OUT = {
  'reads a file': `(await import('node:fs')).readFileSync(canary, 'utf8')`,
  'reads a file, asynchronously': `(await import('node:fs/promises')).readFile(canary, 'utf8')`,
  'lists a folder': `(await import('node:fs')).readdirSync(folder).join()`,
  'writes a file': `(await import('node:fs')).writeFileSync(folder + '/made', 'x')`,
  'makes a link': `(await import('node:fs')).symlinkSync(canary, folder + '/made-link')`,
  'opens a database': `new (await import('node:sqlite')).DatabaseSync(folder + '/made.sqlite').exec('create table a(b)')`,
  'imports a file': `import(canary)`,
  'opens a socket': `new Promise((done, fail) => import('node:net').then(({ connect }) => connect(port, '127.0.0.1').on('connect', () => done('connected')).on('error', fail), fail))`,
  'asks over HTTP': `fetch('http://127.0.0.1:' + port)`,
  'opens a web socket': `new Promise((done, fail) => { const socket = new WebSocket('ws://127.0.0.1:' + port); socket.onopen = done; socket.onerror = fail })`,
  'listens on a path': `new Promise((done, fail) => import('node:net').then(({ createServer }) => createServer().on('error', fail).listen(folder + '/made.sock', done), fail))`,
  'sends a datagram': `new Promise((done, fail) => import('node:dgram').then(({ createSocket }) => createSocket('udp4').send('x', port, '127.0.0.1', (error) => error ? fail(error) : done('sent')), fail))`,
  'looks a name up': `(await import('node:dns/promises')).lookup('localhost')`,
  'starts a program': `(await import('node:child_process')).execFileSync('/bin/sh', ['-c', 'echo x > ' + folder + '/made-by-sh'])`,
  'becomes a program': `(await import('node:process')).execve('/bin/sh', ['sh', '-c', 'echo x > ' + folder + '/made-by-exec'], {})`,
  'starts a thread': `new (await import('node:worker_threads')).Worker('0', { eval: true })`,
  'opens the inspector': `(await import('node:inspector')).open(0)`,
  'loads an addon': `(await import('node:module')).createRequire('/')(folder + '/addon.node')`,
  'writes a report': `(await import('node:process')).report.writeReport(folder + '/made-report.json')`,
  'ends its parent': `(await import('node:process')).kill((await import('node:process')).ppid, 'SIGTERM')`,
  'sees the environment': `(() => { const names = Object.keys(process.env); if (names.some((one) => /HOME|PATH|SOUK/.test(one))) return names.join(); throw new Error('nothing in it') })()`,
  'gets a module by name': `process.getBuiltinModule('fs').readFileSync(canary, 'utf8')`,
  'gets a binding': `process.binding('fs')`,
  'builds a function': `new Function('canary', "return import('node:fs').then((fs) => fs.readFileSync(canary, 'utf8'))")(canary)`,
  'makes code of data': `(await import('data:text/javascript,export default (await import("node:fs")).readFileSync("/etc/hosts", "utf8")')).default`,
  'follows the stack': `(() => { Error.prepareStackTrace = (_, sites) => sites; const seen = new Error().stack.map((one) => one.getThis() ?? one.getFunction()).filter(Boolean); if (seen.length) return seen; throw new Error('nothing') })()`,
}

/** The outside as an escape would find it, and what of it was reached. */
async function outside(): Promise<{ put: string; touched(): string[] }> {
  const folder = tempFolder()
  const canary = join(folder, 'canary.js')
  writeFileSync(canary, 'export default "the canary"')
  const connected: unknown[] = []
  const server = createServer((socket) => connected.push(socket.destroy()))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return {
    put: `const canary = ${JSON.stringify(canary)}, folder = ${JSON.stringify(folder)}, port = ${port}\n`,
    touched: () => [...readdirSync(folder).filter((one) => one !== 'canary.js'), ...connected.map(() => 'connected')],
  }
}

/** Of these the runtime keeps nobody: the inner wall alone does. */
const INNER_ONLY = new Set(['ends its parent', 'gets a binding'])

/** A function that tries ways out and answers what each reached. One that never hears whether it got out has not. */
const trying = (ways: [string, string][]): string => `
const inTime = (way) => Promise.race([way, new Promise((_, fail) => setTimeout(fail, 2000))])
async function escapes() {
  const got = {}
  ${ways
    .map(
      ([what, way]) =>
        `try { got[${JSON.stringify(what)}] = String(await inTime((async () => ${way})())).slice(0, 100) } catch {}`,
    )
    .join('\n  ')}
  return got
}`

it('no plugin gets out: no file, no socket, no program, not even a module that could try', async () => {
  const { put, touched } = await outside()
  const code = codeOf(
    'acme',
    `{ search: async () => [{ name: 'got', description: JSON.stringify(await escapes()) }], getTemplate: () => null }`,
    put + trying(Object.entries(WAYS_OUT)),
  )
  const registry = await askThrough({ code }, NOWHERE, { entry: { timeoutMs: 60_000 } })
  const { listings } = (await registry.search(makeQuery(), {})).value
  expect(JSON.parse(listings[0]?.description ?? '')).toEqual({})
  expect(touched()).toEqual([])
})

it('what gets past the inner wall stands before that of the runtime', async () => {
  const { put, touched } = await outside()
  const ways = Object.entries(WAYS_OUT).filter(([what]) => !INNER_ONLY.has(what))
  const own = tempFolder()
  const program = join(own, 'program.mjs')
  const send = `const { writeSync } = await import('node:fs'); const body = Buffer.from(JSON.stringify(await escapes())); const head = Buffer.alloc(4); head.writeUInt32BE(body.length); writeSync(3, Buffer.concat([head, body]))`
  writeFileSync(program, `${put}${trying(ways)}\nprocess.on('uncaughtException', () => {})\n${send}\nprocess.exit(0)`)
  const said = Promise.withResolvers<Record<string, string>>()
  const reader = new FrameReader(1_000_000, (json) => said.resolve(JSON.parse(json) as Record<string, string>))
  const { run } = testSystem()
  const made = run.companion(program, {
    flags: guestFlags(join(own, '*')),
    maxBytes: 2 ** 30,
    cpuSeconds: 60,
    onBytes: (piece) => reader.push(piece),
  })
  const got = await Promise.race([
    said.promise,
    made.ended.then((how) => Promise.reject(new Error(JSON.stringify(how)))),
  ])
  await made.ended
  expect(got).toEqual({})
  expect(touched()).toEqual([])
})

it.each([
  ['a length that lies', `Buffer.from([255, 255, 255, 255, 1])`, /bytes; 16777216 are taken/],
  ['no JSON', `frame('{')`, /is not JSON/],
  ['no object', `frame('[1]')`, /sent what is no answer/],
  ['an answer nobody asked for', `frame('{"word":"answer","id":99,"value":[]}')`, /nobody asked for/],
  ['an answer without a number', `frame('{"word":"answer","id":"1"}')`, /sent what is no answer/],
  ['a word of its own', `frame('{"word":"trust","id":1}')`, /sent what is no answer/],
  ['what only the program says', `frame('{"word":"call","id":1,"method":"connect"}')`, /sent what is no answer/],
  ['a fetch without a request', `frame('{"word":"fetch","id":1,"fetch":1}')`, /sent what is no answer/],
  ['a prototype for a word', `frame('{"__proto__":{"word":"loaded"}}')`, /sent what is no answer/],
])('a process that forges frames (%s) is ended', async (_what, bytes, said) => {
  const own = tempFolder()
  const path = join(own, 'program.mjs')
  const frame = `const frame = (text) => { const body = Buffer.from(text), head = Buffer.alloc(4); head.writeUInt32BE(body.length); return Buffer.concat([head, body]) }`
  writeFileSync(
    path,
    `import { writeSync } from 'node:fs'\n${frame}\nwriteSync(3, ${bytes})\nsetInterval(() => {}, 1000)`,
  )
  const folder = writePlugin(tempFolder(), 'acme', { code: codeOf('acme', '{}') })
  const plugin = await readPlugin(folder)
  if (!plugin.manifest) throw new Error(plugin.problems.join())
  const watched = watchedSystem()
  const guest = new GuestProcess({
    system: watched.system,
    plugin: { ...plugin, manifest: plugin.manifest },
    registry: 'team',
    limits: { startMs: 60_000, memoryBytes: 2 ** 30 },
    fetch: () => Promise.reject(new Error('no')),
    program: { path, granted: join(own, '*') },
  })
  await expect(guest.ready).rejects.toMatchObject({ code: 'plugin.stopped', message: expect.stringMatching(said) })
  await until(() => watched.living().length === 0)
})

it('a plugin that crashes three times in a row is left alone', async () => {
  const system = testSystem()
  const book = openBreakers({ system, file: join(tempFolder(), 'breakers.json'), settings: defaultSettings().http })
  const code = codeOf(
    'acme',
    `{ search: () => { setTimeout(() => { throw new Error('bang') }); return new Promise(() => {}) }, getTemplate: () => null }`,
  )
  const breaker = book.of({ name: 'sample', url: NOWHERE })
  const registry = await askThrough({ code }, NOWHERE, { breaker, system })
  const codes: unknown[] = []
  for (let time = 0; time < 4; time++)
    codes.push(await registry.search(makeQuery(), {}).catch((error: unknown) => (error as { code: string }).code))
  expect(codes).toEqual(['plugin.stopped', 'plugin.stopped', 'plugin.stopped', 'registry.open'])
})

it('a question that is given up ends nothing; its process goes when the registry is closed', async () => {
  const { url, asked } = await shop(() => {})
  const watched = watchedSystem()
  const code = codeOf(
    'acme',
    `{ search: ({ text }, tools) => text === 'slow' ? tools.fetch('/slow') : [{ name: text, description: 'x' }], getTemplate: () => null }`,
  )
  const registry = await askThrough({ code }, url, { system: watched.system })
  const stop = new AbortController()
  const given = registry.search(makeQuery({ text: 'slow' }), { signal: stop.signal })
  given.catch(() => {})
  await until(() => asked.length === 1)
  stop.abort(new Error('another letter'))
  await expect(given).rejects.toThrow('another letter')
  const answer = await registry.search(makeQuery({ text: 'lamp' }), {})
  expect(answer.value.listings.map((one) => one.name)).toEqual(['lamp'])
  expect(watched.pids.length).toBe(1)
  expect(watched.living().length).toBe(1)
  await registry.close()
  expect(watched.living()).toEqual([])
})

it('frames come together from any pieces', () => {
  const texts = ['', '{}', 'é'.repeat(1000), JSON.stringify({ a: 'b'.repeat(70_000) })]
  const all = Buffer.concat(texts.map((one) => frameOf(one)))
  for (const size of [1, 3, 7, 4096, all.length]) {
    const heard: string[] = []
    const reader = new FrameReader(100_000, (text) => heard.push(text))
    for (let at = 0; at < all.length; at += size) reader.push(all.subarray(at, at + size))
    expect(heard).toEqual(texts)
  }
  expect(() => new FrameReader(9, () => {}).push(frameOf('0123456789'))).toThrow('10 bytes; 9 are taken')
})
