import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openPipeline, TEMPLATES } from '../support/run-pipeline.ts'
import { testSystem } from '../support/test-system.ts'
import { checkProject } from './check-project.ts'
import { checkArm, type Cell } from './check.ts'
import { readGenerated } from './generated.ts'
import { ENVS } from './plan.ts'

const ID = 'azure-event-driven'

/** Generates all environments, in every form that the template has. */
async function generate(home: string): Promise<string> {
  const out = join(home, 'out')
  const hasProject = /format: pulumi\b/.test(readFileSync(join(TEMPLATES, ID, 'souk.yaml'), 'utf8'))
  const input = { template: ID, envs: [...ENVS], out, format: hasProject ? 'both' : 'arm' }
  await openPipeline(testSystem(), home).runHere('generate', 'Generate', input)
  return out
}

/** Every cell of the document with what is in the files of a folder, or of what is generated now. */
export async function planCells(folder: string | undefined, home: string): Promise<{ cells: Cell[]; notes: string[] }> {
  const all = readGenerated(folder ?? (await generate(home)))
  const projects = ENVS.filter((env) => all[env].project !== undefined)
  const cells = [...checkArm(all), ...(projects[0] ? checkProject(all[projects[0]]) : [])]
  const notes = projects[0]
    ? []
    : [
        'Not checked: folder structure, models, commands and state, since there is no project in Python among the files.',
      ]
  return { cells, notes }
}
