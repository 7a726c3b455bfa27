import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { version } from 'node:process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { fileProblem, jobFailed, reasonOf } from '../model/errors.ts'
import type { System } from '../system/system.ts'
import { markdownOf, missedBy, ratesOf, type BenchReport, type Measured } from './report.ts'
import { SIZE_NAMES, type Size } from './sizes.ts'
import type { MeasureFacts } from './worker.ts'

/** Rounds for the medians: small ones are over so soon that they need more. */
const ROUNDS = { small: 30, medium: 7, large: 7, enterprise: 7 } as const

/** The module of the thread: beside this one among the sources, and by its own name in the bundle. */
const threadModule = (): URL => {
  const isSource = import.meta.url.endsWith('.ts')
  return new URL(isSource ? './worker.ts' : './bench-worker.js', import.meta.url)
}

/** Measures one size class in a thread of its own, whose heap holds nothing else. */
async function measure(size: Size, seed: number, signal: AbortSignal): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'souk-benchmark-'))
  const facts: MeasureFacts = { folder, size, seed, rounds: ROUNDS[size] }
  const worker = new Worker(fileURLToPath(threadModule()), { workerData: facts })
  const stop = (): void => void worker.terminate()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise<Measured>((done, fail) => {
      worker.once('message', (measured: Measured) => done(measured))
      worker.once('error', (error: unknown) => fail(jobFailed(`Measuring ${size}`, reasonOf(error))))
      worker.once('exit', () =>
        fail(signal.aborted ? signal.reason : jobFailed(`Measuring ${size}`, 'its thread ended')),
      )
    })
  } finally {
    signal.removeEventListener('abort', stop)
    await worker.terminate()
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface SizesRequest {
  sizes: readonly Size[]
  seed: number
  /** Absolute folder in which a dated one is made. */
  out: string
  signal: AbortSignal
  onSize(size: Size): void
}

/** Measures size classes one after another and writes both reports; answers the report and where it is. */
export async function runSizes(
  system: System,
  { sizes, seed, out, signal, onSize }: SizesRequest,
): Promise<{ report: BenchReport; folder: string; text: string }> {
  const rows: BenchReport['sizes'] = []
  for (const size of SIZE_NAMES.filter((one) => sizes.includes(one))) {
    signal.throwIfAborted()
    onSize(size)
    const measured = await measure(size, seed, signal)
    rows.push({ ...measured, ...ratesOf(measured) })
  }
  const at = new Date(system.clock.now()).toISOString()
  const machine = {
    node: version,
    processor: cpus()[0]?.model,
    processors: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  }
  const report: BenchReport = { at, machine, sizes: rows, missed: rows.flatMap(missedBy) }
  const text = markdownOf(report)
  const folder = join(out, at.slice(0, 19).replaceAll(':', '-'))
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'benchmark.json'), `${JSON.stringify(report, undefined, 2)}\n`)
    writeFileSync(join(folder, 'benchmark.md'), text)
  } catch (error) {
    throw fileProblem(folder, `the reports cannot be written (${reasonOf(error)})`, error)
  }
  return { report, folder, text }
}
