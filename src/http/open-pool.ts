import type { Dispatcher } from 'undici'
import { isMarketError, registryConnection } from '../model/errors.ts'
import type { Emit } from '../model/events.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import { addressOf } from './address.ts'
import { faultOfError } from './faults.ts'
import type { HttpOptions } from './policy.ts'
import { openGuard, type AddressGuard } from './private-address.ts'
import { proxiesOf } from './proxies.ts'
import { trustedBy } from './trust.ts'

/** The connections of one registry. */
export interface Pool {
  request: typeof import('undici').request
  dispatcherFor(url: URL): Dispatcher
  /** Looks at where the registry sends us; absent for one on this machine. */
  guard: AddressGuard | undefined
  close(): Promise<void>
}

/** Opens no connection by itself. Throws `config.invalid` for a file of authorities or a proxy that cannot be used. */
export async function openPool({ system, entry, settings, lookup, emit }: HttpOptions): Promise<Pool> {
  const { Agent, EnvHttpProxyAgent, Pool: Sockets, buildConnector, request } = await import('undici')
  const ca = await trustedBy(entry)
  const guard = openGuard(entry, lookup)
  // Said outright, so that no variable of the environment can turn the check of certificates off.
  const tls = { timeout: settings.connectMs, rejectUnauthorized: true, ...(ca ? { ca } : {}) }
  const direct = buildConnector(tls)
  const guarded = guard ? buildConnector({ ...tls, lookup: guard.lookup }) : direct
  const home = URL.canParse(entry.url) ? new URL(entry.url).origin : undefined
  const unfollow = await following(entry, emit)
  const connect: typeof direct = (to, callback) =>
    (`${to.protocol}//${to.host}` === home ? direct : guarded)(to, callback)
  // The deadline of the call is the only limit on waiting; undici's own are off.
  const limits = {
    connections: settings.connections,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 32 * 1024,
  }
  const agent = new Agent({ ...limits, connect })
  const proxies = proxiesOf(system.env)
  if (!proxies) {
    return {
      request,
      guard,
      dispatcherFor: () => agent,
      async close() {
        unfollow?.()
        await agent.destroy()
      },
    }
  }
  const proxied = new EnvHttpProxyAgent({
    ...limits,
    ...proxies.addresses,
    connect,
    requestTls: tls,
    proxyTls: tls,
    // A proxy that cannot be reached is told apart from a registry that cannot.
    clientFactory: (url, options) =>
      new Sockets(url, { connect: toProxy(entry.name, url, options as { connect: typeof direct }) }),
  })
  return {
    request,
    guard,
    // Nothing in the clear leaves this machine, by way of a proxy either.
    dispatcherFor: (url) => (url.protocol === 'http:' && !proxies.isHere ? agent : proxied),
    async close() {
      unfollow?.()
      await Promise.all([agent.destroy(), proxied.destroy()])
    },
  }
}

/** Tells until when the certificate of an https registry is good. */
async function following(entry: RegistryEntry, emit: Emit): Promise<(() => void) | undefined> {
  const home = addressOf(entry.url, '')
  if (home?.protocol !== 'https:') return undefined
  const { followCertificate } = await import('./certificate.ts')
  return followCertificate(home, (endsAt) => emit('http.certificate', { registry: entry.name, endsAt }))
}

type Connector = ReturnType<typeof import('undici').buildConnector>

const toProxy =
  (registry: string, proxy: URL, { connect }: { connect: Connector }): Connector =>
  (to, callback) =>
    connect(to, (...[error, socket]: Parameters<typeof callback>) => {
      if (error === null) return callback(null, socket)
      const { message } = isMarketError(error) ? error : faultOfError(registry, error).error
      const why = message.replace(/^.* cannot be reached: /, '').replace(/\.$/, '')
      callback(registryConnection(registry, `the proxy ${proxy.host} cannot be reached: ${why}`, error), null)
    })
