import type { Command } from './command.ts'
import { answer, printTable } from './output.ts'

const pipeline: Command = {
  name: 'pipeline',
  summary: 'the stages of a run and what works in them',
  description:
    'A run goes through generate, enrich, validate, package and, with --publish, publish. In each stage middleware works on the template in the order of its priority, the lower number first. The section "pipeline" of the settings switches it off, moves it, and binds it to a condition.',
  examples: [{ line: 'souk pipeline show', text: 'every middleware in the order it runs' }],
  arguments: [],
  options: [],
  seeAlso: ['run', 'config'],
  module: 'pipeline',
  run: (context) => show.run(context, [], {}),
}

const show: Command = {
  name: 'show',
  parent: 'pipeline',
  summary: 'stages and middleware in the order they run',
  description:
    'Lists each middleware with its stage, priority, condition, whether it is on, and where that comes from: built in, or the layer of the settings that says otherwise. A fixed one is the work of its stage.',
  examples: [
    { line: 'souk pipeline show --json', text: 'for a script' },
    { line: 'SOUK_PIPELINE_FINOPS_ANALYSIS_PRIORITY=50 souk pipeline show', text: 'with another order' },
  ],
  arguments: [],
  options: [],
  module: 'pipeline',
  async run(context) {
    const rows = (await context.doors.pipeline?.()) ?? []
    answer(context, rows, () =>
      printTable(context, rows, [
        { title: 'STAGE', of: (row) => row.stage, give: 0 },
        { title: 'PRIORITY', of: (row) => String(row.priority), align: 'right', give: 1 },
        { title: 'MIDDLEWARE', of: (row) => row.middleware, give: 0 },
        { title: 'STATE', of: (row) => row.state, give: 2 },
        { title: 'WHEN', of: (row) => row.when, give: 6, least: 10 },
        { title: 'FROM', of: (row) => row.origin, give: 7 },
        { title: 'WHAT', of: (row) => row.about, give: 9, least: 12 },
      ]),
    )
  },
}

export const PIPELINE_COMMANDS: readonly Command[] = [pipeline, show]
