import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll } from 'vitest'

/** Whether there is a Redis server on this machine to test with (Debian's package is `redis-server`). */
export const redisProgram = spawnSync('redis-server', ['--version']).status === 0

export interface RedisServer {
  readonly port: number
  /** `redis://127.0.0.1:PORT`. */
  readonly url: string
  readonly process: ChildProcess
  /** Removes everything and answers the address. */
  empty(): Promise<string>
  /** One command by the program that comes with the server; what it printed. */
  command(...args: string[]): string
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A real server on a free loopback port that keeps nothing on disk. */
export async function startRedis(...more: string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'souk-redis-'))
  const port = await freePort()
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', [...fixed, ...more], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('Ready to accept')) break
  child.stdout.resume()
  const url = `redis://127.0.0.1:${port}`
  const command = (...args: string[]): string =>
    spawnSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8' }).stdout
  return {
    port,
    url,
    process: child,
    command,
    async empty() {
      // What a cache before this one sent may still be on its way, and must not come after the emptying.
      const client = connect(port, '127.0.0.1').resume()
      client.write('CLIENT KILL TYPE normal SKIPME yes\r\nFLUSHALL\r\nQUIT\r\n')
      await once(client, 'close')
      return url
    },
    async stop() {
      const isRunning = child.exitCode === null && child.signalCode === null
      child.kill('SIGKILL')
      if (isRunning) await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A server for all tests of a group. */
export function useRedis(): Pick<RedisServer, 'url' | 'empty'> {
  let server: RedisServer | undefined
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(async () => server?.stop())
  return {
    get url() {
      return server?.url ?? ''
    },
    empty: async () => (await server?.empty()) ?? '',
  }
}
