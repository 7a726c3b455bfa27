import { createHash, timingSafeEqual } from 'node:crypto'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context, MiddlewareHandler } from 'hono'
import { PROTOCOL_VERSION, VERSION_HEADER } from '../model/wire.ts'
import type { Clock } from '../system/system.ts'
import { openBadTries } from './bad-tries.ts'
import { problem, type OnRefused } from './problem.ts'
import type { Verifier } from './verify-request.ts'

export interface GateOptions {
  /** Publishing needs it, or a signature; without either the server is read-only. */
  token?: string
  /** Looks at signatures; without one a signature proves nothing. */
  verifier?: Verifier
  /** Reading needs the token or a signature too. */
  isPrivate?: boolean
  clock: Pick<Clock, 'monotonic'>
  /** Told of refused publications. */
  onRefused?: OnRefused
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compared over digests, so that neither content nor length shows in the time taken. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

/** The address of the other side; '' where nobody is connected, as in a test. */
function addressOf(context: Context): string {
  try {
    return getConnInfo(context).remote.address ?? ''
  } catch {
    return ''
  }
}

/**
 * Who may come in. A signature is always looked at when there is one, so that a wrong one is refused even where none
 * is needed. Every answer tells the version of the protocol, and one who speaks another is told so instead of answered. Who tried too often in vain has to wait.
 */
export function openGate({ clock, token, verifier, isPrivate = false, onRefused }: GateOptions): MiddlewareHandler {
  const tries = openBadTries(clock)
  const refuse = (context: Context, status: 401 | 403 | 406, detail: string): Response => {
    if (status === 401) tries.note(addressOf(context))
    if (context.req.method === 'POST') onRefused?.(status, detail)
    return problem(context, status, detail, status === 401 ? { 'www-authenticate': 'Bearer realm="souk"' } : {})
  }
  return async (context, next) => {
    context.header(VERSION_HEADER, String(PROTOCOL_VERSION))
    const { req } = context
    const version = req.header(VERSION_HEADER)
    if (version !== undefined && version !== String(PROTOCOL_VERSION))
      return refuse(context, 406, `This registry speaks version ${PROTOCOL_VERSION} of the protocol.`)
    const isRead = req.method === 'GET' || req.method === 'HEAD'
    const waitMs = isRead && !isPrivate ? 0 : tries.waitMs(addressOf(context))
    // Not told on: who knocks without end would fill the audit trail.
    if (waitMs > 0)
      return problem(context, 429, 'Too many wrong credentials came from this address.', {
        'retry-after': String(Math.ceil(waitMs / 1000)),
      })
    const signature = req.header('signature')
    if (signature !== undefined && verifier) {
      const { pathname, search } = new URL(req.url)
      const verdict = await verifier.verify({
        method: req.method,
        host: req.header('host') ?? '',
        path: `${pathname}${search}`,
        date: req.header('date') ?? '',
        digest: req.header('digest') ?? '',
        signature,
        body: isRead ? '' : await req.text(),
      })
      if ('refused' in verdict) return refuse(context, 401, verdict.refused)
      return next()
    }
    if (isRead && !isPrivate) return next()
    const sent = /^Bearer (.{1,4096})$/.exec(req.header('authorization') ?? '')?.[1]
    if (sent !== undefined && token !== undefined && isSame(sent, token)) return next()
    if (!isRead && token === undefined && !verifier)
      return refuse(context, 403, 'This registry is read-only: it was started without a token or allowed signers.')
    const ways = [...(token === undefined ? [] : ['a valid token']), ...(verifier ? ['a signature'] : [])].join(' or ')
    return refuse(context, 401, `This needs ${ways}.`)
  }
}
