import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

const ENTRY = { name: 'good-thing', version: '1.0.0', description: 'A thing that is there', category: 'ml' }

const json = (response: ServerResponse, body: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** What the server does below each first part of a path. */
const FAULTS: Record<string, (response: ServerResponse) => void> = {
  good: (response) => json(response, { templates: [ENTRY], total_count: 1, filtered_count: 1 }),
  html(response) {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end('<!doctype html><title>\u001B[31mWelcome\u0007</title>')
  },
  refused: (response) => void response.writeHead(401).end('who are you?'),
  forbidden: (response) => void response.writeHead(403).end(),
  broken: (response) => void response.writeHead(500).end('\u001B[2Jstack trace'),
  garbage(response) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(Buffer.from(Array.from({ length: 300 }, (_, at) => (at * 89 + 7) % 256)))
  },
  shapeless: (response) => json(response, { templates: { 0: 'no list' } }),
  torn(response) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"templates": [')
    response.socket?.end()
  },
  nothing: (response) => void response.socket?.destroy(),
  forever: () => {},
  trickle(response) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"templates": [')
    const more = setInterval(() => response.write(' '), 50)
    response.on('close', () => clearInterval(more))
  },
}

/** One server that goes wrong in every way, each below a path of its own: `url/html`, `url/broken` and so on. */
export async function openFaultyServer(): Promise<{ url: string }> {
  const server = createServer((request, response) => {
    const fault = FAULTS[request.url?.split('/')[1] ?? '']
    if (fault) fault(response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
