import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { onTestFinished } from 'vitest'
import { defaultSettings } from '../../src/config/defaults.ts'
import { secretOf } from '../../src/config/secret.ts'
import { openCredentials } from '../../src/http/credentials.ts'
import type { Http } from '../../src/http/http.ts'
import { openHttp } from '../../src/http/open-http.ts'
import type { HttpPolicy } from '../../src/http/policy.ts'
import type { Events } from '../../src/model/events.ts'
import type { RegistryEntry } from '../../src/model/registry-entry.ts'
import type { Clock } from '../../src/system/system.ts'
import { testSystem } from '../support/test-system.ts'

export interface Loopback {
  url: string
  seen: IncomingMessage[]
  bodies: string[]
  /** Stops it before the test ends. */
  stop(): void
}

/** A real server on this machine, gone when the test ends. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<Loopback> {
  const loopback: Loopback = { url: '', seen: [], bodies: [], stop: () => {} }
  const server = createServer((request, response) => {
    loopback.seen.push(request)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      loopback.bodies.push(Buffer.concat(chunks).toString())
      answer(request, response, loopback.seen.length)
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  loopback.stop = () => {
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(loopback.stop)
  loopback.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return loopback
}

export interface Client {
  http: Http
  heard: Events['http.request'][]
}

/** A client for a registry at `url`; retries wait a millisecond unless told otherwise. */
export function client(
  url: string,
  facts: {
    entry?: Partial<RegistryEntry>
    policy?: Partial<HttpPolicy>
    env?: Record<string, string>
    clock?: Clock
    lookup?: LookupFunction
  } = {},
): Client {
  const system = testSystem({ env: facts.env ?? {}, ...(facts.clock ? { clock: facts.clock } : {}) })
  const heard: Events['http.request'][] = []
  const entry: RegistryEntry = {
    name: 'stub',
    type: 'private',
    protocol: 'rest',
    url,
    enabled: true,
    priority: 100,
    options: {},
    ...facts.entry,
  }
  const place = { file: 'registries.yaml', line: 3, column: 5 }
  const http = openHttp({
    system,
    settings: { ...defaultSettings().http, retryBaseMs: 1, ...facts.policy },
    entry,
    lookup: facts.lookup,
    emit: (name, payload) => {
      if (name === 'http.request') heard.push(payload as Events['http.request'])
    },
    credentials: openCredentials({ system, entry, secret: (text) => secretOf(text, system.env, place) }),
  })
  onTestFinished(() => http.close())
  return { http, heard }
}
