// Prints one JSON line: how many random texts, documents and archives were read without a character that acts on a
// terminal coming out, a file written outside, a crash or a wait; what huge answers cost until they are cut off; and how
// many random redirects were followed without a credential arriving elsewhere. `--seed N` repeats a run, `--times N`
// makes it longer.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { unpackTarGz } from '../../src/bundle/tar-gz.ts'
import { unpackZip } from '../../src/bundle/zip.ts'
import { isMarketError } from '../../src/model/errors.ts'
import { renderMarkdown } from '../../src/model/markdown.ts'
import { harmless } from '../../src/model/text.ts'
import { rawZip } from '../install/market.ts'
import { readHostile, SAMPLES } from '../support/hostile-goods.ts'
import { cutHugeBodies } from '../support/huge-bodies.ts'
import { mutateBytes, mutateText, seededRandom } from '../support/mutate.ts'
import { followChains } from '../support/redirect-chains.ts'

const flag = (name: string, usual: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? usual : Number(process.argv[at + 1])
}
const seed = flag('seed', 1)
const times = flag('times', 1)
const random = seededRandom(seed)
const faults: string[] = []
let slowestMs = 0

function timed<T>(what: string, call: () => T): T {
  const started = performance.now()
  const value = call()
  const ms = performance.now() - started
  slowestMs = Math.max(slowestMs, ms)
  if (ms > 2000) faults.push(`${what} took ${Math.round(ms)} ms`)
  return value
}

function texts(count: number): Record<string, number> {
  const hostile = SAMPLES.map(([, text]) => text)
  let bytes = 0
  let ms = 0
  // oxlint-disable-next-line no-control-regex
  const acting = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u
  for (let nth = 0; nth < count; nth++) {
    const text = mutateText(hostile[nth % hostile.length] ?? '', random)
    bytes += text.length
    const started = performance.now()
    const clean = harmless(text)
    ms += performance.now() - started
    if (acting.test(clean)) faults.push(`text ${nth} kept a character that acts`)
    if (nth % 50 === 0) timed(`markdown ${nth}`, () => renderMarkdown(text, 40))
  }
  return { texts: count, cleanedMbPerS: Math.round(bytes / 1000 / ms) }
}

function documents(count: number): Record<string, number> {
  for (let nth = 0; nth < count; nth++) {
    const [name, text] = SAMPLES[nth % SAMPLES.length] ?? ['', '']
    const made = mutateText(text, random)
    const fault = timed(`document ${nth}`, () => readHostile(name, made))
    if (fault) faults.push(`document ${nth} (${name}): ${fault}`)
  }
  return { documents: count }
}

async function tarGz(): Promise<Buffer> {
  const tar = pack()
  tar.entry({ name: 'a/read.me' }, 'text'.repeat(200))
  tar.entry({ name: 'b.json' }, '{}')
  tar.finalize()
  const chunks: Uint8Array[] = []
  for await (const chunk of tar) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

async function archives(count: number): Promise<Record<string, number>> {
  const root = mkdtempSync(join(tmpdir(), 'souk-hostile-'))
  const zip = rawZip([
    { name: 'a/read.me', data: 'text'.repeat(200) },
    { name: 'b.json', data: '{}' },
  ])
  const tar = await tarGz()
  const limits = { maxUnpackedBytes: 4 << 20, maxFileBytes: 2 << 20, maxEntries: 50, maxRatio: 200 }
  let taken = 0
  for (let nth = 0; nth < count; nth++) {
    const isZip = nth % 2 === 0
    const file = join(root, 'archive')
    const into = join(root, 'into')
    mkdirSync(into)
    writeFileSync(file, isZip ? mutateBytes(zip, random) : gzipSync(mutateBytes(tar, random), { level: 1 }))
    const started = performance.now()
    try {
      await (isZip ? unpackZip : unpackTarGz)(file, into, { label: 'it', limits })
      taken++
    } catch (error) {
      if (!isMarketError(error)) faults.push(`archive ${nth} threw ${String(error)}`)
    }
    const ms = performance.now() - started
    slowestMs = Math.max(slowestMs, ms)
    if (ms > 2000) faults.push(`archive ${nth} took ${Math.round(ms)} ms`)
    const beside = readdirSync(root).filter((name) => name !== 'archive' && name !== 'into')
    if (beside.length > 0) faults.push(`archive ${nth} wrote ${beside.join(', ')} outside`)
    rmSync(into, { recursive: true })
  }
  rmSync(root, { recursive: true })
  return { archives: count, archivesTaken: taken }
}

/** 400 MB without and with a length, and 2 GiB in 2 MB of gzip, five times each: the worst of them. */
async function hugeBodies(): Promise<Record<string, number>> {
  const cuts = await cutHugeBodies(['/plain', '/stated', '/gzip'], 5)
  const worst = (what: 'ms' | 'rssMb', path: string): number =>
    Math.max(...cuts.filter((one) => one.path === path).map((one) => one[what]))
  for (const { path, said } of cuts)
    if (!said.includes('larger than 16777216 bytes')) faults.push(`the huge answer ${path}: ${said}`)
  const plainRssMb = worst('rssMb', '/plain')
  const gzipMs = worst('ms', '/gzip')
  if (plainRssMb > 48) faults.push(`400 MB cost ${plainRssMb} MiB of memory`)
  if (gzipMs > 300) faults.push(`2 GiB of gzip took ${gzipMs} ms`)
  return {
    hugeBodies: cuts.length,
    plainRssMb,
    plainMs: worst('ms', '/plain'),
    gzipRssMb: worst('rssMb', '/gzip'),
    gzipMs,
  }
}

async function redirects(count: number): Promise<Record<string, number>> {
  const { chains, own, elsewhere, withCredentials, refused, leaks } = await followChains(count, seed)
  for (const leak of leaks) faults.push(`a credential at another origin: ${leak}`)
  if (withCredentials === 0) faults.push('no redirect chain was asked for with credentials')
  return { chains, hops: own + elsewhere, hopsElsewhere: elsewhere, chainsRefused: refused, leaks: leaks.length }
}

// First, while memory holds nothing else.
const huge = await hugeBodies()
const before = process.memoryUsage.rss()
const figures = {
  seed,
  ...texts(100_000 * times),
  ...documents(20_000 * times),
  ...(await archives(4000 * times)),
  ...(await redirects(2000 * times)),
  ...huge,
  slowestMs: Math.round(slowestMs),
  rssGrowthMb: Math.round((process.memoryUsage.rss() - before) / 2 ** 20),
  faults: faults.length,
}
for (const fault of faults.slice(0, 20)) console.error(fault)
console.log(JSON.stringify(figures))
process.exitCode = faults.length > 0 ? 1 : 0
