import { dirname, join } from 'node:path'
import type { Env } from './system.ts'

/** Where everything lives. `SOUK_HOME` puts all of it under one folder; otherwise the XDG folders are used. */
export interface Paths {
  config: string
  cache: string
  state: string
  data: string
  jobs: string
  store: string
  /** The audit trail. */
  audit: string
}

export function pathsOf(env: Pick<Env, 'home' | 'get'>): Paths {
  const home = env.get('SOUK_HOME')
  const of = (variable: string, fallback: string): string => join(env.get(variable) ?? join(env.home, fallback), 'souk')
  const config = home ? join(home, 'config') : of('XDG_CONFIG_HOME', '.config')
  const cache = home ? join(home, 'cache') : of('XDG_CACHE_HOME', '.cache')
  const state = home ? join(home, 'state') : of('XDG_STATE_HOME', '.local/state')
  const data = home ? join(home, 'data') : of('XDG_DATA_HOME', '.local/share')
  return {
    config,
    cache,
    state,
    data,
    jobs: join(state, 'jobs'),
    store: join(data, 'store'),
    audit: join(state, 'audit'),
  }
}

/** What Linux calls the file system of /proc (PROC_SUPER_MAGIC). */
const PROC = 0x9fa0

/** Whether a path lies in /proc, where no folder can be made; the runtime's recursive mkdir never ends there. */
export function isNowhere(path: string, fs: Pick<typeof import('node:fs'), 'existsSync' | 'statfsSync'>): boolean {
  let at = path
  while (!fs.existsSync(at) && at !== dirname(at)) at = dirname(at)
  try {
    return fs.statfsSync(at).type === PROC
  } catch {
    return false
  }
}
