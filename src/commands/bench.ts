import { resolve } from 'node:path'
import { EXIT, usage, type ExitCode } from '../model/errors.ts'
import type { Command, CommandContext } from './command.ts'
import { answer, printTable, say, sayText, warn, withProgress } from './output.ts'
import { door } from './package.ts'
import { countOf, listOf, textOf, type Values } from './values.ts'
import { counted } from './words.ts'

const SIZES = ['small', 'medium', 'large', 'enterprise'] as const
const SEED = { flag: '--seed', value: 'N', summary: 'what the templates are made from; 1 when left out' } as const

const seedOf = (values: Values): number => countOf(values, 'seed') ?? 1

const bench: Command = {
  name: 'bench',
  needsNoSettings: true,
  summary: 'measure this program on this machine',
  description:
    'Makes templates of 10, 100, 500 and 1,000 resources from a seed, and analyses, optimises, packs and validates each in a thread of its own: times by stage, rates, memory and processor, held against the floors and budgets. Writes a JSON and a Markdown report into a dated folder. Exit 1 when a floor or a budget is missed.',
  examples: [
    { line: 'souk bench', text: 'all four sizes' },
    { line: 'souk bench --size small,large --out reports', text: 'two of them' },
  ],
  arguments: [],
  options: [
    { flag: '--size', value: 'SIZE', summary: 'these sizes only', isMany: true, isList: true, choices: SIZES },
    SEED,
    {
      flag: '--out',
      value: 'DIR',
      summary: 'where the dated folder is made',
      preset: 'bench-results',
      completes: 'folder',
    },
  ],
  exits: [EXIT.findings],
  seeAlso: ['bench compare', 'bench load', 'bench synth', 'perf'],
  module: 'bench',
  async run(context, _, values): Promise<ExitCode> {
    const asked = listOf(values, 'size')
    const sizes = SIZES.filter((size) => asked.length === 0 || asked.includes(size))
    const out = resolve(context.system.env.cwd, textOf(values, 'out') ?? '')
    const { report, folder, text } = await withProgress(context, 'Measuring ...', (tell) =>
      door(context, 'bench').sizes({
        sizes,
        seed: seedOf(values),
        out,
        signal: context.signal,
        onSize: (size) => tell(`Measuring ${size} ...`),
      }),
    )
    answer(context, { ...report, folder }, () => {
      sayText(context, text)
      say(context, `Written to ${folder}`)
    })
    for (const one of report.missed) warn(context, `missed: ${one}`)
    return report.missed.length > 0 ? EXIT.findings : EXIT.ok
  },
}

/** The whole numbers of a flag that takes several. */
const countsOf = (values: Values, flag: string): number[] =>
  listOf(values, flag).map((text) => countOf({ [flag]: text }, flag, 1) ?? 1)

