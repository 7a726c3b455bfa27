// Prints one JSON line: how many random texts, documents, answers, byte streams and archives were read without a character
// that acts on a terminal coming out, a file written outside, a crash or a wait; how many random rows were drawn at five
// widths without one that is wider than the screen; what huge answers cost until they are cut off; and how many random
// redirects were followed without a credential arriving elsewhere. `--seed N` repeats a run, `--times N` makes it longer;
// `--only texts,rows` runs some kinds, each as many times.
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
import { readAnswers } from '../support/hostile-answers.ts'
import { ACTING, readHostile, SAMPLES } from '../support/hostile-goods.ts'
import { drawRows } from '../support/hostile-rows.ts'
import { readStreams } from '../support/hostile-streams.ts'
import { cutHugeBodies } from '../support/huge-bodies.ts'
import { mutateBytes, mutateText, randomText, seededRandom } from '../support/mutate.ts'
import { followChains } from '../support/redirect-chains.ts'

const flag = (name: string, usual: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? usual : Number(process.argv[at + 1])
}
/** The kinds that are run; all when none is named. */
const only = process.argv.includes('--only') ? (process.argv[process.argv.indexOf('--only') + 1] ?? '').split(',') : []
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
  for (let nth = 0; nth < count; nth++) {
    const text = nth % 4 === 0 ? randomText(random, 400) : mutateText(hostile[nth % hostile.length] ?? '', random)
    bytes += text.length
    // Put together from pieces until it is looked at; what comes from outside is not.
    text.isWellFormed()
    const started = performance.now()
    const clean = harmless(text)
    ms += performance.now() - started
    if (ACTING.test(clean)) faults.push(`text ${nth} kept a character that acts`)
    if (harmless(clean) !== clean) faults.push(`text ${nth} is another one when it is cleaned again`)
    if (nth % 50 === 0) timed(`markdown ${nth}`, () => renderMarkdown(text, 40))
  }
  return { texts: count, textMb: Math.round(bytes / 1e6), cleanedMbPerS: Math.round(bytes / 1000 / ms) }
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

/** Adds the faults of a kind to all, and answers its other figures. */
function taken<T extends { faults: string[]; slowestMs?: number }>({
  faults: found,
  slowestMs: slowest = 0,
  ...figures
}: T): Omit<T, 'faults' | 'slowestMs'> {
  faults.push(...found)
  slowestMs = Math.max(slowestMs, slowest)
  return figures
}

const kinds: Record<string, (times: number) => object | Promise<object>> = {
  // First, while memory holds nothing else.
  huge: hugeBodies,
  texts: (many) => texts(100_000 * many),
  documents: (many) => documents(20_000 * many),
  answers: async (many) => taken(await readAnswers(20_000 * many, random)),
  rows: async (many) => taken(await drawRows(500 * many, random)),
  archives: (many) => archives(4000 * many),
  streams: async (many) => taken(await readStreams(2000 * many, seed)),
  redirects: (many) => redirects(2000 * many),
}
const wrong = only.filter((kind) => !Object.hasOwn(kinds, kind))
if (wrong.length > 0) throw new Error(`there is no ${wrong.join(', ')}; the kinds are ${Object.keys(kinds).join(', ')}`)
const figures: object[] = []
const seconds: Record<string, number> = {}
let before = process.memoryUsage.rss()
for (const [kind, run] of Object.entries(kinds)) {
  if (only.length > 0 && !only.includes(kind)) continue
  const started = performance.now()
  figures.push(await run(times))
  seconds[kind] = Math.round((performance.now() - started) / 100) / 10
  if (kind === 'huge') before = process.memoryUsage.rss()
}
for (const fault of faults.slice(0, 20)) console.error(fault)
console.log(
  JSON.stringify({
    seed,
    ...Object.assign({}, ...figures),
    slowestMs: Math.round(slowestMs),
    seconds,
    rssGrowthMb: Math.round((process.memoryUsage.rss() - before) / 2 ** 20),
    faults: faults.length,
  }),
)
process.exitCode = faults.length > 0 ? 1 : 0
