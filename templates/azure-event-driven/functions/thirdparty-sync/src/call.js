const TIMEOUT_MS = 20_000

/**
 * Passes a message on to a third party: {"path": "/v1/orders", "body": {...}}. `base` is the party's address, so a
 * message cannot lead elsewhere. Throws when the party does not take it; the message is then tried again.
 */
async function passOn(message, base, fetchIt = fetch) {
  if (!base) throw new Error('THIRDPARTY_URL is not set; it is the address of the third party')
  const { path, body } = message ?? {}
  if (typeof path !== 'string' || !/^\/(?!\/)[\w./-]*$/.test(path)) throw new TypeError('the message has no path')
  const response = await fetchIt(new URL(path, base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? {}),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`${new URL(base).host} answered ${response.status}`)
  return response.status
}

module.exports = { passOn }
