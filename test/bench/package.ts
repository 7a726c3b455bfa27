import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { packFolder, packList } from '../../src/bundle/pack.ts'
import { MAIN } from '../support/program.ts'

/**
 * Packing against Info-ZIP `zip -6` in the same run: one file of 100 MB, 5,000 small files, and a mix of both with a
 * third that cannot be packed, generated and ARM-like; then 120 MB by the program itself under a heap of 64 MB. Prints
 * one JSON line. `speed` is the median of Info-ZIP's times over the median of ours, the rounds taking turns (1 is
 * equal, higher is faster), of nine rounds or `--rounds N`. It is of a folder packed with its manifest, once the code is
 * loaded; `programSpeed` is of `souk package` with the process of its job, from start to exit, of which a folder with one
 * short file takes `programFloorMs`. `cpuMs` is what all our threads took, where others have the machine too.
 */
const asked = process.argv.indexOf('--rounds')
const ROUNDS = asked < 0 ? 9 : Number(process.argv[asked + 1])

/** Repeatable numbers, so that every run packs the same bytes. */
function numbers(seed: number): () => number {
  let state = seed
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
}

function resource(next: () => number, index: number): string {
  const types = [
    'Microsoft.Web/sites',
    'Microsoft.Sql/servers',
    'Microsoft.KeyVault/vaults',
    'Microsoft.Storage/accounts',
  ]
  const hex = Math.floor(next() * 2 ** 32).toString(16)
  const facts = { type: types[Math.floor(next() * 4)], apiVersion: `202${index % 6}-0${(index % 9) + 1}-01` }
  const name = `[concat(parameters('prefix'), '-${hex}-${index}')]`
  return JSON.stringify(
    { ...facts, name, location: "[parameters('location')]", tags: { owner: hex, cost: index } },
    null,
    2,
  )
}

function makeGoods(root: string): { one: string; many: string; mixed: string } {
  const one = join(root, 'one')
  const many = join(root, 'many')
  const mixed = join(root, 'mixed')
  const next = numbers(7)
  mkdirSync(one)
  const file = join(one, 'mainTemplate.json')
  for (let bytes = 0, index = 0; bytes < 100_000_000;) {
    const text = Array.from({ length: 4000 }, () => resource(next, index++)).join(',\n')
    writeFileSync(file, text, { flag: 'a' })
    bytes += text.length
  }
  for (let index = 0; index < 5000; index++) {
    const folder = join(many, `group-${index % 50}`)
    mkdirSync(folder, { recursive: true })
    const text = Array.from({ length: 1 + Math.floor(next() * 36) }, (_, i) => resource(next, index * 40 + i)).join(
      ',\n',
    )
    writeFileSync(join(folder, `template-${index}.json`), text)
  }
  mkdirSync(mixed)
  const noise = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at++) bytes[at] = next() * 256
    return bytes
  }
  for (let index = 0; index < 1000; index++) {
    const folder = join(mixed, `group-${index % 20}`)
    mkdirSync(folder, { recursive: true })
    const text = Array.from({ length: 20 }, (_, i) => resource(next, index * 20 + i)).join(',\n')
    writeFileSync(
      join(folder, index % 3 === 0 ? `${index}.bin` : `${index}.json`),
      index % 3 === 0 ? noise(5000) : text,
    )
  }
  for (let index = 0; index < 8; index++) writeFileSync(join(mixed, `image-${index}.bin`), noise(3_000_000))
  const large = readFileSync(file)
  for (let index = 0; index < 12; index++)
    writeFileSync(join(mixed, `large-${index}.json`), large.subarray(index * 5_000_000, (index + 1) * 5_000_000))
  return { one, many, mixed }
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** The time the built program takes with the process of its job, ms. */
function packByProgram(folder: string, zip: string): number {
  const env = { ...process.env, SOUK_HOME: join(folder, '../home') }
  const start = performance.now()
  execFileSync(process.execPath, [MAIN, 'package', folder, '--out', zip, '--quiet'], { env, stdio: 'ignore' })
  return performance.now() - start
}

