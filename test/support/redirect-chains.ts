import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RegistryEntry } from '../../src/model/registry-entry.ts'
import { seededRandom } from './mutate.ts'
import { plainClient } from './plain-client.ts'

const TOKEN = 'chain-token-3f9a1c'
const PASSWORD = 'chain-password-77b2'
const API_KEY = 'chain-api-key-e0d4'
/** What must never arrive elsewhere, as it is and as it is sent. */
const SECRETS = [TOKEN, PASSWORD, API_KEY, Buffer.from(`me:${PASSWORD}`).toString('base64')]
const STATUSES = [301, 302, 303, 307, 308]
const CREDENTIALS: NonNullable<RegistryEntry['credentials']>[] = [
  { type: 'token', token: TOKEN },
  { type: 'basic', username: 'me', password: PASSWORD },
]

/** What came of a run of chains. */
export interface Chains {
  chains: number
  /** Requests at the registry's own origin, and at others. */
  own: number
  elsewhere: number
  /** Requests at the own origin that were made with credentials: a run without any has shown nothing. */
  withCredentials: number
  ended: number
  refused: number
  /** What arrived at another origin and should not have. */
  leaks: string[]
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Asks along random redirects between one registry and three other origins, for answers and for downloads. */
export async function followChains(count: number, seed = 1): Promise<Chains> {
  const random = seededRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const seen: Chains = { chains: count, own: 0, elsewhere: 0, withCredentials: 0, ended: 0, refused: 0, leaks: [] }
  const hosts: string[] = []
  let left = 0
  /** Where a hop leads: along the same host, to another, in odd spellings, with a user, into the clear or nowhere. */
  const location = (own: string): string => {
    const other = pick(hosts)
    const path = `/${Math.floor(random() * 1e6)}?q=${Math.floor(random() * 10)}`
    return pick([
      path,
      `http://${own}${path}`,
      `http://${other}${path}`,
      `http://${other}${path}`,
      `//${other}${path}`,
      `HTTP://${other}${path}`,
      `http://me:word@${other}${path}`,
      `http://${other.replace('127.0.0.1', 'localhost')}${path}`,
      `http://${other.replace('127.0.0.1', '127.1')}${path}`,
      `http:\\\\${other}${path}`,
      '../up',
    ])
  }
  const servers = Array.from({ length: 4 }, (_, nth) =>
    createServer((request, response) => {
      const told = JSON.stringify([request.url, request.rawHeaders])
      // The same server under another name is another origin.
      const isOwn = request.headers.host === hosts[0]
      if (isOwn) seen.own++
      else seen.elsewhere++
      if (isOwn && request.headers.authorization !== undefined) seen.withCredentials++
      if (!isOwn && SECRETS.some((one) => told.includes(one))) seen.leaks.push(told)
      if (left-- <= 0) return void response.end('{}')
      response.writeHead(pick(STATUSES), { location: location(hosts[nth] ?? '') }).end()
    }),
  )
  for (const server of servers) hosts.push(await listening(server))
  const folder = mkdtempSync(join(tmpdir(), 'souk-chains-'))
  const clients = CREDENTIALS.map((credentials) => plainClient(`http://${hosts[0] ?? ''}`, { credentials }))
  for (let nth = 0; nth < count; nth++) {
    left = Math.floor(random() * 7)
    const http = pick(clients)
    const asked =
      random() < 0.7
        ? http.request({ url: '/search', kind: 'search', headers: { 'X-Api-Key': API_KEY, Cookie: `k=${API_KEY}` } })
        : http.download({ url: '/goods.zip', into: join(folder, `${nth}`), maxBytes: 1000 })
    await asked.then(
      () => seen.ended++,
      () => seen.refused++,
    )
  }
  await Promise.all(clients.map((one) => one.close()))
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(folder, { recursive: true })
  return seen
}
