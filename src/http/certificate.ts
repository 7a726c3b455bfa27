import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { TLSSocket } from 'node:tls'

/** Where undici tells of every connection it has made. */
const CONNECTED = 'undici:client:connected'

interface Connected {
  connectParams?: { host?: string }
  socket?: unknown
}

/**
 * Tells when the certificate of an https address ends (ms since 1970), each time a connection to it is made anyway;
 * none is made for this. The returned function stops it.
 */
export function followCertificate(address: URL, tell: (endsAt: number) => void): () => void {
  const hear = (message: unknown): void => {
    const { connectParams, socket } = message as Connected
    if (connectParams?.host !== address.host || !(socket instanceof TLSSocket)) return
    const endsAt = Date.parse(socket.getPeerCertificate().valid_to ?? '')
    if (!Number.isNaN(endsAt)) tell(endsAt)
  }
  subscribe(CONNECTED, hear)
  return () => void unsubscribe(CONNECTED, hear)
}
