import type { Emit, EventName, Events } from '../model/events.ts'

/** The one event bus of a run. A subscriber that throws is reported and the run goes on. */
export interface EventHub {
  emit: Emit
  on<N extends EventName>(name: N, call: (payload: Events[N]) => void): () => void
  onAny(call: (name: EventName, payload: unknown) => void): () => void
}

export function openEventHub(report: (text: string) => void): EventHub {
  const named = new Map<EventName, Set<(payload: never) => void>>()
  const any = new Set<(name: EventName, payload: unknown) => void>()
  const guarded = (call: () => void, name: string): void => {
    try {
      call()
    } catch (error) {
      report(`a subscriber of ${name} failed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return {
    emit(name, payload) {
      for (const call of named.get(name) ?? []) guarded(() => call(payload as never), name)
      for (const call of any) guarded(() => call(name, payload), name)
    },
    on(name, call) {
      const calls = named.get(name) ?? new Set()
      named.set(name, calls)
      calls.add(call)
      return () => void calls.delete(call)
    },
    onAny(call) {
      any.add(call)
      return () => void any.delete(call)
    },
  }
}
