import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Source } from '../../../src/model/catalog.ts'

/** One request, and what a fault may need to know to answer it wrongly. */
export interface Asked {
  request: IncomingMessage
  response: ServerResponse
  url: URL
  /** Another origin, which answers well and remembers what it was sent. */
  elsewhere: string
  /** Which request of this mode it is, from 1. */
  count: number
}

/** How the registry is reached: plain, as bare bytes, behind one of several certificates, or not at all. */
export type Door = 'http' | 'raw' | 'closed' | 'untrusted' | 'other-name' | 'expired' | 'trusted' | 'no-tls'

/** One way of going wrong, and what must be said of it. */
export interface FaultMode {
  name: string
  state: Source['state']
  /** What the sentence must say; left out when there is nothing to complain of. */
  says?: RegExp
  /** Names that must be among the rows all the same. */
  kept?: readonly string[]
  /** How many entries must be left, of one whose number tells that none was left out for nothing. */
  items?: number
  /** What must be said of an entry that was left out. */
  skips?: RegExp
  door?: Door
  /** The entry's own time limit, ms; for faults that end with it. */
  timeoutMs?: number
  /** Most bytes this process may grow while it is asked. */
  maxGrowth?: number
  answer?: (asked: Asked) => void
  raw?: (socket: Socket) => void
}

/** A time limit for faults that only end with it, ms. */
export const SHORT_MS = 300

/** An entry nothing is wrong with. */
export const SOUND = { name: 'sound', version: '1.0.0', description: 'A thing that is there', category: 'ml' }

export const json = ({ response }: Asked, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
}

/** The answer to a search that holds these entries. */
export const page = (templates: readonly unknown[], more: object = {}): object => ({
  templates,
  total_count: templates.length,
  filtered_count: templates.length,
  ...more,
})
