import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Cache } from '../cache/cache.ts'
import type { Http } from '../http/http.ts'
import type { Digest } from '../model/listing.ts'
import { holdsSecret } from '../model/secrets.ts'

/** Archives up to this size are kept; larger ones would push everything else out of the cache. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024

interface KeptArchive {
  base64: string
  sha256: string
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The bytes of a kept archive, when they are those that were kept and those that were promised. */
function bytesOf({ base64, sha256: own }: KeptArchive, digests: readonly Digest[]): Buffer | undefined {
  const bytes = Buffer.from(base64, 'base64')
  const isPromised = digests.every(
    ({ algorithm, value }) => createHash(algorithm).update(bytes).digest('hex') === value,
  )
  return isPromised && sha256(bytes) === own ? bytes : undefined
}

/**
 * Downloads that are kept. One whose digest is promised is taken from the cache for its lifetime without a word, since
 * nothing else could come; any other is asked for with the mark it came with, and no body comes when it is unchanged.
 */
export function keptDownloads(http: Http, cache: Cache, registry: string): Http['download'] {
  return async (request) => {
    const { digests = [] } = request
    const key = sha256(Buffer.from(JSON.stringify([request.url, digests])))
    const kept = await cache.get<KeptArchive>('artifact', registry, key)
    const bytes = kept && bytesOf(kept.value, digests)
    const use = async (): Promise<{ bytes: number; resumedFrom: number }> => {
      await mkdir(dirname(request.into), { recursive: true })
      await writeFile(request.into, bytes ?? '', { mode: 0o600 })
      request.onProgress?.(bytes?.length ?? 0, bytes?.length)
      return { bytes: bytes?.length ?? 0, resumedFrom: 0 }
    }
    const fits = bytes !== undefined && bytes.length <= request.maxBytes
    if (fits && kept?.isFresh && digests.length > 0) return use()
    const known = fits && kept?.validator !== undefined ? { validator: kept.validator } : {}
    const answer = await http.download({ ...request, ...known })
    if (answer.isUnchanged) {
      await cache.touch('artifact', registry, key)
      return use()
    }
    if (answer.bytes <= MAX_KEPT_BYTES) {
      const came = await readFile(request.into)
      const value: KeptArchive = { base64: came.toString('base64'), sha256: sha256(came) }
      const mark = answer.validator === undefined ? {} : { validator: answer.validator }
      // What was not promised, or sends our own credentials back, is nothing to keep.
      if (bytesOf(value, digests) && !holdsSecret(came)) await cache.put('artifact', registry, key, value, mark)
    }
    return answer
  }
}
