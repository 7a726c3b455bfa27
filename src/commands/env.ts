import { tiersMade, type EnvironmentRow, type EnvironmentTable } from '../model/environment-table.ts'
import { harmless } from '../model/text.ts'
import type { Command, CommandContext } from './command.ts'
import { envDetect } from './env-detect.ts'
import { environmentMarkdown } from './env-markdown.ts'
import { answer, printTable, say, strong } from './output.ts'
import { TEMPLATE, templateOf } from './template-argument.ts'
import { textOf } from './values.ts'

const FORMATS = ['table', 'markdown', 'json'] as const

/** A table of rows with a column for each environment. */
function printRows(
  context: CommandContext,
  { environments }: EnvironmentTable,
  heading: string,
  rows: readonly EnvironmentRow[],
): void {
  if (rows.length === 0) return
  const hasPurpose = rows.some((row) => row.purpose !== undefined)
  say(context)
  say(context, strong(context, heading))
  printTable(context, rows, [
    { title: heading.toUpperCase(), of: (row) => harmless(row.title, 200), give: 1, least: 12 },
    ...environments.map(({ name }, index) => ({
      title: name.toUpperCase(),
      of: (row: EnvironmentRow) => harmless(row.cells[index] ?? '-', 200),
      give: 0,
    })),
    ...(hasPurpose
      ? [{ title: 'PURPOSE', of: (row: EnvironmentRow) => harmless(row.purpose ?? '', 200), give: 9 }]
      : []),
  ])
}

function printTables(context: CommandContext, table: EnvironmentTable): void {
  const { environments } = table
  say(context, strong(context, `${harmless(table.template, 100)} ${table.version}`))
  printTable(context, environments, [
    { title: 'ENVIRONMENT', of: (one) => one.name, give: 0 },
    { title: 'TITLE', of: (one) => harmless(one.title, 200), give: 3 },
    { title: 'REGION', of: (one) => [one.region, ...one.later.map((region) => `(+ ${region})`)].join(' '), give: 1 },
    { title: 'ADDRESSES', of: (one) => one.addresses ?? '-', give: 2 },
    { title: 'PURPOSE', of: (one) => harmless(one.purpose ?? '', 300), give: 9 },
  ])
  printRows(context, table, 'Setting', table.settings)
  printRows(context, table, 'Feature', table.features)
  printRows(context, table, 'Tier asked for', table.tiers)
  printRows(context, table, 'Tier made', tiersMade(table))
}

const env: Command = {
  name: 'env',
  summary: 'look at the environments of a template',
  description:
    'A template may be made for several environments, such as dev and prod, which differ in settings, features and tiers. "souk env table" shows how.',
  examples: [{ line: 'souk env table azure-event-driven', text: 'its tables' }],
  arguments: [],
  options: [],
  seeAlso: ['env table', 'diff', 'cost', 'run'],
  module: 'pipeline',
  run: async (context) => say(context, 'souk env table TEMPLATE shows the environments of a template.'),
}

const table: Command = {
  name: 'table',
  parent: 'env',
  summary: 'show settings, features and tiers of every environment',
  description:
    'Prints the tables of a template: a row a setting, feature or tier, a column an environment. A region in brackets is one that a parameter adds. A tier that cannot do what is used of it is made as the lowest that can. The tables are the data the template is generated from.',
  examples: [
    { line: 'souk env table azure-event-driven', text: 'on the terminal' },
    { line: 'souk env table azure-event-driven --format markdown', text: 'for a document' },
  ],
  arguments: [TEMPLATE],
  options: [{ flag: '--format', value: 'FORMAT', summary: 'how it is printed', choices: FORMATS, preset: 'table' }],
  seeAlso: ['diff', 'cost', 'run'],
  module: 'pipeline',
  async run(context, [given = ''], values) {
    const format = textOf(values, 'format')
    const market = await context.market()
    const made = await market.templates.table(templateOf(context, given))
    if (format === 'json' && !context.global.json) return context.system.io.out.write(`${JSON.stringify(made)}\n`)
    answer(context, made, () => {
      if (format === 'markdown') for (const line of environmentMarkdown(made)) say(context, line)
      else printTables(context, made)
    })
  },
}

export const ENV_COMMANDS: readonly Command[] = [env, table, envDetect]
