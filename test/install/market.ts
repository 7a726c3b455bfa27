import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync, crc32 } from 'node:zlib'
import type { StepContext } from '../../src/jobs/job.ts'
import { openInstall, type Install } from '../../src/install/install.ts'
import { installSteps } from '../../src/install/apply.ts'
import type { Work } from '../../src/install/work.ts'
import type { Artifact, Dependency, Listing, Release } from '../../src/model/listing.ts'
import type { Call, Registry } from '../../src/registries/registry.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import type { System } from '../../src/system/system.ts'

/** A ZIP entry as written byte by byte; every lie is possible. */
export interface RawEntry {
  name: string
  data?: string | Uint8Array
  /** Unix mode with type bits, in the external attributes. */
  mode?: number
  flags?: number
  statedSize?: number
  localName?: string
  offset?: number
  crc?: number
  extra?: Buffer
}

/** A ZIP made byte by byte. */
export function rawZip(entries: RawEntry[], tail: { after?: string; comment?: string } = {}): Buffer {
  const parts: Buffer[] = []
  const list: Buffer[] = []
  let at = 0
  for (const entry of entries) {
    const data = Buffer.from(entry.data ?? '')
    const packed = deflateRawSync(data)
    const local = Buffer.alloc(30)
    const localName = Buffer.from(entry.localName ?? entry.name)
    const name = Buffer.from(entry.name)
    const flags = 0x800 | (entry.flags ?? 0)
    const crc = entry.crc ?? crc32(data)
    const size = entry.statedSize ?? data.length
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(20, 4)
    local.writeUInt16LE(flags, 6)
    local.writeUInt16LE(8, 8)
    local.writeUInt16LE(0x21, 12)
    local.writeUInt32LE(crc, 14)
    local.writeUInt32LE(packed.length, 18)
    local.writeUInt32LE(size, 22)
    local.writeUInt16LE(localName.length, 26)
    parts.push(local, localName, packed)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE((3 << 8) | 20, 4)
    central.writeUInt16LE(20, 6)
    central.writeUInt16LE(flags, 8)
    central.writeUInt16LE(8, 10)
    central.writeUInt16LE(0x21, 14)
    central.writeUInt32LE(crc, 16)
    central.writeUInt32LE(packed.length, 20)
    central.writeUInt32LE(size, 24)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt16LE(entry.extra?.length ?? 0, 30)
    central.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38)
    central.writeUInt32LE(entry.offset ?? at, 42)
    list.push(central, name, entry.extra ?? Buffer.alloc(0))
    at += local.length + localName.length + packed.length
  }
  const listBytes = Buffer.concat(list)
  const comment = Buffer.from(tail.comment ?? '', 'latin1')
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(listBytes.length, 12)
  end.writeUInt32LE(at, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...parts, listBytes, end, comment, Buffer.from(tail.after ?? '')])
}

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

export interface Good {
  name: string
  version: string
  needs?: Record<string, string>
  bytes?: Uint8Array
  /** Overrides what the registry states. */
  artifact?: Partial<Extract<Artifact, { form: 'archive' }>>
  artifacts?: Artifact[]
}

