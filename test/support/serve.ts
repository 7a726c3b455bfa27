import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { cleanEnv, MAIN } from './program.ts'
import { tempFolder } from './temp.ts'

/** Runs `souk serve FOLDER` as a user would until the test ends, and answers the address it prints. */
export async function serveFolder(
  folder: string,
  flags: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<{ url: string; said: string[]; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [MAIN, 'serve', folder, ...flags], {
    env: cleanEnv(tempFolder(), env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise((done) => child.once('close', done))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  onTestFinished(stop)
  const said: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line))
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/\S+/.exec(line)?.[0]
    if (url !== undefined) return { url, said, stop }
  }
  throw new Error(`souk serve ended without an address: ${said.join(' ')}`)
}
