// The program of a plugin's own process. It runs without a single grant but reading this folder, hears and answers in
// frames on descriptor 3, and ends when that is closed. Whatever it says is checked by who hears it.
import { read, writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { inspect } from 'node:util'
import { FrameReader, frameOf } from './frames.ts'
import { addressIn, closeGlobals, serveImports } from './walls.ts'
import type { FromGuest, GuestAnswer, GuestFault, GuestRequest, ToGuest } from './words.ts'

const PIPE = 3
/** Longest frame the program sends: the files of a plugin, or an HTTP answer, each within its own limit. */
const MAX_FRAME = 64 * 1024 * 1024
const { parse, stringify } = JSON
const real = globalThis.process
const leave = real.exit.bind(real)

function send(said: FromGuest): void {
  let bytes = frameOf(stringify(said))
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(PIPE, bytes))
}

const textOf = (error: unknown): string => {
  try {
    return String(error instanceof Error ? error.message : error).slice(0, 2000)
  } catch {
    return 'an error without words'
  }
}

type Functions = Record<string, unknown>
const isObject = (value: unknown): value is Functions => typeof value === 'object' && value !== null

/** The protocols of the plugin, and what each answered to `connect`. */
const protocols = new Map<string, Functions>()
const sources = new Map<string, unknown>()
const fetches = new Map<number, { done(answer: GuestAnswer): void; fail(error: Error): void }>()
let fetchCount = 0

/** A value with functions told as such, so that it can be judged from outside. */
const told = (plugin: unknown): unknown =>
  parse(stringify(plugin, (_name, value: unknown) => (typeof value === 'function' ? '()' : value)) ?? 'null')

async function load(files: Record<string, string>, entry: string): Promise<void> {
  serveImports(new Map(Object.entries(files)))
  const module = (await import(addressIn(entry))) as { default?: unknown }
  const exported = module.default
  const plugin: unknown = typeof exported === 'function' ? await (exported as () => unknown)() : exported
  const list = isObject(plugin) && Array.isArray(plugin['protocols']) ? plugin['protocols'] : []
  for (const one of list) if (isObject(one) && typeof one['id'] === 'string') protocols.set(one['id'], one)
  send({ word: 'loaded', plugin: told(plugin) ?? null })
}

/** A generator of numbers from 0 up to 1 that a seed decides (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const asFetched = (answer: GuestAnswer) => ({
  ...answer,
  ok: answer.status >= 200 && answer.status < 300,
  json: (): unknown => parse(answer.text),
})

/** What a plugin may use during one call. */
const toolsFor = (call: { id: number; now: number; seed: number }) => ({
  now: () => call.now,
  random: numbersFrom(call.seed),
  log: (...values: unknown[]): void => write(...values),
  async fetch(url: unknown, options: GuestRequest = { url }) {
    const fetch = ++fetchCount
    const { promise, resolve, reject } = Promise.withResolvers<GuestAnswer>()
    fetches.set(fetch, { done: resolve, fail: reject })
    const { method, headers, body } = options
    send({ word: 'fetch', id: call.id, fetch, request: { url: String(url), method, headers, body } })
    return asFetched(await promise)
  },
})

function hearFetched(fetch: number, answer: GuestAnswer | undefined, error: GuestFault | undefined): void {
  const waiting = fetches.get(fetch)
  fetches.delete(fetch)
  if (answer) waiting?.done(answer)
  else waiting?.fail(Object.assign(new Error(error?.message ?? 'no answer'), { code: error?.code }))
}

/** Bytes are told as base64; all else is JSON. */
const wired = (value: unknown): unknown =>
  value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value

const METHODS = ['search', 'getTemplate', 'list', 'categories', 'download']

async function run({ id, protocol, method, args, ...rest }: Extract<ToGuest, { word: 'call' }>): Promise<void> {
  const tools = toolsFor({ id, ...rest })
  const isFirst = method === 'connect'
  const holder = isFirst ? protocols.get(protocol) : sources.get(protocol)
  const call = isObject(holder) ? holder[method] : undefined
  if (typeof call !== 'function') throw new Error(`it has no ${method}`)
  const value: unknown = await Reflect.apply(call, holder, [...args, tools])
  if (!isFirst) return send({ word: 'answer', id, value: wired(value) ?? null })
  sources.set(protocol, value)
  const has = METHODS.filter((name) => isObject(value) && typeof value[name] === 'function')
  send({ word: 'answer', id, value: has })
}

function hear(json: string): void {
  const said = parse(json) as ToGuest
  if (said.word === 'fetched') hearFetched(said.fetch, said.answer, said.error)
  else if (said.word === 'load')
    load(said.files, said.entry).catch((error: unknown) => send({ word: 'failed', message: textOf(error) }))
  else run(said).catch((error: unknown) => send({ word: 'answer', id: said.id, error: textOf(error) }))
}

const write = (...values: unknown[]): void =>
  send({
    word: 'log',
    text: values
      .map((one) => (typeof one === 'string' ? one : inspect(one)))
      .join(' ')
      .slice(0, 2000),
  })

function listen(reader: FrameReader): void {
  const room = Buffer.alloc(64 * 1024)
  read(PIPE, room, 0, room.length, null, (error, count) => {
    if (error || count === 0) leave(0)
    reader.push(Buffer.from(room.subarray(0, count)))
    listen(reader)
  })
}

// Ctrl-C in a terminal reaches every process of the group; who started this one ends it when it is time.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) real.on(signal, () => {})
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  real.on(event, (error: unknown) => {
    send({ word: 'failed', message: textOf(error) })
    leave(1)
  })
// The runtime's own module of the process is taken along, so that not even it can reach another one.
for (const name of [
  'kill',
  '_kill',
  'abort',
  '_debugProcess',
  'execve',
  'dlopen',
  'binding',
  'getBuiltinModule',
  'report',
])
  Reflect.deleteProperty(real, name)
syncBuiltinESMExports()
closeGlobals(write)
listen(new FrameReader(MAX_FRAME, hear))
send({ word: 'up' })
