import { EXIT } from '../model/errors.ts'
import { hasFailed, sourceOf, troubleOf } from './answers.ts'
import type { Command } from './command.ts'
import { answer, printTable, say, warn, withProgress } from './output.ts'
import { askingOf, queryOf } from './search.ts'
import { bytesText, counted } from './words.ts'

const SHARED = { parent: 'cache', arguments: [], options: [], module: 'cache' } as const
const WARM_ITEMS = 20

/** Adds the part of questions that were hits, 0 to 1, to each line of figures. */
function rated<T extends { hits: number; misses: number }>(
  lines: Record<string, T>,
): Record<string, T & { rate: number }> {
  const rateOf = ({ hits, misses }: T): number => (hits === 0 ? 0 : hits / (hits + misses))
  return Object.fromEntries(Object.entries(lines).map(([name, of]) => [name, { ...of, rate: rateOf(of) }]))
}

const figures: Omit<Command, 'name' | 'parent'> = {
  summary: 'show size and hit figures of the cache',
  description:
    'Prints hits, misses, stale answers handed out and the hit rate, per class of answer and per registry, and the size against its cap.',
  examples: [{ line: 'souk cache stats --json', text: 'figures for a script' }],
  arguments: [],
  options: [],
  module: 'cache',
  async run(context) {
    const stats = await (await context.market()).cache.stats()
    const all = { ...stats, byClass: rated(stats.byClass), byRegistry: rated(stats.byRegistry) }
    answer(context, all, () => {
      say(
        context,
        `${counted(all.entries, 'entry', 'entries')}, ${bytesText(all.storedBytes)} of ${bytesText(all.maxBytes)}${all.path ? ` in ${all.path}` : ` (${all.store})`}`,
      )
      say(
        context,
        `hits ${all.hits}, misses ${all.misses}, stale ${all.staleServed}, rate ${Math.round(all.rate * 100)}%`,
      )
      const rows = [
        ...Object.entries(all.byClass).map(([name, of]) => ({ ...of, name, what: 'class' })),
        ...Object.entries(all.byRegistry).map(([name, of]) => ({ ...of, name, what: 'registry' })),
      ]
      if (rows.length === 0) return
      say(context)
      printTable(context, rows, [
        { title: 'OF', of: (row) => row.what, give: 3 },
        { title: 'NAME', of: (row) => row.name, give: 0 },
        { title: 'HITS', of: (row) => String(row.hits), align: 'right', give: 1, least: 4 },
        { title: 'MISSES', of: (row) => String(row.misses), align: 'right', give: 1 },
        { title: 'STALE', of: (row) => String(row.staleServed), align: 'right', give: 2, least: 5 },
        { title: 'RATE', of: (row) => `${Math.round(row.rate * 100)}%`, align: 'right', give: 3, least: 4 },
      ])
    })
  },
}

const clear: Command = {
  ...SHARED,
  name: 'clear',
  summary: 'remove cached answers by pattern',
  description:
    'Removes the entries whose key matches. Keys read class:registry:rest, such as search:official:ab12; * stands for anything.',
  examples: [
    { line: "souk cache clear 'search:official:*'", text: 'the searches of one registry' },
    { line: "souk cache clear '*'", text: 'everything' },
  ],
  arguments: [{ name: 'pattern', summary: 'keys to remove, with * for anything', isRequired: true }],
  async run(context, [pattern = '']) {
    const removed = await (await context.market()).cache.clear(pattern)
    answer(context, { pattern, removed }, () => say(context, `removed ${counted(removed, 'entry', 'entries')}`))
  },
}

const prune: Command = {
  ...SHARED,
  name: 'prune',
  summary: 'remove cached answers that are too old to use',
  description: 'Removes entries past their lifetime and past the time they are kept for when a registry fails.',
  examples: [{ line: 'souk cache prune', text: 'prints how many entries and bytes went' }],
  async run(context) {
    const gone = await (await context.market()).cache.prune()
    answer(context, gone, () =>
      say(context, `removed ${counted(gone.entries, 'entry', 'entries')}, ${bytesText(gone.bytes)}`),
    )
  },
}

const warm: Command = {
  ...SHARED,
  name: 'warm',
  summary: 'fill the cache, to work without the registries later',
  description: `Asks every enabled registry for its catalogue, its categories and its ${WARM_ITEMS} most downloaded items. Afterwards search works with all registries stopped.`,
  examples: [{ line: 'souk cache warm && souk search sql --offline', text: 'before a journey' }],
  exits: [EXIT.unreachable],
  async run(context) {
    const { sources, items } = await withProgress(context, 'Filling the cache ...', async (tell) => {
      const market = await context.market()
      const asking = { ...askingOf(context), refresh: true }
      const sources = await market.registries.survey(asking)
      tell('Filling the cache: categories ...')
      await market.categories(asking)
      let ids: string[] = []
      const query = { ...queryOf([], {}, WARM_ITEMS), sort: 'downloads' as const }
      for await (const catalog of market.search(query, asking)) ids = catalog.rows.map((row) => row.listing.id)
      let items = 0
      for (const id of ids) {
        tell(`Filling the cache: ${items} of ${ids.length} items ...`)
        // One item that cannot be read is no reason to leave the rest cold; it shows as not counted.
        items += await market.details(id, { signal: context.signal }).then(
          () => 1,
          () => 0,
        )
        context.signal.throwIfAborted()
      }
      return { sources, items }
    })
    answer(context, { sources: sources.map(sourceOf), items }, () => {
      const answered = sources.filter((source) => !hasFailed(source) && source.state !== 'disabled').length
      say(context, `${counted(answered, 'registry', 'registries')} answered; ${counted(items, 'item')} read in full`)
    })
    for (const trouble of troubleOf(sources)) warn(context, trouble)
    return sources.length > 0 && sources.every((source) => hasFailed(source) || source.state === 'disabled')
      ? EXIT.unreachable
      : EXIT.ok
  },
}

export const CACHE_COMMANDS: readonly Command[] = [
  { ...figures, name: 'cache', summary: 'look at and clear cached answers', seeAlso: ['registries'] },
  { ...figures, name: 'stats', parent: 'cache' },
  clear,
  prune,
  warm,
]
