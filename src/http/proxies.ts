import { configInvalid } from '../model/errors.ts'
import { decoded, isLoopbackHost } from '../model/registry-entry.ts'
import { keepSecret } from '../model/secrets.ts'
import type { Env } from '../system/system.ts'

interface Proxies {
  addresses: { httpProxy: string; httpsProxy: string; noProxy: string }
  /** The proxy for addresses in the clear is on this machine. */
  isHere: boolean
}

/** The proxies of the environment, the small spelling first as everywhere; undefined when it names none. */
export function proxiesOf(env: Env): Proxies | undefined {
  const of = (name: string): string => env.get(name.toLowerCase()) ?? env.get(name) ?? ''
  const httpProxy = proxyAddress('HTTP_PROXY', of('HTTP_PROXY'))
  const httpsProxy = proxyAddress('HTTPS_PROXY', of('HTTPS_PROXY'))
  if (httpProxy === '' && httpsProxy === '') return undefined
  const isHere = httpProxy !== '' && isLoopbackHost(new URL(httpProxy).hostname)
  return { addresses: { httpProxy, httpsProxy, noProxy: of('NO_PROXY') }, isHere }
}

/** The address of a proxy with its scheme; the sentence about a wrong one never repeats it, which may hold a password. */
function proxyAddress(variable: string, written: string): string {
  const address = written.trim()
  if (address === '') return ''
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`
  if (!URL.canParse(whole) || !/^https?:/i.test(whole)) {
    const hint = 'Write it as http://host:port, with user:password@ before the host where it wants them.'
    throw configInvalid({ field: variable }, 'is not the address of a proxy', hint)
  }
  const { username, password } = new URL(whole)
  if (password) {
    keepSecret(password)
    keepSecret(decoded(password))
    keepSecret(`${decoded(username)}:${decoded(password)}`)
  }
  return whole
}
