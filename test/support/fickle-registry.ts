import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createDoor, type Socket } from 'node:net'
import { harmless } from '../../src/model/text.ts'
import { openElsewhere } from './fault-registry.ts'
import { type FaultMode, page } from './faults/mode.ts'

/** What a description of these goods can be searched by. */
export const WORDS = ['network', 'cluster', 'storage', 'vault', 'gateway', 'queue'] as const
const GOODS = 24
/** Of one answer, so much is looked at for what it said, bytes. */
const MOST_SAID = 512 * 1024

/** A registry that serves its own goods, and in one way or another goes wrong when it is told to. */
export interface FickleRegistry {
  name: string
  url: string
  /** From the next request on; undefined is well. */
  mode: FaultMode | undefined
  /** Requests, or connections where bytes are written as they are, since `begin()`. */
  readonly asked: number
  /** Starts a step: every connection is closed, and with `edition` all goods get a new text. */
  begin(edition: boolean): void
  /** Names of its own goods that a search for these words must bring. */
  namesFor(text: string): string[]
  /** Whether a row of this name and text was ever served; the newest text alone counts when `isNew`. */
  hasServed(name: string, description: string, isNew: boolean): boolean
  /** Headers that reached another origin and should not have. */
  readonly leaked: readonly string[]
  close(): Promise<void>
}

/** Has what is written to a response told to `said`, up to a limit. */
function overhear(response: ServerResponse, said: (text: string) => void): void {
  const parts: Buffer[] = []
  let size = 0
  const keep = (chunk: unknown): void => {
    if (size > MOST_SAID || (typeof chunk !== 'string' && !Buffer.isBuffer(chunk))) return
    parts.push(Buffer.from(chunk))
    size += chunk.length
  }
  const { write, end } = response
  response.write = ((chunk: unknown, ...rest: unknown[]) => {
    keep(chunk)
    return Reflect.apply(write, response, [chunk, ...rest]) as boolean
  }) as typeof response.write
  response.end = ((chunk: unknown, ...rest: unknown[]) => {
    keep(chunk)
    said(Buffer.concat(parts).toString())
    return Reflect.apply(end, response, [chunk, ...rest]) as ServerResponse
  }) as typeof response.end
}

/** A name by the letters and digits that an id keeps of it: the rest is made harmless, or left out. */
const keyOf = (name: string): string =>
  harmless(name)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '')
    .slice(0, 40)

/** The names in an answer; none where it cannot be read. */
function namesIn(text: string): string[] {
  try {
    const { templates } = JSON.parse(text.replace(/^\uFEFF/, '')) as { templates: ({ name?: unknown } | null)[] }
    return templates.flatMap((one) => (typeof one?.name === 'string' ? keyOf(one.name) : []))
  } catch {
    return []
  }
}

export async function openFickleRegistry(name: string): Promise<FickleRegistry> {
  const leaked: string[] = []
  const elsewhere = await openElsewhere(leaked)
  const sockets = new Set<Socket>()
  const served = new Map<string, Set<string>>()
  /** Names that came out of faulty answers. */
  const odd = new Set(['elsewhere'])
  let edition = 1
  let asked = 0
  const nameOf = (at: number): string => `${name}-item-${at}`
  const textOf = (at: number): string =>
    `Edition ${edition} of number ${at} by ${name}: ${WORDS[at % WORDS.length]} and ${WORDS[(at * 5 + 1) % WORDS.length]}.`
  const matching = (text: string): number[] =>
    Array.from({ length: GOODS }, (_, at) => at).filter((at) => textOf(at).includes(text))
  const serveGoods = (url: URL, response: ServerResponse): void => {
    const found = matching(url.searchParams.get('q') ?? '')
    const templates = found.map((at) => {
      const known = served.get(nameOf(at)) ?? new Set()
      served.set(nameOf(at), known.add(textOf(at)))
      return { name: nameOf(at), version: '1.0.0', description: textOf(at), category: 'bench' }
    })
    response.setHeader('content-type', 'application/json').end(JSON.stringify(page(templates)))
  }
  const server = createServer((request, response) => {
    asked += 1
    // One connection an answer, so that the next step finds none of this one's.
    response.shouldKeepAlive = false
    const url = new URL(request.url ?? '', `http://${request.headers.host ?? 'localhost'}`)
    const { mode } = registry
    if (!mode?.answer) return serveGoods(url, response)
    overhear(response, (text) => namesIn(text).forEach((one) => odd.add(one)))
    mode.answer({ request, response, url, elsewhere: elsewhere.url, count: asked })
  })
  server.on('clientError', (_error, socket) => void socket.destroy())
  const door = createDoor({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    const { mode } = registry
    if (mode?.raw) {
      asked += 1
      socket.once('data', () => mode.raw?.(socket))
    } else server.emit('connection', socket)
    socket.resume()
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  const registry: FickleRegistry = {
    name,
    mode: undefined,
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    leaked,
    get asked() {
      return asked
    },
    begin(isNew) {
      for (const socket of sockets) socket.destroy()
      asked = 0
      if (isNew) edition += 1
    },
    namesFor: (text) => matching(text).map(nameOf),
    hasServed(of, description, isNew) {
      const texts = served.get(of)
      if (!texts) return odd.has(keyOf(of))
      return isNew ? [...texts].at(-1) === description : texts.has(description)
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      elsewhere.server.closeAllConnections()
      elsewhere.server.close()
      await new Promise((done) => door.close(done))
    },
  }
  return registry
}
