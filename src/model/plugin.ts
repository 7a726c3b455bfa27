/** Whether a plugin may be used: `changed` was trusted once and is not what it was, `unfit` has problems. */
export type PluginState = 'trusted' | 'untrusted' | 'changed' | 'unfit'

/** A plugin as `souk plugin list` shows it. All texts are harmless. */
export interface PluginStatus {
  name: string
  state: PluginState
  folder: string
  /** All that is wrong with it; empty unless it is unfit. */
  problems: string[]
  version?: string
  description?: string
  author?: string
  license?: string
  /** SHA-256 over all of its files, in hex. */
  digest?: string
  files?: number
  bytes?: number
  protocols: { id: string; title: string }[]
  /** Hosts it may ask beside the registry's own. */
  hosts: string[]
  /** ISO time of the trust that counts now. */
  trustedAt?: string
}

/** Scheme of addresses that a plugin is asked for the bytes of. */
export const PLUGIN_SCHEME = 'souk-plugin:'
