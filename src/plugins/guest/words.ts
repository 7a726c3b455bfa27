/** What goes over the pipe between the program and the process of a plugin; types alone. */

/** From the program to the process. */
export type ToGuest =
  /** The files of the plugin by their path with forward slashes, and the one to begin with. */
  | { word: 'load'; files: Record<string, string>; entry: string }
  | { word: 'call'; id: number; protocol: string; method: GuestMethod; args: unknown[]; now: number; seed: number }
  | { word: 'fetched'; id: number; fetch: number; answer?: GuestAnswer; error?: GuestFault }

export type GuestMethod = 'connect' | 'search' | 'getTemplate' | 'list' | 'categories' | 'download'

/** An HTTP answer as a plugin sees it. */
export interface GuestAnswer {
  status: number
  headers: Record<string, string>
  text: string
}

export interface GuestFault {
  message: string
  code?: string
}

/** What a plugin wants to ask over HTTP; none of it has been looked at. */
export interface GuestRequest {
  url: unknown
  method?: unknown
  headers?: unknown
  body?: unknown
}

/** From the process to the program. Every member is only what the process says. */
export type FromGuest =
  /** The runtime is up; nothing of the plugin has run. */
  | { word: 'up' }
  /** The plugin's code ran; this is the object it exports, functions told by their names. */
  | { word: 'loaded'; plugin: unknown }
  | { word: 'failed'; message: string }
  | { word: 'answer'; id: number; value?: unknown; error?: string }
  | { word: 'fetch'; id: number; fetch: number; request: GuestRequest }
  | { word: 'log'; text: string }
