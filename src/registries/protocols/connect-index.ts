import { type Stats, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fingerprint } from '../../model/fingerprint.ts'
import { reasonOf, registryAnswer, registryConnection } from '../../model/errors.ts'
import { OUTSIDE } from '../../model/limits.ts'
import type { GoodsFile } from '../shapes/shape.ts'
import type { Batch, Call, Connection, Maybe, ProtocolTools } from '../registry.ts'
import type { RegistryEntry } from '../../model/registry-entry.ts'
import { fetchArtifact } from './fetch-artifact.ts'
import { localPath } from './local-path.ts'
import { textOption } from './text-option.ts'
import { validatorHeader } from './validator-header.ts'

const isRemote = (url: string): boolean => /^https?:\/\//i.test(url)

/** Everything in one document. Being the whole registry, an unreadable document is the registry's fault. */
async function readDocument(text: string, name: string, entry: RegistryEntry, folder?: string): Promise<Batch> {
  // The parsers are loaded only when there is something to parse.
  const [{ parseText }, { readGoods }] = await Promise.all([
    import('../shapes/parse-text.ts'),
    import('../shapes/read-goods.ts'),
  ])
  let value: unknown
  try {
    value = parseText(text, name)
  } catch (error) {
    throw registryAnswer(entry.name, reasonOf(error).replace(/\.$/, ''), error)
  }
  const file: GoodsFile = { path: name, text, value: () => value, folder, files: [name], beside: () => undefined }
  const context = { registry: entry.name, registryType: entry.type, address: entry.url }
  const batch = readGoods({ paths: [name], open: () => file }, context, textOption(entry, 'shape'))
  if (batch.listings.length === 0 && batch.skipped.length === 0 && !isEmptyDocument(value))
    throw registryAnswer(entry.name, 'the document has no shape that is known')
  return batch
}

const isEmptyDocument = (value: unknown): boolean =>
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && value !== null && 'extensions' in value && Array.isArray(value.extensions))

/** One look at this machine takes less time than waiting for one's turn. */
function lookedAt(path: string, entry: RegistryEntry): Stats {
  try {
    return statSync(path)
  } catch (error) {
    throw registryConnection(entry.name, `there is no file ${path}`, error)
  }
}

async function listFile(entry: RegistryEntry, tools: ProtocolTools, validator?: string): Promise<Maybe<Batch>> {
  const path = localPath(entry, tools.system)
  const facts = lookedAt(path, entry)
  if (!facts.isFile()) throw registryConnection(entry.name, `${path} is not a file`)
  const mark = fingerprint(`${path}\0${facts.mtimeMs}\0${facts.size}`)
  if (mark === validator) return 'not-modified'
  const { readLimited } = await import('./tree-of.ts')
  return { ...(await readDocument(readLimited(path, path), basename(path), entry, dirname(path))), validator: mark }
}

/** The name of the document in an address; a document of unknown ending is taken for JSON or YAML by its first letter. */
function nameOf(url: string, text: string): string {
  const name = basename(new URL(url).pathname)
  if (/\.(?:json|ya?ml)$/i.test(name)) return name
  return `${name || 'index'}${/^\s*[[{]/.test(text) ? '.json' : '.yaml'}`
}

async function listRemote(
  entry: RegistryEntry,
  tools: ProtocolTools,
  call: Call,
  validator?: string,
): Promise<Maybe<Batch>> {
  const answer = await tools.http.request({
    url: entry.url,
    kind: 'catalog',
    maxBytes: OUTSIDE.jsonBytes,
    ...(validator === undefined ? {} : { headers: validatorHeader(validator) }),
    ...(call.signal ? { signal: call.signal } : {}),
  })
  if (answer.status === 304) return 'not-modified'
  if (answer.text.trim() === '') throw registryAnswer(entry.name, 'it is empty')
  if (/^\s*</.test(answer.text)) throw registryAnswer(entry.name, 'it is a web page, not a registry')
  const batch = await readDocument(answer.text, nameOf(entry.url, answer.text), entry)
  return { ...batch, ...(answer.validator === undefined ? {} : { validator: answer.validator }) }
}

/** Connects to one document, on this machine or over HTTP, that lists everything. */
export function connectIndex(entry: RegistryEntry, tools: ProtocolTools): Connection {
  const remote = isRemote(entry.url)
  return {
    list: (call, validator) => (remote ? listRemote(entry, tools, call, validator) : listFile(entry, tools, validator)),
    fetch: (artifact, into, call) =>
      fetchArtifact(artifact, into, call, {
        registry: entry.name,
        home: entry.url,
        tools,
        ...(remote ? {} : { beside: dirname(localPath(entry, tools.system)) }),
      }),
  }
}
