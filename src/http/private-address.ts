import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { registryUntrusted } from '../model/errors.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'

/** Where on this side of the net an address leads. */
type Inside = 'this machine' | 'this link' | 'a private network' | 'a reserved range'

/** Ranges of the IANA registries of special addresses; what maps to IPv4 is looked at as IPv4 by Node. */
const RANGES: readonly [Inside, readonly string[]][] = [
  ['this machine', ['127.0.0.0/8', '0.0.0.0/8', '::1/128', '::/128']],
  ['this link', ['169.254.0.0/16', 'fe80::/10']],
  ['a private network', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10']],
  [
    'a reserved range',
    [
      '192.0.0.0/24',
      '198.18.0.0/15',
      '224.0.0.0/4',
      '240.0.0.0/4',
      'ff00::/8',
      '2001::/32',
      '2002::/16',
      '100::/64',
      '64:ff9b::/96',
      '64:ff9b:1::/48',
    ],
  ],
]

let lists: [Inside, BlockList][] | undefined
/** Made when the first address is looked at: a search from the cache looks at none. */
const listsOf = (): [Inside, BlockList][] =>
  (lists ??= RANGES.map(([inside, ranges]): [Inside, BlockList] => {
    const list = new BlockList()
    for (const range of ranges) {
      const [net = '', bits = ''] = range.split('/')
      list.addSubnet(net, Number(bits), net.includes(':') ? 'ipv6' : 'ipv4')
    }
    return [inside, list]
  }))

/** Where an IP address leads; undefined for the open net. */
export function insideOf(address: string): Inside | undefined {
  // A zone (`fe80::1%eth0`) says through which door, not where to.
  const [bare = ''] = address.split('%')
  const family = isIP(bare) === 6 ? 'ipv6' : 'ipv4'
  return listsOf().find(([, list]) => list.check(bare, family))?.[0]
}

/** Keeps a registry from sending us to addresses inside, unless it is there itself (design T12). */
export interface AddressGuard {
  /** Throws `registry.untrusted` for an address that is written as numbers and leads inside. */
  check(url: URL): Promise<void>
  /** The addresses of a host, for a program that connects by itself; throws when one of them leads inside. */
  addressesOf(host: string): Promise<string[]>
  /** Looks a name up for a connection and refuses it when any of its addresses leads inside: what is checked is what is connected to. */
  readonly lookup: LookupFunction
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/** The guard of a registry with an address on the net; undefined for one on this machine, whose word is our user's. */
export function openGuard(
  entry: Pick<RegistryEntry, 'name' | 'url'>,
  resolve: LookupFunction = dnsLookup,
): AddressGuard | undefined {
  const home = hostIn(entry.url)
  if (home === undefined) return undefined
  const find = (host: string, options: LookupOptions = {}): Promise<LookupAddress[]> =>
    new Promise((done, fail) => {
      resolve(host, { ...options, all: true }, (error, found, family) => {
        if (error) fail(error)
        else done(Array.isArray(found) ? found : [{ address: found, family: family ?? isIP(found) }])
      })
    })
  let own: Promise<Set<Inside | undefined>> | undefined
  const allowed = (): Promise<Set<Inside | undefined>> =>
    (own ??= (isIP(home) ? Promise.resolve([{ address: home }]) : find(home)).then(
      (all) => new Set(all.map((one) => insideOf(one.address))),
      () => new Set(),
    ))
  const checkAll = async (addresses: readonly string[]): Promise<void> => {
    for (const address of addresses) {
      const inside = insideOf(address)
      if (inside !== undefined && !(await allowed()).has(inside))
        throw registryUntrusted(entry.name, `it leads to ${address}, which is in ${inside}`)
    }
  }
  return {
    async check(url) {
      const host = hostOf(url)
      if (isIP(host)) await checkAll([host])
    },
    async addressesOf(host) {
      const all = isIP(host) ? [host] : (await find(host)).map((one) => one.address)
      await checkAll(all)
      return all
    },
    lookup(host, options, callback) {
      const checked = async (): Promise<LookupAddress[]> => {
        const all = await find(host, options)
        await checkAll(all.map((one) => one.address))
        return all
      }
      checked().then(
        (all) => (options.all ? callback(null, all) : callback(null, all[0]?.address ?? '', all[0]?.family)),
        (refused: unknown) => callback(refused as NodeJS.ErrnoException, ''),
      )
    },
  }
}

/** The host of an address as settings and goods have it; undefined for a folder or file. */
export function hostIn(address: string): string | undefined {
  const scp = /^[^/\\\s@]+@([^/\\\s:]+):/.exec(address)?.[1]
  if (scp !== undefined) return scp
  const bare = address.replace(/^git\+/i, '')
  return /^(?:https?|ssh|git):\/\//i.test(bare) && URL.canParse(bare) ? hostOf(new URL(bare)) : undefined
}
