import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { plainClient } from './plain-client.ts'

/** What one huge answer cost before it was cut off. */
export interface Cut {
  path: string
  /** The sentence of the error. */
  said: string
  ms: number
  /** Most memory of the whole process above what it had before, MiB. */
  rssMb: number
}

const rss = (): number => process.memoryUsage.rss() / 2 ** 20

/** Asks a server of its own process for huge answers, one after another, `times` over. */
export async function cutHugeBodies(paths: readonly string[], times = 1): Promise<Cut[]> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('body-server.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [url = ''] =
      (await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()).value?.split(' ') ?? []
    const http = plainClient(url)
    // A first request, so that what is loaded for it is not counted.
    await http.request({ url: '/stated', kind: 'search' }).catch(() => {})
    const cuts: Cut[] = []
    for (const path of Array.from({ length: times }, () => paths).flat()) cuts.push(await cut(http, path))
    await http.close()
    return cuts
  } finally {
    child.kill('SIGKILL')
  }
}

async function cut(http: ReturnType<typeof plainClient>, path: string): Promise<Cut> {
  const before = rss()
  let most = before
  const look = setInterval(() => (most = Math.max(most, rss())), 2)
  const from = performance.now()
  const said = await http.request({ url: path, kind: 'search' }).then(
    ({ text }) => `taken with ${text.length} characters`,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  const ms = performance.now() - from
  clearInterval(look)
  most = Math.max(most, rss())
  return { path, said, ms: Math.round(ms), rssMb: Math.round(most - before) }
}