/** A registry in this process that serves goods from memory, or is down. Downloads resume a partial file. */
export function shelf(
  name: string,
  goods: Good[],
): Registry & { down?: Error; asked: string[]; chunkBytes: number; onChunk?: () => Promise<void> } {
  const urls = new Map<string, Uint8Array>()
  const releases = (item: string): Release[] =>
    goods
      .filter((good) => good.name === item)
      .map((good) => {
        const url = `memory:/${name}/${good.name}-${good.version}.zip`
        const bytes = good.bytes ?? rawZip([{ name: 'README.md', data: `${good.name} ${good.version}\n` }])
        urls.set(url, bytes)
        const own: Artifact = {
          form: 'archive',
          url,
          size: bytes.length,
          digests: [{ algorithm: 'sha256', value: sha256(bytes) }],
          ...good.artifact,
        }
        const dependencies: Dependency[] = Object.entries(good.needs ?? {}).map(([need, range]) => ({
          name: need,
          range,
        }))
        return {
          version: good.version,
          dependencies,
          artifacts: good.artifacts ?? [own],
          requires: [],
          capabilities: [],
        }
      })
  const listing = (item: string): Listing | undefined => {
    const found = releases(item)
    if (found.length === 0) return undefined
    const texts = { title: item, description: `about ${item}`, kind: 'template' }
    const lists = { categories: [], tags: [], services: [], languages: [], badges: [], needs: [], scripts: [] }
    const id = `${name}/${item}`
    return { id, registry: name, registryType: 'private', name: item, ...texts, ...lists, releases: found, extra: {} }
  }
  const self: ReturnType<typeof shelf> = {
    entry: {
      name,
      type: 'private',
      protocol: 'memory',
      url: `memory:/${name}`,
      enabled: true,
      priority: 0,
      options: {},
    },
    listsEverything: true,
    asked: [],
    chunkBytes: 64 * 1024,
    search: async () => ({ value: { listings: [], skipped: [] }, state: 'fresh', ageMs: 0 }),
    async item(item) {
      self.asked.push(item)
      if (self.down) throw self.down
      return { value: listing(item), state: 'fresh', ageMs: 0 }
    },
    releases: async (item) => ({ value: releases(item), state: 'fresh', ageMs: 0 }),
    renew: (item, options) => self.item(item, undefined, options),
    forget: async () => 0,
    categories: async () => ({ value: [], state: 'fresh', ageMs: 0 }),
    async fetch(artifact: Artifact, into: string, call: Call) {
      if (self.down) throw self.down
      if (artifact.form === 'text') {
        writeFileSync(join(into, artifact.file), artifact.content)
        return { bytes: Buffer.byteLength(artifact.content) }
      }
      if (artifact.form === 'files') {
        cpSync(artifact.root, into, { recursive: true, verbatimSymlinks: true })
        return { bytes: 1 }
      }
      if (artifact.form !== 'archive') throw new Error('not served here')
      const bytes = urls.get(artifact.url) ?? new Uint8Array()
      let at = existsSync(into) ? readFileSync(into).length : 0
      self.asked.push(`bytes from ${at}`)
      while (at < bytes.length) {
        call.signal?.throwIfAborted()
        const chunk = bytes.subarray(at, at + self.chunkBytes)
        writeFileSync(into, chunk, { flag: 'a' })
        at += chunk.length
        call.report?.(at, bytes.length)
        await (self.onChunk?.() ?? new Promise((next) => setImmediate(next)))
      }
      return { bytes: bytes.length }
    },
    close: async () => {},
  }
  return self
}

export interface Market {
  install: Install
  store: string
  system: System
  changed: string[]
  logs: string[]
  progress: { step: string; done: number; total: number | undefined; unit: string }[]
  /** Runs a job as the runner does: steps in order, undo in reverse, close at the end. */
  run(
    type: 'install' | 'update' | 'uninstall',
    ids: string[],
    more?: { cascade?: boolean; yes?: boolean; signal?: AbortSignal; before?: (step: string, work: Work) => void },
  ): Promise<Record<string, unknown>>
}

export const STEPS = installSteps().map((one) => one.id)

export function openMarket(
  store: string,
  registries: Registry[],
  facts: { defaultRegistry?: string; patienceMs?: number } = {},
): Market {
  const system = nodeSystem()
  const changed: string[] = []
  const logs: string[] = []
  const progress: Market['progress'] = []
  const install = openInstall({
    system,
    settings: {
      install: { maxUnpackedBytes: 1 << 28, maxFileBytes: 1 << 26, maxEntries: 10_000, maxRatio: 200 },
      concurrency: { downloads: 3 },
    },
    take: (call) => call(),
    registries: () => registries,
    paths: { store },
    emit: () => {},
    afterChange: (ids) => void changed.push(...ids),
    ...facts,
  })
  return {
    install,
    store,
    system,
    changed,
    logs,
    progress,
    async run(type, ids, more = {}) {
      const job = install.jobTypes.find((one) => one.type === type)
      if (!job) throw new Error(type)
      const input = { ids, yes: more.yes ?? true, cascade: more.cascade ?? false }
      const spec = { id: 'j', type, title: type, input, createdAt: '', program: 'test' }
      const work = await job.open(input, spec)
      const done: ReturnType<typeof installSteps> = []
      const signal = more.signal ?? new AbortController().signal
      try {
        for (const step of job.steps(work)) {
          if (step.skip?.(work) !== undefined) continue
          more.before?.(step.id, work)
          const context: StepContext = {
            signal,
            progress: (count, total, unit) => void progress.push({ step: step.id, done: count, total, unit }),
            log: (text) => void logs.push(text),
          }
          await step.run(work, context)
          done.push(step)
        }
        return job.result(work)
      } catch (error) {
        for (const step of done.toReversed()) await step.undo?.(work)
        throw error
      } finally {
        await job.close?.(work)
      }
    },
  }
}
