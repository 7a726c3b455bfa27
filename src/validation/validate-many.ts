import pLimit from 'p-limit'
import type { Report } from '../model/report.ts'
import { validatePath, type ValidateOptions } from './validator.ts'

/** One path's outcome: a report, or why there is none. */
export type Validated = { path: string; report: Report } | { path: string; error: unknown }

/** Validates many paths, `concurrency` at a time; answers in the order of the paths. One failure does not stop the others. */
export function validateMany(
  paths: readonly string[],
  options: ValidateOptions,
  concurrency = 4,
): Promise<Validated[]> {
  const limit = pLimit(concurrency)
  return Promise.all(
    paths.map((path) =>
      limit(async (): Promise<Validated> => {
        options.signal?.throwIfAborted()
        try {
          return { path, report: await validatePath({ ...options, path }) }
        } catch (error) {
          if (options.signal?.aborted) throw error
          return { path, error }
        }
      }),
    ),
  )
}
