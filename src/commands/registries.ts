import type { RegistryStatus } from '../marketplace.ts'
import { EXIT, registryUnknown, usage } from '../model/errors.ts'
import { hasFailed, hasFaltered, sourceOf } from './answers.ts'
import type { Command, CommandContext } from './command.ts'
import { alarmsOf, certificateAlarm, figuresOf } from './figures.ts'
import { nearestOf } from './nearest.ts'
import { answer, say, warn, withProgress } from './output.ts'
import { printRegistries, registryValue, type RegistryRow } from './registry-rows.ts'
import { askingOf } from './search.ts'
import { isSet } from './values.ts'
import { watchRegistries } from './watch-registries.ts'
import { counted, durationText } from './words.ts'

const NAME = { name: 'name', summary: 'a registry of the settings', isRequired: true, completes: 'registry' } as const
const SHARED = { parent: 'registries', module: 'registries' } as const

async function surveyed(context: CommandContext): Promise<RegistryRow[]> {
  return withProgress(context, 'Asking every registry ...', async () => {
    const market = await context.market()
    const sources = await market.registries.survey(askingOf(context))
    return market.registries
      .status()
      .map((status) => ({ status, source: sources.find((source) => source.registry === status.entry.name) }))
  })
}

function entryOf(all: readonly RegistryStatus[], name: string): RegistryStatus {
  const found = all.find((status) => status.entry.name === name)
  if (found) return found
  throw registryUnknown(
    name,
    nearestOf(
      name,
      all.map((status) => status.entry.name),
    ),
  )
}

const registries: Command = {
  name: 'registries',
  summary: 'list the registries and how they fare',
  description:
    'Asks every enabled registry and lists them: how each answered, how many items it has, and which of its entries could not be read. Commands under it look at one registry or change the settings file; comments in that file are kept.',
  examples: [
    { line: 'souk registries', text: 'all of them' },
    { line: 'souk registries --watch', text: 'tell when one goes or comes back' },
    { line: 'souk registries test official', text: 'ask one now, past the cache' },
    { line: 'souk registries add https://market.example.com', text: 'see what is there and add it to the settings' },
  ],
  arguments: [],
  options: [{ flag: '--watch', summary: 'ask again at each health.interval and print what changes, until Ctrl-C' }],
  exits: [EXIT.unreachable],
  seeAlso: ['config', 'search', 'metrics'],
  module: 'registries',
  async run(context, _args, values) {
    const isWatching = isSet(values, 'watch')
    if (isWatching && context.global.offline)
      throw usage('--watch asks the registries, and --offline asks none.', 'Leave one of them out.')
    const rows = await surveyed(context)
    const market = await context.market()
    const all = await market.metrics.figures()
    const print = (): void => {
      printRegistries(context, rows, all)
      if (rows.every(({ status }) => status.entry.place === undefined)) {
        warn(context, 'Only built-in goods so far. Add a registry with "souk registries add ADDRESS",')
        warn(context, 'or enable a public one of "souk registries suggested".')
      }
    }
    if (isWatching) print()
    else
      answer(
        context,
        rows.map((row) => registryValue(row, all)),
        print,
      )
    for (const { status, source } of rows)
      if (source && hasFailed(source))
        warn(context, `${status.entry.name}: ${source.reason ?? source.state} ${source.hint ?? ''}`.trimEnd())
    for (const { status } of rows) {
      // Failures of a registry that is well again are history, which "souk metrics" tells.
      const linesOf = status.health.state === 'up' ? certificateAlarm : alarmsOf
      for (const line of linesOf(figuresOf(all, status.entry.name))) warn(context, line)
    }
    if (isWatching) {
      await watchRegistries(context, market)
      return EXIT.ok
    }
    return context.global.strict && rows.some((row) => row.source && hasFaltered(row.source))
      ? EXIT.unreachable
      : EXIT.ok
  },
}

const showRegistry: Command = {
  ...SHARED,
  name: 'show',
  summary: 'show one registry: settings and health',
  description: 'Prints what the settings say about a registry and how it answered. Secrets are not shown.',
  examples: [{ line: 'souk registries show official --json', text: 'for a script' }],
  arguments: [NAME],
  options: [],
  async run(context, [name = '']) {
    const market = await context.market()
    entryOf(market.registries.status(), name)
    const row = (await surveyed(context)).find(({ status }) => status.entry.name === name)
    if (!row) return
    const value = registryValue(row, await market.metrics.figures())
    answer(context, value, () => {
      const { metrics, ...facts } = value
      for (const [label, fact] of Object.entries({ ...facts, ...(metrics as Record<string, unknown>) }))
        if (typeof fact === 'string' || typeof fact === 'number' || typeof fact === 'boolean')
          say(context, `${label.padEnd(16)}${typeof fact === 'number' ? Math.round(fact * 1000) / 1000 : String(fact)}`)
    })
  },
}

const testRegistry: Command = {
  ...SHARED,
  name: 'test',
  summary: 'ask one registry now and say how it fared',
  description:
    'Asks a registry past the cache. Exit 0 when it answered, 3 when it could not be reached, 4 when it refused the credentials.',
  examples: [{ line: 'souk registries test official', text: 'one sentence and an exit code' }],
  arguments: [NAME],
  options: [],
  exits: [EXIT.unreachable, EXIT.auth],
  async run(context, [name = '']) {
    const source = await withProgress(context, `Asking ${name} ...`, async () => {
      const market = await context.market()
      entryOf(market.registries.status(), name)
      return market.registries.test(name, context.signal)
    })
    answer(context, sourceOf(source), () =>
      say(context, `${name}: ${source.state}, ${counted(source.items, 'item')}, ${durationText(source.ms)}`),
    )
    if (source.reason) warn(context, `${source.reason} ${source.hint ?? ''}`.trimEnd())
    if (source.state === 'unauthorised') return EXIT.auth
    return ['failed', 'slow', 'stale'].includes(source.state) ? EXIT.unreachable : EXIT.ok
  },
}

export const REGISTRY_LOOKS: readonly Command[] = [registries, showRegistry, testRegistry]
