import { isMarketError, itemSource, itemUnsafe } from '../../model/errors.ts'
import { hostIn, openGuard } from '../../http/private-address.ts'
import { proxiesOf } from '../../http/proxies.ts'
import type { RegistryEntry } from '../../model/registry-entry.ts'
import { harmless } from '../../model/text.ts'
import type { Env } from '../../system/system.ts'
import type { ProtocolTools } from '../registry.ts'
import type { FetchPlace } from './fetch-artifact.ts'

/** What git is given to be let in: a key by its path, a header out of everybody's sight. Never a prompt, never argv. */
export interface GitAccess {
  env?: Record<string, string>
  /** Settings of git by name; they may hold a secret. */
  settings?: [string, string][]
}

/** The access of a registry to its own repository. Throws what `RegistryCredentials.authorization` throws. */
export async function gitAccessOf(
  entry: RegistryEntry,
  { system, credentials }: Pick<ProtocolTools, 'system' | 'credentials'>,
  signal?: AbortSignal,
): Promise<GitAccess> {
  if (entry.credentials?.type === 'ssh_key') {
    const key = entry.credentials.keyFile.replace(/^~(?=\/)/, system.env.home)
    const command = `ssh -i '${key.replaceAll("'", "'\\''")}' -o IdentitiesOnly=yes -o BatchMode=yes`
    return { env: { GIT_SSH_COMMAND: command } }
  }
  const url = entry.url.replace(/^git\+/i, '')
  if (!/^https?:/i.test(url)) return {}
  const header = await credentials.authorization(signal)
  const env: Record<string, string> = entry.ca === undefined ? {} : { GIT_SSL_CAINFO: entry.ca }
  if (header === undefined) return { env }
  return { env, settings: [[`http.${new URL(url).origin}/.extraHeader`, `Authorization: ${header}`]] }
}

/** How git reaches an address of the net that a registry named and that is not its own: looked up here, by us. */
export async function accessAbroad(
  url: string,
  place: Pick<FetchPlace, 'registry' | 'home'>,
  env: Env,
): Promise<GitAccess> {
  const host = hostIn(url)
  const guard = openGuard({ name: place.registry, url: place.home })
  if (guard === undefined) return {}
  if (host === undefined)
    throw itemUnsafe(harmless(url, 300), 'a remote registry may not name repositories of this machine')
  // Where a proxy looks names up, those written as numbers are all that can be judged.
  if (/^https?:/i.test(url) && proxiesOf(env)) {
    await guard.check(new URL(url))
    return { settings: [['http.followRedirects', 'false']] }
  }
  const [address] = await guard.addressesOf(host).catch((error: unknown) => {
    if (isMarketError(error)) throw error
    throw itemSource(harmless(withoutPassword(url), 300), 'its host name is not known', error)
  })
  if (!/^https?:/i.test(url)) return {}
  const { port, protocol } = new URL(url)
  const pin = `${host}:${port || (protocol === 'https:' ? '443' : '80')}:${address}`
  return {
    settings: [
      ['http.followRedirects', 'false'],
      ['http.curloptResolve', pin],
    ],
  }
}

/** The proxy of an address as git is told it; none for one that is not asked over HTTP. */
export function proxySettings(env: Env, url = ''): [string, string][] {
  const proxies = /^https?:/i.test(url) ? proxiesOf(env) : undefined
  if (!proxies) return []
  const { httpProxy, httpsProxy } = proxies.addresses
  const proxy = /^https:/i.test(url) ? httpsProxy || httpProxy : proxies.isHere ? httpProxy : ''
  return proxy === '' ? [] : [['http.proxy', proxy]]
}

/**
 * Settings as git reads them: as a file without a name, which git and the programs it starts each read anew, so that
 * the secrets in it are in no environment and on no disk. Only Linux has such files; elsewhere it is the environment.
 */
export function hiddenSettings(settings: readonly [string, string][], platform: string) {
  if (settings.length === 0) return {}
  if (platform !== 'linux') {
    const pairs = settings.flatMap(([name, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, name],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ])
    return {
      env: { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(settings.length) } as Record<string, string>,
    }
  }
  // `http.URL.name` has the address within quotes, where only quotes and backslashes are to mind.
  const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`
  const lines = settings.map(([name, value]) => {
    const end = name.lastIndexOf('.')
    const start = name.indexOf('.')
    const address = start === end ? '' : ` ${quoted(name.slice(start + 1, end))}`
    return `[${name.slice(0, start)}${address}]\n\t${name.slice(end + 1)} = ${quoted(value)}\n`
  })
  return { hidden: lines.join('') }
}

/** An address of a repository as it may be shown. */
export const withoutPassword = (url: string): string => url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1')