async function compare(folder: string, out: string): Promise<Record<string, unknown>> {
  const ours: number[] = []
  const theirs: number[] = []
  const program: number[] = []
  const cpu: number[] = []
  const { files } = await packList(folder)
  let bytes = 0
  for (const file of files) bytes += statSync(file.source ?? '').size
  const packed = { ours: 0, theirs: 0 }
  // In turn, so that neighbours on the machine slow both alike.
  for (let round = 0; round < ROUNDS; round++) {
    const zip = join(out, `theirs-${round}.zip`)
    let start = performance.now()
    execFileSync('zip', ['-6', '-q', '-r', zip, '.'], { cwd: folder })
    theirs.push(performance.now() - start)
    start = performance.now()
    const before = process.cpuUsage()
    packed.ours = (await packFolder(folder, { into: join(out, `ours-${round}.zip`), level: 6 })).bytes
    ours.push(performance.now() - start)
    const { user, system } = process.cpuUsage(before)
    cpu.push((user + system) / 1000)
    packed.theirs = statSync(zip).size
    program.push(packByProgram(folder, join(out, `program-${round}.zip`)))
  }
  execFileSync('unzip', ['-tq', join(out, 'ours-0.zip')])
  const [oursMs, zipMs, programMs] = [median(ours), median(theirs), median(program)]
  const range = (values: number[]): number[] => [Math.min(...values), Math.max(...values)].map(Math.round)
  return {
    files: files.length,
    bytes,
    oursMs: Math.round(oursMs),
    zipMs: Math.round(zipMs),
    cpuMs: Math.round(median(cpu)),
    oursRangeMs: range(ours),
    zipRangeMs: range(theirs),
    speed: Number((zipMs / oursMs).toFixed(2)),
    programMs: Math.round(programMs),
    programSpeed: Number((zipMs / programMs).toFixed(2)),
    mbPerSecond: Number((bytes / 1000 / oursMs).toFixed(1)),
    ratio: Number((bytes / packed.ours).toFixed(2)),
    sizeAgainstZip: Number((packed.ours / packed.theirs).toFixed(3)),
  }
}

/** The peak of memory of a process and of the process of its job, MB, as the system knows them; 0 where it does not. */
function peaksOf(pid: number, home: string): { command: number; job: number } {
  const peak = (of: string): number => {
    try {
      return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${of}/status`, 'utf8'))?.[1] ?? 0) / 1024
    } catch {
      return 0
    }
  }
  const isJob = (of: string): boolean => {
    try {
      const ours = readFileSync(`/proc/${of}/environ`, 'latin1').includes(`SOUK_HOME=${home}\0`)
      return ours && readFileSync(`/proc/${of}/cmdline`, 'latin1').includes('__job')
    } catch {
      return false
    }
  }
  const jobs = existsSync('/proc') ? readdirSync('/proc').filter((one) => /^\d+$/.test(one) && isJob(one)) : []
  return { command: peak(String(pid)), job: Math.max(0, ...jobs.map(peak)) }
}

/** The program packs 120 MB, it and the process of its job under a heap of 64 MB. */
async function packUnderCap(one: string, out: string): Promise<Record<string, unknown>> {
  const file = join(one, 'mainTemplate.json')
  appendFileSync(file, readFileSync(file).subarray(0, 120_000_000 - statSync(file).size))
  const home = join(out, 'home')
  const env = { ...process.env, NODE_OPTIONS: '--max-old-space-size=64', SOUK_HOME: home }
  const zip = join(out, 'capped.zip')
  const start = performance.now()
  const program = spawn(process.execPath, [MAIN, 'package', one, '--out', zip, '--json'], { env, stdio: 'ignore' })
  const peaks = { command: 0, job: 0 }
  const looking = setInterval(() => {
    const now = peaksOf(program.pid ?? 0, home)
    peaks.command = Math.max(peaks.command, now.command)
    peaks.job = Math.max(peaks.job, now.job)
  }, 20)
  const status = await new Promise<number | null>((done) => void program.on('exit', done))
  clearInterval(looking)
  const ms = Math.round(performance.now() - start)
  if (status === 0) execFileSync('unzip', ['-tq', zip])
  const [peakRssMb, jobPeakRssMb] = [peaks.command, peaks.job].map(Math.round)
  return { bytes: statSync(file).size, isPacked: status === 0, ms, peakRssMb, jobPeakRssMb }
}

const root = mkdtempSync(join(tmpdir(), 'souk-bench-'))
try {
  const { one, many, mixed } = makeGoods(root)
  const out = join(root, 'out')
  const results: Record<string, unknown> = {}
  for (const [name, folder] of Object.entries({ one, many, mixed })) {
    mkdirSync(join(out, name), { recursive: true })
    results[name] = await compare(folder, join(out, name))
  }
  mkdirSync(join(root, 'short'))
  writeFileSync(join(root, 'short/a.json'), '{}')
  const floors = Array.from({ length: ROUNDS }, () => packByProgram(join(root, 'short'), join(out, 'short.zip')))
  results['programFloorMs'] = Math.round(median(floors))
  mkdirSync(join(out, 'capped'))
  results['capped'] = await packUnderCap(one, join(out, 'capped'))
  const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024)
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version }
  process.stdout.write(`${JSON.stringify({ bench: 'package', ...results, peakRssMb, machine })}\n`)
} finally {
  if (existsSync(root)) rmSync(root, { recursive: true, force: true })
}
