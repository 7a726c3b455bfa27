import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { nameInWords } from '../model/arm-name.ts'
import type { CostEstimate, CostReport } from '../model/cost.ts'
import { harmless } from '../model/text.ts'
import type { Command, CommandContext } from './command.ts'
import { answer, printTable, say } from './output.ts'
import { answersOf, CHOICE_OPTIONS, choicesOf, ENV_OPTION } from './run-input.ts'
import { templateOf } from './template-argument.ts'
import { textOf } from './values.ts'

/** Prices older than this are told to be old, days. Azure's change a few times a year. */
const OLD_DAYS = 180
const money = (value: number): string => value.toFixed(2)

const TARGET = {
  name: 'target',
  summary: 'a template, or a folder that was generated',
  isRequired: true,
  completes: 'template',
} as const

/** A row a layer, a column an environment. */
function printLayers(context: CommandContext, { environments }: CostReport): void {
  const layers = [...new Set(environments.flatMap((one) => one.layers.map(({ layer }) => layer)))]
  const inLayer = (one: CostEstimate, layer: string): number =>
    one.layers.find((each) => each.layer === layer)?.monthly ?? 0
  const rows = [
    ...layers.map((layer) => ({ title: layer, sums: environments.map((one) => inLayer(one, layer)) })),
    { title: 'total', sums: environments.map((one) => one.monthly) },
  ]
  printTable(context, rows, [
    { title: 'LAYER', of: (row) => harmless(row.title, 100), give: 1, least: 10 },
    ...environments.map(({ env }, index) => ({
      title: env.toUpperCase(),
      of: (row: (typeof rows)[number]) => money(row.sums[index] ?? 0),
      align: 'right' as const,
      give: 0,
    })),
  ])
}

function printLines(context: CommandContext, { lines }: CostEstimate): void {
  printTable(context, lines, [
    { title: 'LAYER', of: (one) => harmless(one.layer, 100), give: 6 },
    { title: 'TYPE', of: (one) => harmless(one.type.replace(/^Microsoft\./, ''), 200), give: 4, least: 20 },
    { title: 'NAME', of: (one) => harmless(nameInWords(one.name), 300), give: 5, least: 12 },
    { title: 'SKU', of: (one) => harmless(one.sku, 100) || '-', give: 2 },
    { title: 'UNITS', of: (one) => String(one.units), align: 'right', give: 3 },
    { title: 'A MONTH', of: (one) => money(one.monthly), align: 'right', give: 0 },
    { title: 'BESIDES, BY USE', of: (one) => one.use ?? '', give: 7 },
    { title: 'BASIS', of: (one) => one.basis ?? '', give: 8 },
  ])
  say(context)
}

/** What has no price, and where less would do. */
function printNotes(context: CommandContext, { environments }: CostReport): void {
  const isOne = environments.length === 1
  for (const { env, unknown, savings } of environments) {
    const words = [...new Set(unknown.map(({ type, sku }) => harmless(`${type}${sku ? ` (${sku})` : ''}`, 300)))]
    const where = isOne ? '' : `${env}: `
    if (words.length > 0) say(context, `${where}not in the table and in no total: ${words.join(', ')}`)
    if (isOne) for (const text of savings) say(context, `saving: ${harmless(text, 500)}`)
  }
}

function printReport(context: CommandContext, report: CostReport): void {
  const { environments, others, ageDays, prices } = report
  const [first] = environments
  if (!first) return say(context, 'There is nothing to price.')
  if (environments.length === 1) printLines(context, first)
  printLayers(context, report)
  say(context)
  printNotes(context, report)
  for (const one of others)
    say(context, `${one.analyzer}, ${one.env}: ${money(one.monthly)} ${one.currency} (${one.basis})`)
  const age = ageDays > OLD_DAYS ? `${ageDays} days old: look for newer ones` : `${ageDays} days old`
  say(context, `${first.currency}, fixed cost a month; ${first.basis}. Prices are ${age} (${prices}).`)
}

const cost: Command = {
  name: 'cost',
  summary: 'tell what the environments of a template cost a month',
  description:
    'Adds up a local table of prices with its date, by resource and by layer: for a template, of what would be generated; for a folder, of the files in it and the parameters beside them. The figures are those of the report of a run. They are for planning and no quote. A type or SKU that the table does not know is listed, is in no total and is not guessed. --prices, or the setting cost.prices, names a table of your own; "souk cost prices" prints one to start from.',
  examples: [
    { line: 'souk cost azure-event-driven --env prod', text: 'by resource and by layer' },
    { line: 'souk cost out --env dev,prod', text: 'of what was generated there' },
    { line: 'souk cost azure-event-driven --prices ours.yaml --json', text: 'by your own prices' },
  ],
  arguments: [TARGET],
  options: [
    { ...ENV_OPTION, summary: 'environments, such as prod; all when left out' },
    { flag: '--prices', value: 'FILE', summary: 'a table of prices, YAML or JSON', completes: 'file' },
    ...CHOICE_OPTIONS,
  ],
  seeAlso: ['cost prices', 'diff', 'env table', 'run'],
  module: 'pipeline',
  async run(context, [given = ''], values) {
    const answers = await answersOf(context, values)
    const folder = resolve(context.system.env.cwd, given)
    const prices = textOf(values, 'prices')
    const market = await context.market()
    const report = await market.templates.cost(
      {
        target: existsSync(folder) ? folder : templateOf(context, given),
        envs: answers.env ?? [],
        input: choicesOf(answers),
        ...(prices === undefined ? {} : { prices }),
      },
      context.signal,
    )
    answer(context, report, () => printReport(context, report))
  },
}

const prices: Command = {
  name: 'prices',
  parent: 'cost',
  summary: 'print the table of prices in force',
  description:
    'Prints the table of prices as YAML: by resource type and SKU, with date, region, currency and basis. Written to a file and changed, it is a table of your own for --prices or the setting cost.prices. A folder called prices is priced as ./prices.',
  examples: [{ line: 'souk cost prices > ours.yaml', text: 'then "souk config set cost.prices ours.yaml"' }],
  arguments: [],
  options: [],
  seeAlso: ['cost', 'config set'],
  module: 'pipeline',
  async run(context) {
    const table = await (await context.market()).templates.prices()
    const { stringify } = await import('yaml')
    answer(context, table, () => say(context, stringify(table, { lineWidth: 0 }).trimEnd()))
  },
}

export const COST_COMMANDS: readonly Command[] = [cost, prices]
