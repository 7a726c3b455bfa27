import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { fileProblem, reasonOf } from '../model/errors.ts'

/** API versions of resource types as they were read from somewhere. */
export interface ApiVersionData {
  /** ms since 1970. */
  madeAt: number
  source: string
  types: [type: string, versions: string[]][]
}

const MAX_BYTES = 64 * 1024 * 1024
const MAX_TYPES = 100_000
const VERSION = /^\d{4}-\d\d-\d\d[\w.-]{0,40}$/
const TYPE = /^[\w.-]+(?:\/[\w.-]+)+$/
const version = z.string().regex(VERSION)
const own = z.object({
  souk: z.literal('api-versions'),
  madeAt: z.iso.datetime(),
  source: z.string().max(1000),
  types: z.record(z.string(), z.array(version)),
})
/** The toolkit's own cache: a type and its provider entries. */
const toolkit = z.record(z.string().regex(TYPE), z.array(z.object({ apiVersions: z.array(version) })).min(1))
/** What `az provider list` and the management service answer. */
const provider = z.object({
  namespace: z.string(),
  resourceTypes: z.array(z.object({ resourceType: z.string(), apiVersions: z.array(version) })),
})
const providers = z.union([z.array(provider).min(1), z.object({ value: z.array(provider).min(1) })])

/** Reads data in the form in which it is kept. Throws for anything else. */
export function readTypes(text: string): ApiVersionData {
  const { madeAt, source, types } = own.parse(JSON.parse(text))
  return { madeAt: Date.parse(madeAt), source, types: Object.entries(types) }
}

/**
 * Reads a table of API versions in any of three forms: our own, the toolkit's `AllAzureResources.cache.json`, or the
 * answer of `az provider list`. `madeAt` counts where the text does not say when it was made. Throws `file.problem`.
 */
export function parseApiVersions(text: string, from: { source: string; madeAt: number }): ApiVersionData {
  if (text.length > MAX_BYTES) throw fileProblem(from.source, `it is larger than ${MAX_BYTES / 1024 / 1024} MiB`)
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw fileProblem(from.source, `it is no JSON (${reasonOf(error)})`, error)
  }
  const data = dataOf(value, from)
  if (!data?.types.length || data.types.length > MAX_TYPES) {
    const why = 'it is no table of API versions: give the answer of "az provider list" or the cache of the toolkit'
    throw fileProblem(from.source, why)
  }
  return data
}

function dataOf(value: unknown, { source, madeAt }: { source: string; madeAt: number }): ApiVersionData | undefined {
  const ours = own.safeParse(value)
  if (ours.success) return { madeAt: Date.parse(ours.data.madeAt), source, types: Object.entries(ours.data.types) }
  const theirs = toolkit.safeParse(value)
  if (theirs.success) {
    const types = Object.entries(theirs.data).map(([type, entries]): [string, string[]] => [
      type,
      entries.flatMap(({ apiVersions }) => apiVersions),
    ])
    return { madeAt, source, types }
  }
  const listed = providers.safeParse(value)
  if (!listed.success) return undefined
  const all = Array.isArray(listed.data) ? listed.data : listed.data.value
  const types = all.flatMap(({ namespace, resourceTypes }) =>
    resourceTypes.map(({ resourceType, apiVersions }): [string, string[]] => [
      `${namespace}/${resourceType}`,
      apiVersions,
    ]),
  )
  return { madeAt, source, types }
}

/** Reads a file with a table of API versions; its own age stands for when it was made. */
export async function readApiVersions(path: string): Promise<ApiVersionData> {
  try {
    const { mtimeMs, size } = await stat(path)
    if (size > MAX_BYTES) throw fileProblem(path, `it is larger than ${MAX_BYTES / 1024 / 1024} MiB`)
    return parseApiVersions(await readFile(path, 'utf8'), { source: path, madeAt: mtimeMs })
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('E')) {
      throw fileProblem(path, reasonOf(error), error)
    }
    throw error
  }
}

/** Keeps data for the runs to come, whole or not at all. */
export async function keepApiVersions(file: string, { madeAt, source, types }: ApiVersionData): Promise<void> {
  const sorted = types.toSorted(([a], [b]) => (a < b ? -1 : 1))
  const content = {
    souk: 'api-versions',
    madeAt: new Date(madeAt).toISOString(),
    source,
    types: Object.fromEntries(sorted.map(([type, versions]) => [type, [...new Set(versions)].toSorted()])),
  }
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, JSON.stringify(content))
  await rename(`${file}.new`, file)
}
