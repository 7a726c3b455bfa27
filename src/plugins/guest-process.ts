import { fileURLToPath } from 'node:url'
import { isMarketError, pluginFailed, pluginInvalid, pluginRefused, pluginStopped, reasonOf } from '../model/errors.ts'
import { fingerprint } from '../model/fingerprint.ts'
import { OUTSIDE } from '../model/limits.ts'
import { withoutSecrets } from '../model/secrets.ts'
import { harmless, withoutEnd } from '../model/text.ts'
import { isEntry } from '../registries/shapes/members.ts'
import { parseJson } from '../registries/shapes/parse-text.ts'
import type { Companion, CompanionEnd, System } from '../system/system.ts'
import { problemsOfExport, type PluginManifest } from './contract.ts'
import { FrameReader, frameOf } from './guest/frames.ts'
import type { GuestAnswer, GuestMethod, GuestRequest, ToGuest } from './guest/words.ts'
import { plain, type FoundPlugin } from './read-plugin.ts'

/** How long the runtime may take to come up, ms. Nothing of a plugin runs in it: only a busy machine makes it slow. */
const RUNTIME_MS = 30_000
/** What a call may take beyond its limit, ms: an HTTP request of it that ran out of time is told to it first. */
const GRACE_MS = 500
/** Heap of the runtime, MiB, and processor time of a whole life, s. */
const HEAP_MIB = 64
const CPU_SECONDS = 120
/** HTTP requests of one call, and lines it may log. */
const MOST_FETCHES = 200
const MOST_LINES = 200
/** Bytes a process may leave untaken before it counts as one that does not listen. */
const MOST_UNTAKEN = 64 * 1024 * 1024

/** The program of the process, beside this one among the sources, and by its own name in the bundle. */
const isSource = import.meta.url.endsWith('.ts')
const program = (): string =>
  fileURLToPath(new URL(isSource ? './guest/guest.ts' : './plugin-guest.js', import.meta.url))
/** What it may read: itself. */
const granted = (): string => (isSource ? fileURLToPath(new URL('./guest/*', import.meta.url)) : program())

/** The flags of the runtime that shut a process in: no grant but reading itself. */
export const guestFlags = (granted: string): string[] => [
  '--permission',
  `--allow-fs-read=${granted}`,
  `--max-old-space-size=${HEAP_MIB}`,
  // Its databases are files that the permissions of the runtime forget.
  '--no-experimental-sqlite',
  '--no-warnings',
]

export interface GuestLimits {
  /** How long the code of a plugin may take to load, ms. */
  startMs: number
  /** Resident memory, bytes. */
  memoryBytes: number
}

export interface GuestOptions {
  system: System
  plugin: FoundPlugin & { manifest: PluginManifest }
  registry: string
  limits: GuestLimits
  /** Asks over HTTP what may be asked; anything it throws is told to the plugin. */
  fetch(request: GuestRequest, signal: AbortSignal): Promise<GuestAnswer>
  /** The program to run in place of ours, and what it may read. */
  program?: { path: string; granted: string }
}

export interface GuestCall {
  protocol: string
  method: GuestMethod
  args: unknown[]
  limitMs: number
  signal?: AbortSignal | undefined
}

interface Waiting {
  call: GuestCall
  done(value: unknown): void
  fail(error: unknown): void
  fetches: number
  /** Ends what the call asked over HTTP. */
  stop: AbortController
  /** Why an HTTP request of it failed last. */
  fault?: Error
}

/**
 * The process of one plugin for one registry. Code of a plugin runs nowhere else. It is killed when it does not answer in
 * time, answers too much or nonsense, or takes too much memory; then every question under way fails with
 * `plugin.stopped`, and this object is done with.
 */
export class GuestProcess {
  readonly #options: GuestOptions
  readonly #companion: Companion
  readonly #waiting = new Map<number, Waiting>()
  readonly #loaded = Promise.withResolvers<void>()
  readonly #timers = new Set<() => void>()
  #count = 0
  #lines = 0
  /** Bytes it may still send before somebody asks something again. */
  #allowance = 0
  #why: string | undefined
  #hasEnded = false

