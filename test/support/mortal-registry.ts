import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A registry on loopback that dies and comes back at the same address, or keeps everyone waiting. */
export interface MortalRegistry {
  url: string
  die(): Promise<void>
  comeBack(): Promise<void>
  /** Answers what waits with this status, and from then on everything. */
  release(status?: number): void
  /** Takes an item off the shelf. */
  withdraw(name: string): void
}

/** Serves items of these names; with `isHeld` nothing is answered before `release()`. */
export async function openMortalRegistry(names: readonly string[], isHeld = false): Promise<MortalRegistry> {
  const shelf = new Set(names)
  const sockets = new Set<Socket>()
  const waiting: (() => void)[] = []
  let holds = isHeld
  let status = 200
  const entryOf = (name: string): object => ({
    name,
    version: '1.0.0',
    description: `What ${name} does.`,
    long_description: Array.from({ length: 60 }, (_, at) => `Line ${at + 1} about ${name}.\n`).join('\n'),
    tags: ['boat'],
    category: 'harbour',
  })
  const server: Server = createServer((request, response) => {
    const answer = (): void => {
      const url = new URL(request.url ?? '', 'http://localhost')
      const [, one] = /\/templates\/([^/]+)$/.exec(url.pathname) ?? []
      if (status !== 200 || (one !== undefined && !shelf.has(one)))
        return void response.writeHead(one === undefined ? status : 404).end()
      const words = (url.searchParams.get('q') ?? '').split(' ')
      const found = [...shelf].filter((name) => words.every((word) => name.includes(word)))
      const [offset, limit] = ['offset', 'limit'].map((name) => Number(url.searchParams.get(name)))
      const templates = found.slice(offset, (offset ?? 0) + (limit ?? 0)).map(entryOf)
      const body =
        one === undefined ? { templates, total_count: shelf.size, filtered_count: found.length } : entryOf(one)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
    }
    if (holds) waiting.push(answer)
    else answer()
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const listen = (port: number): Promise<void> => new Promise((ready) => server.listen(port, '127.0.0.1', ready))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const die = async (): Promise<void> => {
    const closed = new Promise((done) => server.close(done))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  onTestFinished(async () => {
    if (server.listening) await die()
  })
  return {
    url: `http://127.0.0.1:${port}`,
    die,
    comeBack: () => listen(port),
    release(wanted = 200) {
      status = wanted
      holds = false
      for (const answer of waiting.splice(0)) answer()
    },
    withdraw: (name) => void shelf.delete(name),
  }
}
