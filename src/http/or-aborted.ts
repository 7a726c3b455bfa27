/** Waits for work that several may wait for: one of them giving up ends its own waiting and nothing else. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  signal.throwIfAborted()
  const stop = new AbortController()
  const given = new Promise<never>((_, fail) => {
    signal.addEventListener('abort', () => fail(signal.reason as Error), { once: true, signal: stop.signal })
  })
  try {
    return await Promise.race([work, given])
  } finally {
    stop.abort()
  }
}
