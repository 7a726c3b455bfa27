import { resolve } from 'node:path'
import { rm } from 'node:fs/promises'
import { analyzeTemplate } from '../arm/stream/analyze.ts'
import { chunkSize } from '../arm/stream/chunk-size.ts'
import { optimizeTemplate } from '../arm/stream/optimize.ts'
import { memoryRoom } from '../arm/stream/room.ts'
import type { JobType, StepContext } from '../jobs/job.ts'
import type { Analysis, Optimized } from '../model/analysis.ts'
import { parameterInvalid } from '../model/errors.ts'
import type { System } from '../system/system.ts'

/** What both kinds of job are asked: a file, and how much of it to read at a time. */
interface LargeWork {
  source: string
  chunkBytes: number
}

interface OptimizeWork extends LargeWork {
  into: string
  hasShorterExpressions: boolean
  isForced: boolean
  optimized?: Optimized
}

function pathIn(input: Record<string, unknown>, name: string, system: System): string {
  const given = input[name]
  if (typeof given !== 'string' || given === '' || given === '-')
    throw parameterInvalid([`${name} must be the path of a file.`], [name])
  return resolve(system.env.cwd, given)
}

function largeWork(input: Record<string, unknown>, system: System): LargeWork {
  const asked = input['chunkSize']
  return {
    source: pathIn(input, 'path', system),
    chunkBytes: chunkSize(typeof asked === 'string' ? asked : undefined, memoryRoom).bytes,
  }
}

/** Tells how far a file is read. */
const inBytes =
  ({ progress }: StepContext) =>
  (done: number, total: number | undefined): void =>
    progress(done, total, 'bytes')

/** Counts what the template `path` holds, as a job of its own. */
export function analyzeJobType(system: System): JobType<LargeWork & { analysis?: Analysis }> {
  return {
    type: 'analyze',
    open: (input) => largeWork(input, system),
    steps: () => [
      {
        id: 'analyze',
        title: 'Analyse',
        async run(work, context) {
          const { source, chunkBytes } = work
          const onBad = ({ path, line, why }: { path: string; line: number; why: string }): void =>
            context.log(`${path} (line ${line}): ${why}`, 'warning')
          work.analysis = await analyzeTemplate({
            source,
            chunkBytes,
            signal: context.signal,
            onProgress: inBytes(context),
            onBad: atMost(LOGGED, onBad),
          })
        },
      },
    ],
    result: ({ source, analysis }) => ({ path: source, ...analysis }),
  }
}

/** Lines that one job writes into its log about the like. */
const LOGGED = 100

function atMost<T>(count: number, call: (value: T) => void): (value: T) => void {
  let calls = 0
  return (value) => {
    if (calls++ < count) call(value)
  }
}

/** Writes the template `path` without what it does not need to the file `into`, as a job of its own. */
export function optimizeJobType(system: System): JobType<OptimizeWork> {
  return {
    type: 'optimize',
    open: (input, spec) => ({
      ...largeWork(input, system),
      into: pathIn(input, 'into', system),
      hasShorterExpressions: input['expressions'] === true,
      // A rerun is asked to make the same file again.
      isForced: input['force'] === true || spec.rerunOf !== undefined,
    }),
    steps: () => [
      {
        id: 'optimize',
        title: 'Optimise',
        async run(work, context) {
          const onChange = ({ line, before, after }: { line: number; before: string; after: string }): void =>
            context.log(`line ${line}: ${before} is now ${after}`)
          work.optimized = await optimizeTemplate({
            ...work,
            signal: context.signal,
            onProgress: inBytes(context),
            onChange: atMost(LOGGED, onChange),
          })
        },
      },
    ],
    result: ({ into, optimized }) => ({ path: into, ...optimized }),
    sweep: async ({ input }) => rm(`${pathIn(input, 'into', system)}.part`, { force: true }),
  }
}