  constructor(options: GuestOptions) {
    this.#options = options
    const reader = new FrameReader(OUTSIDE.jsonBytes, (json) => this.#hear(json))
    const { path, granted: may } = options.program ?? { path: program(), granted: granted() }
    this.#allowance = 2 * OUTSIDE.jsonBytes
    this.#companion = options.system.run.companion(path, {
      flags: guestFlags(may),
      maxBytes: options.limits.memoryBytes,
      cpuSeconds: CPU_SECONDS,
      onBytes: (piece) => this.#take(reader, piece),
    })
    // Whoever asks first hears of it.
    this.#loaded.promise.catch(() => {})
    this.#within(RUNTIME_MS, `did not start within ${RUNTIME_MS} ms`)
    void this.#companion.ended.then((how) => this.#end(how))
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Resolves when the code is loaded and is what the manifest says; throws `plugin.invalid`, `plugin.stopped` ... */
  get ready(): Promise<void> {
    return this.#loaded.promise
  }

  /** Asks one thing. The answer is JSON that nobody has looked at. */
  async call(call: GuestCall): Promise<unknown> {
    await this.ready
    call.signal?.throwIfAborted()
    if (this.#hasEnded) throw this.#stopped()
    const { clock } = this.#options.system
    const id = ++this.#count
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const stop = new AbortController()
    const waiting: Waiting = { call, done: resolve, fail: reject, fetches: 0, stop }
    this.#waiting.set(id, waiting)
    this.#allowance = 2 * OUTSIDE.jsonBytes
    this.#lines = 0
    const { protocol, method, args, limitMs } = call
    const release = this.#within(limitMs + GRACE_MS, `did not answer within ${limitMs} ms`)
    // A call that nobody waits for any more is still to be answered in time.
    const giveUp = (): void => {
      stop.abort(call.signal?.reason)
      reject(call.signal?.reason as Error)
    }
    call.signal?.addEventListener('abort', giveUp, { once: true })
    const { digest = '' } = this.#options.plugin
    const seed = Number.parseInt(fingerprint(JSON.stringify([digest, protocol, method, args])).slice(0, 8), 16)
    waiting.done = (value) => (release(), resolve(value))
    waiting.fail = (error) => (release(), reject(error))
    this.#say({ word: 'call', id, protocol, method, args, now: clock.now(), seed })
    return promise.finally(() => call.signal?.removeEventListener('abort', giveUp))
  }

  async close(): Promise<void> {
    this.#stop('was ended')
    await this.#companion.ended
  }

  #say(said: ToGuest): void {
    if (this.#companion.send(frameOf(JSON.stringify(said))) > MOST_UNTAKEN) this.#stop('does not take what it is sent')
  }

  /** Stops it when the time is up, unless released before. */
  #within(ms: number, why: string): () => void {
    const cancel = this.#options.system.clock.after(ms, () => this.#stop(why))
    const release = (): void => {
      cancel()
      this.#timers.delete(release)
    }
    this.#timers.add(release)
    return release
  }

