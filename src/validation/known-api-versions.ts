import { readFile } from 'node:fs/promises'
import { brotliDecompressSync } from 'node:zlib'
import { apiVersionTable, type ApiVersionTable } from '../arm/api-versions.ts'
import { readTypes } from './api-version-data.ts'

const tables = new Map<string, Promise<ApiVersionTable>>()

/**
 * The table to judge by: that of a file, when there is one that can be read and that is newer than what ships with the
 * program; else the latter. Read on the first question (about 20 ms), then kept.
 */
export function knownApiVersions(file = ''): Promise<ApiVersionTable> {
  let table = tables.get(file)
  if (!table) tables.set(file, (table = file === '' ? unpack() : newest(file)))
  return table
}

/** Forgets a file that was written anew. */
export const forgetApiVersions = (file: string): void => void tables.delete(file)

async function newest(file: string): Promise<ApiVersionTable> {
  const shipped = await knownApiVersions()
  try {
    const { types, madeAt, source } = readTypes(await readFile(file, 'utf8'))
    return madeAt > shipped.madeAt ? apiVersionTable(types, { madeAt, source }) : shipped
  } catch {
    return shipped
  }
}

async function unpack(): Promise<ApiVersionTable> {
  const { TABLE_DATE, TABLE_PACKED } = await import('./data/api-versions.ts')
  const text = brotliDecompressSync(Buffer.from(TABLE_PACKED, 'base64')).toString()
  const types = text.split('\n').flatMap((line): [string, string[]][] => {
    const [versions = '', names = ''] = line.split('|')
    const list = versions.split(' ')
    return names.split(' ').map((name) => [name, list])
  })
  return apiVersionTable(types, { madeAt: Date.parse(`${TABLE_DATE}T00:00:00Z`) })
}
