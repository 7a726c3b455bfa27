import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createDoor, type Server as DoorServer, type Socket } from 'node:net'
import type { Certificates } from './faults/certificates.ts'
import { contentModes } from './faults/content.ts'
import { hostileModes } from './faults/hostile.ts'
import { type FaultMode, page, SOUND } from './faults/mode.ts'
import { statusModes } from './faults/status.ts'
import { wireModes } from './faults/wire.ts'

/** Every way of going wrong. */
export const faultModes: readonly FaultMode[] = [...statusModes, ...wireModes, ...contentModes, ...hostileModes]

/** A registry that goes wrong in one way, and only once it is let. */
export interface FaultRegistry {
  url: string
  /** Lets go of everything that waits, and of what comes later. */
  open(): void
  /** Holds requests from now on. */
  shut(): void
  /** Authorization headers that reached another origin. */
  readonly leaked: readonly string[]
  /** Requests that came with an Authorization header, as they should here. */
  readonly authorized: () => number
  close(): Promise<void>
}

const portOf = (server: DoorServer | Server): number => (server.address() as AddressInfo).port

async function listen(server: DoorServer | Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return portOf(server)
}

/** Another origin that answers well, whatever it is asked. */
export async function openElsewhere(leaked: string[]): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    for (const name of ['authorization', 'cookie', 'proxy-authorization'])
      if (request.headers[name] !== undefined) leaked.push(`${name}: ${String(request.headers[name])}`)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(page([{ ...SOUND, name: 'elsewhere' }])))
  })
  const port = await listen(server)
  return { url: `http://127.0.0.1:${port}`, server }
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** The server behind the door of a mode; undefined where bytes are written as they are. */
function serverOf(mode: FaultMode, certificates: Certificates | undefined, listener: Listener): Server | undefined {
  const door = mode.door ?? 'http'
  if (door === 'raw' || door === 'closed') return undefined
  if (door === 'http' || door === 'no-tls') return createServer(listener)
  const certificate = certificates?.[door]
  if (!certificate) throw new Error(`there is no certificate for ${door}`)
  return createSecureServer(certificate, listener)
}

/** Opens the registry of one mode on loopback. Nothing is answered, not even a handshake, before `open()`. */
export async function openFaultRegistry(
  mode: FaultMode,
  certificates: Certificates | undefined,
): Promise<FaultRegistry> {
  const leaked: string[] = []
  const elsewhere = await openElsewhere(leaked)
  const sockets = new Set<Socket>()
  const waiting: (() => void)[] = []
  let isOpen = false
  let count = 0
  let authorized = 0
  const whenOpen = (call: () => void): void => void (isOpen ? call() : waiting.push(call))
  const server = serverOf(mode, certificates, (request, response) =>
    whenOpen(() => {
      count += 1
      if (request.headers.authorization !== undefined) authorized += 1
      const url = new URL(request.url ?? '', `http://${request.headers.host ?? 'localhost'}`)
      mode.answer?.({ request, response, url, elsewhere: elsewhere.url, count })
    }),
  )
  const door = createDoor({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    whenOpen(() => {
      if (server) server.emit('connection', socket)
      else socket.once('data', () => mode.raw?.(socket))
      socket.resume()
    })
  })
  const port = await listen(door)
  if (mode.door === 'closed') door.close()
  const isSecure = mode.door !== undefined && !['http', 'raw', 'closed'].includes(mode.door)
  return {
    url: `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}`,
    leaked,
    authorized: () => authorized,
    open() {
      isOpen = true
      for (const call of waiting.splice(0)) call()
    },
    shut: () => void (isOpen = false),
    async close() {
      for (const socket of sockets) socket.destroy()
      server?.closeAllConnections()
      elsewhere.server.closeAllConnections()
      elsewhere.server.close()
      if (door.listening) await new Promise((done) => door.close(done))
    },
  }
}
