import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ZipArchive } from 'archiver'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

interface RegistryDocument {
  extensions: {
    id: string
    versions: {
      version: string
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

/**
 * An extension registry in the shape of the azd one, served on loopback with small archives of our own behind every
 * artifact. `document` is a registry file; addresses and checksums are replaced, everything else stays.
 */
export async function openExtensionServer(
  document: string,
  facts: { chunkDelayMs?: number } = {},
): Promise<{ url: string }> {
  const registry = JSON.parse(readFileSync(document, 'utf8')) as RegistryDocument
  const files = new Map<string, Buffer>()
  const server = createServer((request, response) => {
    const bytes = files.get(request.url ?? '')
    if (!bytes) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-length': bytes.length, 'content-type': 'application/octet-stream' })
    if (facts.chunkDelayMs === undefined) return void response.end(bytes)
    const half = bytes.length >> 1
    response.write(bytes.subarray(0, half))
    setTimeout(() => response.end(bytes.subarray(half)), facts.chunkDelayMs)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  for (const { id, versions } of registry.extensions) {
    for (const version of versions) {
      if (!version.artifacts) continue
      const bytes = await archive(id, version.version)
      const path = `/${id}/${version.version}.zip`
      files.set(path, bytes)
      const value = createHash('sha256').update(bytes).digest('hex')
      for (const artifact of Object.values(version.artifacts)) {
        artifact.url = `${url}${path}`
        artifact.checksum = { algorithm: 'sha256', value }
      }
    }
  }
  files.set('/registry.json', Buffer.from(JSON.stringify(registry)))
  return { url: `${url}/registry.json` }
}
