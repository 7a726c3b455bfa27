const ADDRESS = /^rediss?:\/\//i
/** This machine, as an address may name it. */
export const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
/** Most mirrors of one cache: every write goes to each of them. */
const MAX_MIRRORS = 8

/** Whether one store of the setting is an address. */
export const isAddress = (store: string): boolean => ADDRESS.test(store)

/** The stores a setting names, in their order. */
export const storesOf = (setting: string): string[] => setting.split(/[\s,]+/).filter(Boolean)

/** An address as it may be shown: without user name, password and whatever follows the path. */
export function shownStore(store: string): string {
  if (!isAddress(store)) return store
  return store.replace(/^(rediss?:\/\/)[^/?#]*@/i, '$1').split(/[?#]/, 1)[0] ?? ''
}

/** Why a setting names no stores that can be used; the sentence never repeats an address, which may hold a password. */
export function storeProblem(setting: string): string | undefined {
  const stores = storesOf(setting)
  const say = 'must be disk, memory, or addresses such as rediss://cache.example.org'
  if (stores.length === 0) return say
  if (stores.length > MAX_MIRRORS) return `names more than ${MAX_MIRRORS} stores`
  if (new Set(stores).size < stores.length) return 'names one store twice'
  for (const store of stores) {
    if (store === 'disk' || (store === 'memory' && stores.length === 1)) continue
    if (!isAddress(store)) return say
    const bare = store.replaceAll(/\$\{\w+\}/g, 'x')
    if (!URL.canParse(bare)) return 'holds an address that cannot be read'
    const { protocol, hostname } = new URL(bare)
    if (protocol === 'redis:' && !LOOPBACK.test(hostname))
      return 'would be asked in the clear (redis://); use rediss://, or a loopback address'
  }
  return undefined
}
