import type { EventName, Events } from '../model/events.ts'
import { redact } from '../model/secrets.ts'
import { harmless } from '../model/text.ts'
import type { Fact } from './record.ts'

/** Follows one event; the returned function stops it. */
export type On = <N extends EventName>(name: N, call: (payload: Events[N]) => void) => () => void

/** Longest text kept of a search, an id, a name or a code; lines longer than ours are not read again. */
const TEXT_CHARS = 200
/** A search that goes on from the one before within this is the same one, still being typed, ms. */
const TYPING_MS = 5000

const short = (text: string): string => harmless(redact(text), TEXT_CHARS)

/** Words someone typed, until it is known that they are all of them. */
class TypedSearch {
  #last: { text: string; at: number } | undefined
  readonly #note: (fact: Fact) => void

  constructor(note: (fact: Fact) => void) {
    this.#note = note
  }

  hear(raw: string, at: number): void {
    const text = short(raw.trim())
    const last = this.#last
    const goesOn = last && at - last.at < TYPING_MS && (text.startsWith(last.text) || last.text.startsWith(text))
    if (!goesOn) this.end()
    if (text !== '') this.#last = { text, at }
  }

  end(): void {
    if (this.#last) this.#note({ is: 'search', text: this.#last.text })
    this.#last = undefined
  }
}

/** States of a question that nobody waited for any longer: they say nothing of the registry. */
const UNTOLD = new Set(['dropped', 'cached'])
const INSTALLS = new Set(['install', 'update'])

/** Makes facts of what the rooms tell. The returned function hands over what was still waiting and stops. */
export function listen(on: On, note: (fact: Fact) => void, now: () => number): () => void {
  const typed = new TypedSearch(note)
  /** Codes of jobs that failed: whoever follows one is told the same error, which counts once. */
  const ofJobs = new Set<string>()
  const certificates = new Map<string, number>()
  const stops = [
    on('http.request', ({ registry, kind, ms, status, isDropped = false }) => {
      if (kind === 'download' || isDropped) return
      note({ is: 'answer', registry: short(registry), ms, ...(status === undefined ? {} : { status }) })
    }),
    on('registry.settled', ({ registry, state, ms, type, code }) => {
      if (UNTOLD.has(state)) return
      const isWell = state === 'fresh'
      const failure = isWell ? {} : { ...(type ? { type } : {}), ...(code ? { code: short(code) } : {}) }
      note({ is: 'call', registry: short(registry), ms: Math.round(ms), isWell, ...failure })
    }),
    on('http.certificate', ({ registry, endsAt }) => {
      if (certificates.get(registry) === endsAt) return
      certificates.set(registry, endsAt)
      note({ is: 'certificate', registry: short(registry), endsAt })
    }),
    on('search.started', ({ text }) => typed.hear(text, now())),
    on('install.changed', ({ id, action }) => {
      if (action !== 'remove') note({ is: 'installed', id: short(id) })
    }),
    on('validation.done', ({ status }) => {
      if (status === 'passed' || status === 'warning' || status === 'failed') note({ is: 'validation', status })
    }),
    on('job.event', (event) => {
      const { error } = event as { error?: { code?: unknown } }
      if (typeof error?.code === 'string') ofJobs.add(error.code)
    }),
    on('job.ended', ({ kind, state, asked, failed, type, code }) => {
      if (code !== undefined) ofJobs.add(code)
      if (state === 'cancelled') return
      if (INSTALLS.has(kind)) note({ is: 'install', asked, failed })
      // What registries did wrong was told when they did.
      if (code !== undefined && !code.startsWith('registry.'))
        note({ is: 'error', code: short(code), ...(type ? { type } : {}) })
    }),
    on('error.told', ({ code, type, command }) => {
      if (ofJobs.delete(code) || code.startsWith('usage.') || code === 'job.cancelled') return
      if (command !== undefined && INSTALLS.has(command)) note({ is: 'install', asked: 1, failed: 1 })
      if (!code.startsWith('registry.')) note({ is: 'error', code: short(code), ...(type ? { type } : {}) })
    }),
  ]
  return () => {
    typed.end()
    for (const stop of stops) stop()
  }
}
