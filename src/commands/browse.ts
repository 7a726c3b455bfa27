import { EXIT } from '../model/errors.ts'
import { hasFaltered, sourceOf, troubleOf } from './answers.ts'
import type { Command } from './command.ts'
import { answer, mayDraw, printTable, warn, withProgress } from './output.ts'
import { askingOf } from './search.ts'
import { isSet } from './values.ts'

export const browse: Command = {
  name: 'browse',
  summary: 'explore by category',
  description:
    'On a terminal, opens the Browse screen. In a pipe, with --json, or with --categories, prints the categories of all registries with how many items each has and which registries name it.',
  examples: [
    { line: 'souk browse', text: 'the Browse screen' },
    { line: 'souk browse --categories', text: 'the categories as a table' },
  ],
  arguments: [],
  options: [{ flag: '--categories', summary: 'print the categories, also on a terminal' }],
  exits: [EXIT.unreachable],
  seeAlso: ['search', 'list'],
  module: 'search',
  async run(context, _args, values) {
    const { io } = context.system
    const isInteractive = io.stdinIsTTY && mayDraw(context, io.out) && !context.global.json
    if (isInteractive && !isSet(values, 'categories') && context.doors.openScreens)
      return context.doors.openScreens('browse')
    const { categories, sources } = await withProgress(context, 'Asking for categories ...', async () =>
      (await context.market()).categories(askingOf(context)),
    )
    answer(context, { categories, sources: sources.map(sourceOf) }, () =>
      printTable(context, categories, [
        { title: 'CATEGORY', of: (one) => one.name, give: 1, least: 12 },
        { title: 'ITEMS', of: (one) => (one.count === undefined ? '?' : String(one.count)), align: 'right', give: 2 },
        { title: 'REGISTRIES', of: (one) => one.registries.join(', '), give: 9 },
      ]),
    )
    for (const trouble of troubleOf(sources)) warn(context, trouble)
    return context.global.strict && sources.some(hasFaltered) ? EXIT.unreachable : EXIT.ok
  },
}
