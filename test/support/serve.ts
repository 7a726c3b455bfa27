import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { cleanEnv, MAIN } from './program.ts'
import { sharedFolder, tempFolder } from './temp.ts'

interface Serving {
  url: string
  said: string[]
  stop: () => Promise<void>
}

/** Starts the program with `serve` and these arguments, and answers the address it prints. */
async function startServing(args: readonly string[], env: Record<string, string>): Promise<Serving> {
  const child = spawn(process.execPath, [MAIN, 'serve', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise((done) => child.once('close', done))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  const said: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line))
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/\S+/.exec(line)?.[0]
    if (url !== undefined) return { url, said, stop }
  }
  throw new Error(`souk serve ended without an address: ${said.join(' ')}`)
}

/** Runs `souk serve FOLDER` as a user would until the test ends. */
export async function serveFolder(
  folder: string,
  flags: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Serving> {
  const serving = await startServing([folder, ...flags], cleanEnv(tempFolder(), env))
  onTestFinished(serving.stop)
  return serving
}

/** The same for all tests of a file or group, called where they are declared; `fill` writes the goods before. */
export function useServed(fill: (folder: string) => void): Pick<Serving, 'url' | 'said'> {
  const [folder, home] = [sharedFolder(), sharedFolder()]
  let serving: Serving | undefined
  beforeAll(async () => {
    fill(folder)
    serving = await startServing([folder], cleanEnv(home))
  })
  afterAll(() => serving?.stop())
  return {
    get url() {
      return serving?.url ?? ''
    },
    get said() {
      return serving?.said ?? []
    },
  }
}
