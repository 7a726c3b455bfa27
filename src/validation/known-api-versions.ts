import { brotliDecompressSync } from 'node:zlib'
import { apiVersionTable, type ApiVersionTable } from '../arm/api-versions.ts'

let table: Promise<ApiVersionTable> | undefined

/** The table that ships with the program; unpacked on the first question (about 20 ms), then kept. */
export function knownApiVersions(): Promise<ApiVersionTable> {
  return (table ??= unpack())
}

async function unpack(): Promise<ApiVersionTable> {
  const { TABLE_DATE, TABLE_PACKED } = await import('./data/api-versions.ts')
  const text = brotliDecompressSync(Buffer.from(TABLE_PACKED, 'base64')).toString()
  const types = text.split('\n').flatMap((line): [string, string[]][] => {
    const [versions = '', names = ''] = line.split('|')
    const list = versions.split(' ')
    return names.split(' ').map((name) => [name, list])
  })
  return apiVersionTable(types, Date.parse(`${TABLE_DATE}T00:00:00Z`))
}
