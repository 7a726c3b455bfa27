import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { packFolder } from '../bundle/pack.ts'
import type { JobType } from '../jobs/job.ts'
import { fileProblem, itemFailedRules, parameterInvalid } from '../model/errors.ts'
import type { Report } from '../model/report.ts'
import type { System } from '../system/system.ts'
import type { Validate } from './run-state.ts'

interface FolderTools {
  system: System
  validate: Validate
}
interface FolderWork {
  path: string
  into: string
  level: number
  report?: Report
  packed?: Awaited<ReturnType<typeof packFolder>>
}

function workOf(input: Record<string, unknown>, system: System, names: readonly string[]): FolderWork {
  const wrong = names.filter((name) => typeof input[name] !== 'string' || input[name] === '')
  if (wrong.length > 0)
    throw parameterInvalid(
      wrong.map((name) => `${name} must be a path.`),
      names,
    )
  const level = input['level'] ?? 6
  if (typeof level !== 'number' || !Number.isInteger(level) || level < 0 || level > 9) {
    throw parameterInvalid(['level must be a whole number from 0 to 9.'], ['level'])
  }
  const at = (name: string): string => {
    const given = input[name]
    return resolve(system.env.cwd, typeof given === 'string' ? given : '')
  }
  return { path: at('path'), into: at('into'), level }
}

/** Checks the folder `path` as a job of its own. */
export function validateJobType(tools: FolderTools): JobType<FolderWork> {
  return {
    type: 'validate',
    open: (input) => workOf(input, tools.system, ['path']),
    steps: () => [
      {
        id: 'validate',
        title: 'Validate',
        async run(work, { signal, progress }) {
          const onProgress = (done: number, total: number): void => progress(done, total, 'rules')
          const report = await tools.validate({ path: work.path, signal, onProgress })
          work.report = report
          if (report.status !== 'failed') return
          throw itemFailedRules(
            work.path,
            [{ env: '', score: report.score, findings: report.findings.length }],
            work.path,
          )
        },
      },
    ],
    result: ({ report }) => ({ ...report }),
  }
}

/** Packs the folder `path` to the ZIP `into` as a job of its own. */
export function packageJobType(tools: Pick<FolderTools, 'system'>): JobType<FolderWork> {
  return {
    type: 'package',
    open(input) {
      const work = workOf(input, tools.system, ['path', 'into'])
      const there = statSync(work.path, { throwIfNoEntry: false })
      if (!there?.isDirectory()) throw fileProblem(work.path, there ? 'this is no folder' : 'there is no such folder')
      return work
    },
    steps: () => [
      {
        id: 'package',
        title: 'Package',
        async run(work, { signal, progress, log }) {
          const { path, into, level } = work
          const onProgress = (bytes: number): void => progress(bytes, undefined, 'bytes')
          work.packed = await packFolder(path, { into, level, signal, onProgress })
          for (const one of work.packed.left) log(`left out ${one.path}: ${one.why}`, 'warning')
        },
      },
    ],
    result: ({ into, packed }) => ({ path: into, ...packed }),
  }
}
