/** What client and server of our own protocol agree on beyond the shapes of goods. */
import { createHash } from 'node:crypto'

/** Version of the registry protocol, sent both ways in `souk-protocol`. Another whole number is another protocol. */
export const PROTOCOL_VERSION = 1
export const VERSION_HEADER = 'souk-protocol'

/** Namespace of `ssh-keygen -Y`: a signature made for anything else is not one of a request. */
export const SIGNATURE_NAMESPACE = 'souk-request'
/** How far the date of a signed request may be from now, ms (inventory S5.6). */
export const SIGNATURE_AGE_MS = 5 * 60_000

/** What a signature of a request stands for. */
export interface SignedParts {
  method: string
  /** Name and port as in the Host header: a signature for one registry is worth nothing at another. */
  host: string
  /** Path with its query, as sent. */
  path: string
  /** The Date header as sent. */
  date: string
  /** The Digest header as sent. */
  digest: string
}

/** The bytes that are signed: each part on a line of its own. No part can hold a line break. */
export const signedText = ({ method, host, path, date, digest }: SignedParts): string =>
  `${[method, host, path, date, digest].join('\n')}\n`

/** The Digest header of a body (RFC 3230 with SHA-256); no body counts as an empty one. */
export const digestOf = (body: string): string => `sha-256=${createHash('sha256').update(body).digest('base64')}`

const [BEGIN, END] = ['-----BEGIN SSH SIGNATURE-----', '-----END SSH SIGNATURE-----'] as const

/** The Signature header: what stands between the lines of an SSH signature, on one line. Undefined for anything else. */
export function signatureHeader(armoured: string): string | undefined {
  const [begin, end] = [armoured.indexOf(BEGIN), armoured.indexOf(END)]
  if (begin === -1 || end < begin) return undefined
  return armoured.slice(begin + BEGIN.length, end).replace(/\s+/g, '')
}

/** The header as ssh-keygen reads it. Undefined when it is none of ours. */
export function armouredSignature(header: string): string | undefined {
  if (header.length > 8192 || !/^[A-Za-z0-9+/]+={0,2}$/.test(header)) return undefined
  return `${[BEGIN, ...(header.match(/.{1,70}/g) ?? []), END].join('\n')}\n`
}