  #stop(why: string): void {
    this.#why ??= why
    this.#companion.kill()
  }

  #stopped(): Error {
    const { plugin, registry } = this.#options
    return pluginStopped(plugin.name, this.#why ?? 'ended by itself', registry)
  }

  #end(how: CompanionEnd): void {
    this.#hasEnded = true
    for (const release of this.#timers) release()
    this.#why = how.isTooLarge ? `took more than ${this.#options.limits.memoryBytes} bytes of memory` : this.#why
    this.#why ??= reasonOfEnd(how)
    this.#loaded.reject(this.#stopped())
    for (const { fail, stop } of this.#waiting.values()) {
      stop.abort()
      fail(this.#stopped())
    }
    this.#waiting.clear()
  }

  #take(reader: FrameReader, piece: Uint8Array): void {
    // It is being killed: what it still says counts for nothing.
    if (this.#why !== undefined) return
    this.#allowance -= piece.length
    try {
      if (this.#allowance < 0) throw new Error('sends without end')
      reader.push(piece)
    } catch (error) {
      this.#stop(withoutEnd(harmless(reasonOf(error), 200), '. '))
    }
  }

  #hear(json: string): void {
    if (this.#why !== undefined) return
    const said = readFrame(json)
    const { word, id } = said
    if (word === 'up') this.#load()
    else if (word === 'loaded') this.#judge(said['plugin'])
    else if (word === 'log') this.#log(said['text'])
    else if (word === 'failed') this.#fail(said['message'])
    else if (word === 'answer' && typeof id === 'number') this.#answer(id, said)
    else if (word === 'fetch' && typeof id === 'number') this.#fetch(id, said['fetch'], said['request'])
    else throw new Error('sent what is no answer')
  }

  #load(): void {
    for (const release of this.#timers) release()
    const { plugin, limits } = this.#options
    const release = this.#within(limits.startMs, `did not load within ${limits.startMs} ms`)
    void this.#loaded.promise.then(release, release)
    const texts = [...plugin.files].filter(([path]) => /\.(?:m?js|json)$/.test(path))
    const files = Object.fromEntries(texts.map(([path, bytes]) => [path, bytes.toString('utf8')]))
    this.#say({ word: 'load', files, entry: plain(plugin.manifest.entry) })
  }

  #judge(exported: unknown): void {
    const { plugin, registry } = this.#options
    const problems = problemsOfExport(exported, plugin.manifest)
    if (problems.length === 0) return this.#loaded.resolve()
    this.#loaded.reject(pluginInvalid(plugin.name, problems, registry))
    this.#stop('is not what its manifest says')
  }

  /** It could not be loaded, or something in it threw where nobody caught it. */
  #fail(message: unknown): void {
    const { plugin, registry } = this.#options
    const why = wordsOf(message)
    this.#loaded.reject(pluginInvalid(plugin.name, [`its code cannot be loaded: ${why}`], registry))
    this.#stop(`crashed: ${why}`)
  }

  #log(text: unknown): void {
    if (++this.#lines > MOST_LINES) return
    const { plugin, registry, system } = this.#options
    system.log.debug(wordsOf(text), { module: 'plugins', plugin: plugin.name, registry })
  }

  #answer(id: number, { value, error }: Record<string, unknown>): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) throw new Error('sent an answer that nobody asked for')
    this.#waiting.delete(id)
    waiting.stop.abort()
    if (error === undefined) return waiting.done(value)
    const { plugin, registry } = this.#options
    const why = wordsOf(error)
    // What kept it from the registry is told as such: it is the registry that is not well.
    const cause = isMarketError(waiting.fault) ? waiting.fault : undefined
    const make = waiting.call.method === 'connect' ? pluginRefused : pluginFailed
    waiting.fail(cause ?? make(plugin.name, why, registry))
  }

  #fetch(id: number, fetch: unknown, request: unknown): void {
    const waiting = this.#waiting.get(id)
    if (typeof fetch !== 'number' || !isEntry(request)) throw new Error('sent what is no answer')
    if (!waiting) return this.#say({ word: 'fetched', id, fetch, error: { message: 'the call is over' } })
    if (++waiting.fetches > MOST_FETCHES) throw new Error(`asks more than ${MOST_FETCHES} things for one question`)
    const signal = this.#options.system.clock.deadline(waiting.call.limitMs, waiting.stop.signal)
    this.#options.fetch({ ...request, url: request['url'] }, signal).then(
      (answer) => this.#say({ word: 'fetched', id, fetch, answer }),
      (error: unknown) => {
        if (error instanceof Error) waiting.fault = error
        const code = isMarketError(error) ? { code: error.code } : {}
        this.#say({ word: 'fetched', id, fetch, error: { message: reasonOf(error), ...code } })
      },
    )
  }
}

/** What a process says. Secrets it was shown go into what it wants to ask, and into nothing that is kept or told. */
function readFrame(json: string): Record<string, unknown> {
  const said = parseJson(json, 'its answer')
  if (!isEntry(said)) throw new Error('sent what is no answer')
  const clean = said['word'] === 'fetch' ? json : withoutSecrets(json)
  return clean === json ? said : (parseJson(clean, 'its answer') as Record<string, unknown>)
}

const wordsOf = (said: unknown): string =>
  withoutEnd(harmless(typeof said === 'string' ? said : 'it gives no reason', 500), '. ')

function reasonOfEnd({ exitCode, signal, why }: CompanionEnd): string {
  if (why !== undefined) return `could not be started (${harmless(why, 200)})`
  if (signal === 'SIGABRT' || exitCode === 134) return 'ran out of memory'
  if (signal === 'SIGXCPU') return `used more than ${CPU_SECONDS} s of processor time`
  return `ended by itself (${signal ?? `exit ${exitCode ?? 'unknown'}`})`
}
