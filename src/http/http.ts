import type { Digest } from '../model/listing.ts'

/** The HTTP port: one client a registry, under that registry's policy. Protocols never see timeouts, retries or credentials. */
export interface HttpRequest {
  /** Path below the registry's address, or an absolute address (a download; credentials go along only to the same origin). */
  url: string
  method?: 'GET' | 'POST' | 'HEAD'
  /** Repeated keys are sent repeated. */
  query?: readonly (readonly [string, string])[]
  headers?: Record<string, string>
  body?: string
  /** Which time limit applies. */
  kind: 'search' | 'metadata' | 'catalog' | 'download' | 'publish' | 'health'
  signal?: AbortSignal
  /** Most bytes the decoded body may have; default 16 MiB. */
  maxBytes?: number
}

export interface HttpAnswer {
  status: number
  headers: Record<string, string>
  /** Decoded text. Empty for 304. */
  text: string
  /** ETag, or Last-Modified, to revalidate with. */
  validator?: string
}

export interface DownloadRequest {
  url: string
  /** File to write; an existing partial file is resumed when the other side can. */
  into: string
  maxBytes: number
  signal?: AbortSignal
  onProgress?: (done: number, total: number | undefined) => void
  /** The mark of what is there already: nothing is sent, and nothing written, when it is unchanged. */
  validator?: string
  /** What is promised of the bytes; whoever asked compares them. */
  digests?: readonly Digest[]
}

export interface Downloaded {
  bytes: number
  resumedFrom: number
  /** ETag or Last-Modified of what came. */
  validator?: string
  /** It is what the request's validator stands for; no file was written. */
  isUnchanged?: boolean
}

export interface Http {
  /**
   * Answers 2xx and 304; everything else throws a `registry.*` error. Retries inside. A 404 is `registry.status` with
   * `details.status` 404, so that a protocol can say "not there" and one that forgets never takes an error page for goods.
   */
  request(request: HttpRequest): Promise<HttpAnswer>
  /** Streams to a file and answers its size. Resumes with Range after a break. */
  download(request: DownloadRequest): Promise<Downloaded>
  close(): Promise<void>
}
