import { usage } from '../model/errors.ts'
import type { EnvironmentDiff, Side } from '../model/environment-diff.ts'
import { harmless } from '../model/text.ts'
import type { Command, CommandContext } from './command.ts'
import { answer, printTable, say, strong } from './output.ts'
import { answersOf, CHOICE_OPTIONS, choicesOf, ENV_OPTION } from './run-input.ts'
import type { Column } from './table.ts'
import { TEMPLATE, templateOf } from './template-argument.ts'
import type { Values } from './values.ts'

/** Members of one resource that are told on a terminal; --json has all. */
const MOST_PATHS = 4

/** A column a side. */
const sideColumns = <T>(sides: readonly string[], of: (row: T, index: number) => string): Column<T>[] =>
  sides.map((side, index) => ({ title: side.toUpperCase(), of: (row) => harmless(of(row, index), 500), give: 2 }))

function printPart(context: CommandContext, heading: string, rows: readonly unknown[], print: () => void): void {
  if (rows.length === 0) return
  say(context)
  say(context, strong(context, heading))
  print()
}

/** The first members of each resource that are not the same, and how many more there are. */
function shortChanges({ changes }: EnvironmentDiff): { name: string; path: string; cells: string[] }[] {
  const byResource = Map.groupBy(changes, ({ type, name }) => `${type} ${name}`)
  return [...byResource.values()].flatMap((rows) => {
    const more = rows.length - MOST_PATHS
    const told = rows.slice(0, more > 0 ? MOST_PATHS : undefined)
    return [...told, ...(more > 0 ? [{ name: told[0]?.name ?? '', path: `... ${more} more`, cells: [] }] : [])]
  })
}

function printDiff(context: CommandContext, diff: EnvironmentDiff): void {
  const { sides, rows, types, resources, costs, files } = diff
  const isSame = rows.length === 0 && files.length === 0
  if (isSame) return say(context, `No difference between ${sides.join(' and ')}.`)
  say(context, strong(context, `${harmless(diff.template, 100)} ${diff.version}: ${sides.join(', ')}`))
  printPart(context, 'Settings, features, tiers', rows, () =>
    printTable(context, rows, [
      { title: 'PART', of: (row) => row.part, give: 4 },
      { title: 'WHAT', of: (row) => harmless(row.title, 200), give: 1, least: 12 },
      ...sideColumns<(typeof rows)[number]>(sides, (row, index) => row.cells[index] ?? '-'),
    ]),
  )
  printPart(context, 'Resources by type', types, () =>
    printTable(context, types, [
      { title: 'TYPE', of: (row) => row.type, give: 1, least: 20 },
      ...sideColumns<(typeof types)[number]>(sides, (row, index) => String(row.counts[index] ?? 0)),
    ]),
  )
  printPart(context, 'Resources by name', resources, () =>
    printTable(context, resources, [
      { title: 'LAYER', of: (row) => harmless(row.layer, 100), give: 5 },
      { title: 'TYPE', of: (row) => row.type, give: 3, least: 20 },
      { title: 'NAME', of: (row) => harmless(row.name, 300), give: 1, least: 12 },
      ...sideColumns<(typeof resources)[number]>(sides, (row, index) => (row.isIn[index] ? 'yes' : '-')),
    ]),
  )
  const changes = shortChanges(diff)
  printPart(context, 'Members of resources on both sides', changes, () =>
    printTable(context, changes, [
      { title: 'NAME', of: (row) => harmless(row.name, 300), give: 4, least: 12 },
      { title: 'MEMBER', of: (row) => harmless(row.path, 300), give: 3, least: 12 },
      ...sideColumns<(typeof changes)[number]>(sides, (row, index) => row.cells[index] ?? ''),
    ]),
  )
  say(context)
  const money = sides.map((side, index) => `${side} ${costs.monthly[index] ?? 0}`).join(', ')
  say(context, `Fixed cost a month, ${costs.currency}: ${money}.`)
  say(context, `Files that differ: ${files.map((one) => one.path).join(', ')}.`)
}

/** Environments against each other, or one against itself as it was chosen. */
async function sidesOf(context: CommandContext, values: Values): Promise<Side[]> {
  const answers = await answersOf(context, values)
  const { env = [] } = answers
  const chosen = choicesOf(answers)
  const [first] = env
  if (first === undefined) throw usage('--env names what is compared, such as dev,prod.')
  if (env.length > 1) return env.map((one) => ({ ...chosen, env: one }))
  const isChosen = [chosen['parameters'], chosen['features']].some((one) => Object.keys(one ?? {}).length > 0)
  if (!isChosen && answers.tiers === undefined && answers.seed === undefined)
    throw usage(
      'There is one side only.',
      'Name two environments, or choose something for one: --feature, --param, --tiers.',
    )
  return [
    { env: first, label: first },
    { ...chosen, env: first, label: 'as chosen' },
  ]
}

export const diff: Command = {
  name: 'diff',
  summary: 'compare the environments of a template',
  description:
    'Generates each side in memory, as a run would, and prints what differs: settings, features, tiers asked for and made, resources by type and by name, members of resources, files, and the fixed cost. With several environments they are compared with each other; with one, and features, parameters or tiers chosen for it, that environment is compared with what was chosen. Names are those of the template, so that a resource has the same one in every environment. Nothing is written.',
  examples: [
    { line: 'souk diff azure-event-driven --env dev,prod', text: 'two environments' },
    { line: 'souk diff azure-event-driven --env qa --feature cosmos_db=on', text: 'what a feature changes' },
  ],
  arguments: [TEMPLATE],
  options: [ENV_OPTION, ...CHOICE_OPTIONS],
  seeAlso: ['env table', 'cost', 'run'],
  module: 'pipeline',
  async run(context, [given = ''], values) {
    const sides = await sidesOf(context, values)
    const market = await context.market()
    const made = await market.templates.compare({ template: templateOf(context, given), sides }, context.signal)
    answer(context, made, () => printDiff(context, made))
  },
}
