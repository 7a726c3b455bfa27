import { statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { packFolder } from '../bundle/pack.ts'
import type { JobType } from '../jobs/job.ts'
import { fileProblem, itemFailedRules, parameterInvalid } from '../model/errors.ts'
import type { Report } from '../model/report.ts'
import type { System } from '../system/system.ts'
import { environmentFiles, type EnvironmentFiles } from './environment-files.ts'
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

interface PackWork extends FolderWork {
  /** A package each; without one the whole folder is a package. */
  envs: string[]
  made: { env: string; path: string; sha256: string; bytes: number; entries: number }[]
}

function packWork(input: Record<string, unknown>, system: System): PackWork {
  const work = workOf(input, system, ['path', 'into'])
  const there = statSync(work.path, { throwIfNoEntry: false })
  if (!there?.isDirectory()) throw fileProblem(work.path, there ? 'this is no folder' : 'there is no such folder')
  const given = input['envs'] ?? []
  const isNamed = (one: unknown): one is string => typeof one === 'string' && /^[A-Za-z0-9][\w-]*$/.test(one)
  if (!Array.isArray(given) || !given.every(isNamed))
    throw parameterInvalid(['envs must be names of environments, such as dev.'], ['envs'])
  const envs = [...new Set(given)]
  // Before the first package is written.
  for (const env of envs) environmentFiles(work.path, env, envs)
  return { ...work, envs, made: [] }
}

/**
 * Packs the folder `path` to the ZIP `into` as a job of its own; with `envs` to a ZIP for each in the folder `into`,
 * with the parameters of that environment only.
 */
export function packageJobType(tools: Pick<FolderTools, 'system'>): JobType<PackWork> {
  return {
    type: 'package',
    open: (input) => packWork(input, tools.system),
    steps: () => [
      {
        id: 'package',
        title: 'Package',
        async run(work, { signal, progress, log }) {
          const { path, into, level, envs } = work
          const onProgress = (bytes: number): void => progress(bytes, undefined, 'bytes')
          const pack = async (from: EnvironmentFiles, zip: string, manifest: Record<string, unknown>) => {
            const { folder, leave } = from
            const packed = await packFolder(folder, { into: zip, level, signal, onProgress, leave, manifest })
            for (const one of packed.left) log(`left out ${one.path}: ${one.why}`, 'warning')
            return packed
          }
          if (envs.length === 0) work.packed = await pack({ folder: path, leave: () => undefined }, into, {})
          for (const env of envs) {
            const zip = join(into, `${basename(path)}-${env}.zip`)
            const { sha256, bytes, entries } = await pack(environmentFiles(path, env, envs), zip, { environment: env })
            work.made.push({ env, path: zip, sha256, bytes, entries })
          }
        },
      },
    ],
    result: ({ into, packed, envs, made }) => (envs.length > 0 ? { packages: made } : { path: into, ...packed }),
  }
}
