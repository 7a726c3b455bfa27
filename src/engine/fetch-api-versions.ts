import { resolve } from 'node:path'
import { checkedEntry } from '../config/checked-entry.ts'
import type { Settings } from '../config/settings.ts'
import { openCredentials } from '../http/credentials.ts'
import { openHttp } from '../http/open-http.ts'
import type { System } from '../system/system.ts'
import { parseApiVersions, readApiVersions, type ApiVersionData } from '../validation/api-version-data.ts'

const MAX_BYTES = 64 * 1024 * 1024

/** A table of API versions from a file or an address, under the limits that registries have too. */
export async function fetchApiVersions(
  { system, settings }: { system: System; settings: Settings },
  source: string,
  signal?: AbortSignal,
): Promise<ApiVersionData> {
  const { home, cwd } = system.env
  if (!/^https?:\/\//i.test(source)) return readApiVersions(resolve(cwd, source))
  const members = { name: 'api-versions', url: source, protocol: 'index', credentials: { type: 'none' } }
  const entry = checkedEntry(members, { home, folder: cwd })
  const credentials = openCredentials({ system, entry, secret: (text) => text })
  const http = openHttp({ system, settings: settings.http, entry, emit: () => {}, credentials })
  try {
    const request = { url: source, kind: 'catalog', maxBytes: MAX_BYTES } as const
    const { text, headers } = await http.request({ ...request, ...(signal ? { signal } : {}) })
    const dated = Date.parse(headers['last-modified'] ?? '')
    return parseApiVersions(text, { source, madeAt: Number.isNaN(dated) ? system.clock.now() : dated })
  } finally {
    await http.close()
  }
}
