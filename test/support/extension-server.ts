import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ZipArchive } from 'archiver'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface ExtensionDocument {
  extensions: {
    id: string
    versions: {
      version: string
      dependencies?: { id: string; version: string }[]
      requiredAzdVersion?: string
      artifacts?: Record<string, { url: string; checksum: { algorithm: string; value: string } }>
    }[]
  }[]
}

/** A small ZIP that stands for one extension's program. */
async function archive(name: string, version: string): Promise<Buffer> {
  const zip = new ZipArchive({ zlib: { level: 1 } })
  zip.append(`#!/bin/sh\necho ${name} ${version}\n`, { name: `${name}-program` })
  zip.append('x'.repeat(200_000), { name: 'data.bin' })
  const bytes = buffer(zip)
  await zip.finalize()
  return bytes
}

/** The server as a test holds it. */
interface ExtensionServer {
  url: string
  repair(): void
  /** From now on archives stop in the middle; resolves when the first one has stopped there. */
  hold(): Promise<void>
  /** Archives go through to their end again. */
  release(): void
}

interface ServerFacts {
  /** Pause in the middle of every archive, ms. */
  chunkDelayMs?: number
  /** Releases, as `id@version`, whose checksum is not that of their bytes. */
  wrong?: string[]
}

/** The document of a registry file. */
export const readExtensions = (file: string): ExtensionDocument =>
  JSON.parse(readFileSync(file, 'utf8')) as ExtensionDocument

/**
 * An extension registry in the shape of the azd one, served on loopback with small archives of our own behind every
 * artifact. Addresses and checksums of the document are replaced, everything else stays. `repair` makes the wrong
 * checksums right.
 */
export async function openExtensionServer(
  document: ExtensionDocument,
  facts: ServerFacts = {},
): Promise<ExtensionServer> {
  const registry = structuredClone(document)
  const wrong = new Set(facts.wrong)
  const files = new Map<string, Buffer>()
  let onHeld: (() => void) | undefined
  const server = createServer((request, response) => {
    const bytes = files.get(request.url ?? '')
    if (!bytes) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-length': bytes.length, 'content-type': 'application/octet-stream' })
    if (facts.chunkDelayMs === undefined) return void response.end(bytes)
    const half = bytes.length >> 1
    response.write(bytes.subarray(0, half))
    if (onHeld && request.url?.endsWith('.zip')) return onHeld()
    setTimeout(() => response.end(bytes.subarray(half)), facts.chunkDelayMs)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const releases = registry.extensions.flatMap(({ id, versions }) => versions.map((release) => ({ id, release })))
  for (const { id, release } of releases)
    if (release.artifacts) files.set(`/${id}/${release.version}.zip`, await archive(id, release.version))
  const publish = (): void => {
    for (const { id, release } of releases) {
      const path = `/${id}/${release.version}.zip`
      const hash = createHash('sha256').update(files.get(path) ?? '')
      if (wrong.has(`${id}@${release.version}`)) hash.update('something else')
      const value = hash.digest('hex')
      for (const artifact of Object.values(release.artifacts ?? {}))
        Object.assign(artifact, { url: `${url}${path}`, checksum: { algorithm: 'sha256', value } })
    }
    files.set('/registry.json', Buffer.from(JSON.stringify(registry)))
  }
  publish()
  return {
    url: `${url}/registry.json`,
    repair() {
      wrong.clear()
      publish()
    },
    hold: () => new Promise((held) => (onHeld = held)),
    release: () => (onHeld = undefined),
  }
}
