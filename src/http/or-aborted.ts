/** Waits for work that several may wait for: one of them giving up ends its own waiting and nothing else. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  signal.throwIfAborted()
  let onAbort = (): void => {}
  const given = new Promise<never>((_, fail) => (onAbort = () => fail(signal.reason as Error)))
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([work, given])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
