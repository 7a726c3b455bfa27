import { registerHooks } from 'node:module'

/**
 * The inner wall around the code of a plugin. The outer one is the runtime's own (`node --permission` with no grant);
 * this one leaves a plugin nothing to try on it: its modules come from memory, no module of the runtime but a few that
 * only compute can be imported, and what the global object offers of the outside is gone.
 */

const SCHEME = 'plugin:'
/** Modules of the runtime that compute and reach nothing. */
const ALLOWED = new Set([
  'node:buffer',
  'node:events',
  'node:path',
  'node:path/posix',
  'node:querystring',
  'node:string_decoder',
  'node:url',
  'node:util',
  'node:zlib',
])
/** What an author imports; `definePlugin` is there for the types alone. */
const AUTHOR = 'souk/plugin'
const AUTHOR_SOURCE = 'export const definePlugin = (plugin) => plugin'
/** Members of the global object that reach outside, or the process itself. */
const GONE = [
  'fetch',
  'WebSocket',
  'EventSource',
  'BroadcastChannel',
  'localStorage',
  'sessionStorage',
  'Storage',
  'navigator',
]

/** Where a file of the plugin is imported from. */
export const addressIn = (path: string): string => `${SCHEME}///${path}`

/** Serves imports from the files of the plugin alone. */
export function serveImports(files: ReadonlyMap<string, string>): void {
  registerHooks({
    resolve(specifier, context, next) {
      const from = context.parentURL
      if (specifier.startsWith(SCHEME) && from === undefined) return { url: specifier, shortCircuit: true }
      if (specifier === AUTHOR) return { url: `${SCHEME}//author/`, shortCircuit: true }
      const full = specifier.startsWith('node:') ? specifier : `node:${specifier}`
      if (ALLOWED.has(full)) return next(full, context)
      const isOwn = /^\.{1,2}\//.test(specifier) && from?.startsWith(`${SCHEME}///`)
      const url = isOwn ? new URL(specifier, from).href : specifier
      if (isOwn && files.has(pathOf(url))) return { url, shortCircuit: true }
      if (specifier.startsWith(SCHEME) && files.has(pathOf(specifier))) return { url: specifier, shortCircuit: true }
      throw new Error(`"${specifier}" cannot be imported: a plugin has its own files and modules that compute`)
    },
    load(url, context, next) {
      if (url === `${SCHEME}//author/`) return { format: 'module', source: AUTHOR_SOURCE, shortCircuit: true }
      if (!url.startsWith(SCHEME)) return next(url, context)
      const source = files.get(pathOf(url))
      if (source === undefined) throw new Error(`there is no file ${pathOf(url)}`)
      return { format: url.endsWith('.json') ? 'json' : 'module', source, shortCircuit: true }
    },
  })
}

const pathOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))

/** Takes away what the global object has of the outside. `write` gets what is written to the console. */
export function closeGlobals(write: (...values: unknown[]) => void): void {
  const { platform, arch, version, versions, nextTick } = globalThis.process
  const facts = { platform, arch, version, versions, nextTick, env: {}, argv: [], cwd: () => '/' }
  const put = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
  }
  put('process', facts)
  put('console', { log: write, info: write, warn: write, error: write, debug: write })
  for (const name of GONE) Reflect.deleteProperty(globalThis, name)
}