const benchLoad: Command = {
  name: 'load',
  parent: 'bench',
  needsNoSettings: true,
  summary: 'analyse many templates at once',
  description:
    'Analyses seeded templates of all sizes, so many asked for at once, and tells how many a second, the waits (median and 95th percentile) and the most memory, for each number that is named. With --workers it also analyses eight large ones in so many threads and compares. Exit 1 when an analysis counted wrong.',
  examples: [
    { line: 'souk bench load --concurrency 50 --count 500', text: 'the load of the source document' },
    { line: 'souk bench load --concurrency 10,50 --workers 1,2', text: 'memory by queue, speed by threads' },
  ],
  arguments: [],
  options: [
    { flag: '--concurrency', value: 'N', summary: 'asked for at once; 50 when left out', isMany: true, isList: true },
    { flag: '--count', value: 'N', summary: 'in all', preset: '500' },
    { flag: '--workers', value: 'N', summary: 'threads to compare', isMany: true, isList: true },
    SEED,
  ],
  exits: [EXIT.findings],
  seeAlso: ['bench'],
  module: 'bench',
  async run(context, _, values): Promise<ExitCode> {
    const asked = countsOf(values, 'concurrency')
    const count = countOf(values, 'count', 1) ?? 500
    const concurrency = asked.length > 0 ? asked : [50]
    const { signal } = context
    const workers = countsOf(values, 'workers')
    const result = await withProgress(context, `Analysing ${count} templates ...`, () =>
      door(context, 'bench').load({ concurrency, count, workers, seed: seedOf(values), signal }),
    )
    answer(context, result, () => {
      printTable(context, result.loads, [
        { title: 'AT ONCE', of: (row) => String(row.concurrency), align: 'right' },
        { title: 'COUNT', of: (row) => String(row.count), align: 'right' },
        { title: 'WRONG', of: (row) => String(row.wrong), align: 'right' },
        { title: 'A SECOND', of: (row) => String(row.perSecond), align: 'right' },
        { title: 'HALF MS', of: (row) => String(row.p50Ms), align: 'right' },
        { title: '95 % MS', of: (row) => String(row.p95Ms), align: 'right' },
        { title: 'MOST MB', of: (row) => String(row.peakRssMb), align: 'right' },
      ])
      for (const one of result.speeds)
        say(context, `${counted(one.workers, 'thread')}: ${one.ms} ms, ${one.timesFaster} times as fast`)
    })
    return result.loads.some(({ wrong }) => wrong > 0) ? EXIT.findings : EXIT.ok
  },
}

const benchSynth: Command = {
  name: 'synth',
  parent: 'bench',
  needsNoSettings: true,
  summary: 'make a template of exactly one size class',
  description:
    'Writes a template of 10 (small), 100 (medium), 500 (large) or 1,000 (enterprise) resources, with nested deployments, comments and trailing commas. Equal seeds give equal bytes.',
  examples: [{ line: 'souk bench synth --size large --out large.json', text: '500 resources' }],
  arguments: [],
  options: [
    { flag: '--size', value: 'SIZE', summary: 'the size class', choices: SIZES, preset: 'large' },
    { flag: '--out', value: 'FILE', summary: 'where it is written', preset: 'template.json', completes: 'file' },
    SEED,
  ],
  seeAlso: ['bench', 'analyze'],
  module: 'bench',
  async run(context, _, values): Promise<void> {
    const size = SIZES.find((one) => one === textOf(values, 'size')) ?? 'large'
    const file = resolve(context.system.env.cwd, textOf(values, 'out') ?? 'template.json')
    const made = await door(context, 'bench').synth(file, size, seedOf(values))
    answer(context, { file, size, ...made }, () => {
      say(context, `${file}: ${made.resources} resources, ${made.bytes} bytes`)
    })
  },
}

const benchCompare: Command = {
  name: 'compare',
  parent: 'bench',
  needsNoSettings: true,
  summary: 'tell what became slower between two reports',
  description:
    'Compares two reports of "souk bench", by their folders or their JSON files, and names every stage that takes over a tenth longer in the second. Exit 1 when there is one.',
  examples: [{ line: 'souk bench compare bench-results/A bench-results/B', text: 'two runs' }],
  arguments: [
    { name: 'before', summary: 'a report, or its folder', isRequired: true, completes: 'folder' },
    { name: 'after', summary: 'a later one', isRequired: true, completes: 'folder' },
  ],
  options: [],
  exits: [EXIT.findings],
  seeAlso: ['bench'],
  module: 'bench',
  async run(context, [before, after]): Promise<ExitCode> {
    if (!before || !after) throw usage('compare takes two reports.')
    const { cwd } = context.system.env
    const slower = await door(context, 'bench').compare(resolve(cwd, before), resolve(cwd, after))
    answer(context, { slower }, () => tellSlower(context, slower))
    return slower.length > 0 ? EXIT.findings : EXIT.ok
  },
}

function tellSlower(context: CommandContext, slower: readonly string[]): void {
  for (const line of slower) say(context, line)
  if (slower.length === 0) say(context, 'Nothing is slower by more than a tenth.')
}

export const BENCH_COMMANDS: readonly Command[] = [bench, benchCompare, benchLoad, benchSynth]
