import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { PROTOCOL_VERSION, VERSION_HEADER } from '../model/wire.ts'
import type { Verifier } from './verify-request.ts'

export interface GateOptions {
  /** Publishing needs it, or a signature; without either the server is read-only. */
  token?: string
  /** Looks at signatures; without one a signature proves nothing. */
  verifier?: Verifier
  /** Reading needs the token or a signature too. */
  isPrivate?: boolean
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compared over digests, so that neither content nor length shows in the time taken. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

const refuse = (context: Context, status: 401 | 403 | 406, error: string): Response => {
  const headers = status === 401 ? { 'www-authenticate': 'Bearer realm="souk"' } : undefined
  return context.json({ error }, status, headers)
}

/**
 * Who may come in. A signature is always looked at when there is one, so that a wrong one is refused even where none
 * is needed. Every answer tells the version of the protocol, and one who speaks another is told so instead of answered.
 */
export function openGate({ token, verifier, isPrivate = false }: GateOptions): MiddlewareHandler {
  return async (context, next) => {
    context.header(VERSION_HEADER, String(PROTOCOL_VERSION))
    const { req } = context
    const version = req.header(VERSION_HEADER)
    if (version !== undefined && version !== String(PROTOCOL_VERSION))
      return refuse(context, 406, `This registry speaks version ${PROTOCOL_VERSION} of the protocol.`)
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
        body: req.method === 'GET' || req.method === 'HEAD' ? '' : await req.text(),
      })
      if ('refused' in verdict) return refuse(context, 401, verdict.refused)
      return next()
    }
    const isRead = req.method === 'GET' || req.method === 'HEAD'
    if (isRead && !isPrivate) return next()
    const sent = /^Bearer (.+)$/.exec(req.header('authorization') ?? '')?.[1]
    if (sent !== undefined && token !== undefined && isSame(sent, token)) return next()
    if (!isRead && token === undefined && !verifier)
      return refuse(context, 403, 'This registry is read-only: it was started without a token or allowed signers.')
    const ways = [...(token === undefined ? [] : ['a valid token']), ...(verifier ? ['a signature'] : [])].join(' or ')
    return refuse(context, 401, `This needs ${ways}.`)
  }
}
