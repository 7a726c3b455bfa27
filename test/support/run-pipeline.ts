import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packFiles } from '../../src/bundle/pack.ts'
import { openJobs } from '../../src/jobs/open-jobs.ts'
import type { JobDesk } from '../../src/jobs/open-jobs.ts'
import type { System } from '../../src/system/system.ts'
import { generateJobType, runJobType } from '../../src/pipeline/run-job.ts'
import type { RunTools } from '../../src/pipeline/run-state.ts'
import { validatePath } from '../../src/validation/validator.ts'

export const TEMPLATES = fileURLToPath(new URL('../../templates', import.meta.url))

/** What the pipeline is handed: the built-in templates, the real rules and the real packer. */
export const toolsOf = (system: System): RunTools => ({
  system,
  roots: [TEMPLATES],
  validate: (request) => validatePath({ ...request, system }),
  pack: packFiles,
})

/** A jobs desk with the real pipeline over the built-in templates; parts may be replaced. */
export function openPipeline(system: System, home: string, replace: Partial<RunTools> = {}): JobDesk {
  const tools: RunTools = { ...toolsOf(system), ...replace }
  return openJobs({
    system,
    folder: join(home, 'jobs'),
    types: [runJobType(tools), generateJobType(tools)],
    settings: { concurrency: { jobs: 4 } },
    emit: () => {},
  })
}
