import { bytesText } from '../model/bytes-text.ts'
import pLimit from 'p-limit'
import type { Source } from '../model/catalog.ts'
import { EXIT } from '../model/errors.ts'
import { hasFailed, sourceOf, troubleOf } from './answers.ts'
import type { Command, CommandContext } from './command.ts'
import { answer, printTable, say, warn, withProgress } from './output.ts'
import { askingOf, queryOf } from './search.ts'
import { countOf } from './values.ts'
import { counted } from './words.ts'

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

/** One registry after warming: how it answered, and how many of its items were read in full. */
interface Warmed {
  source: Source
  read: number
  wanted: number
}

/**
 * Asks every registry for its catalogue and categories, then for the items most downloaded there. What is fresh in the
 * cache is not asked again, so that a run that was stopped goes on where it was; --refresh asks for all.
 */
async function warmAll(context: CommandContext, most: number, tell: (text: string) => void): Promise<Warmed[]> {
  const market = await context.market()
  const asking = askingOf(context)
  let sources: readonly Source[] = []
  const everything = market.search(queryOf([], {}, 0), { ...asking, lastOnly: true })
  for await (const catalog of everything) sources = catalog.sources
  tell('Filling the cache: categories ...')
  await market.categories(asking)
  const limit = pLimit(market.loaded.settings.concurrency.downloads)
  const warmOne = async (source: Source): Promise<Warmed> => {
    const { registry } = source
    const query = { ...queryOf([], {}, most), sort: 'downloads' as const, filters: { registry: [registry] } }
    const isTheirs = (row: { listing: { id: string } }): boolean => row.listing.id.startsWith(`${registry}/`)
    const offers = market.peek(query).rows.flatMap((row) => [row, ...row.offers.map((listing) => ({ listing }))])
    const ids = [...new Set(offers.filter(isTheirs).map((row) => row.listing.id))]
    let read = 0
    let done = 0
    const readOne = async (id: string): Promise<void> => {
      context.signal.throwIfAborted()
      // One item that cannot be read is no reason to leave the rest cold; it shows as not counted.
      const isRead = await market.details(id, asking).then(
        () => true,
        () => false,
      )
      if (isRead) read++
      tell(`Filling the cache: ${registry}, ${++done} of ${ids.length} items ...`)
    }
    await Promise.all(ids.map((id) => limit(() => readOne(id))))
    return { source, read, wanted: ids.length }
  }
  const isSilent = (source: Source): boolean => hasFailed(source) || source.state === 'disabled'
  const warmed: Warmed[] = []
  for (const source of sources) warmed.push(isSilent(source) ? { source, read: 0, wanted: 0 } : await warmOne(source))
  context.signal.throwIfAborted()
  return warmed
}

const warm: Command = {
  ...SHARED,
  name: 'warm',
  summary: 'fill the cache, to work without the registries later',
  description: `Asks every enabled registry for its catalogue and its categories, and for everything about its ${WARM_ITEMS} most downloaded items, under the limits of each. Afterwards search, browse and show work with all registries stopped. Stopped and run again, it goes on where it was.`,
  examples: [
    { line: 'souk cache warm && souk search sql --offline', text: 'before a journey' },
    { line: 'souk cache warm --items 0 --refresh', text: 'every item, also what is fresh' },
  ],
  options: [
    {
      flag: '--items',
      value: 'N',
      summary: 'items of each registry read in full; 0 for all',
      preset: String(WARM_ITEMS),
    },
  ],
  exits: [EXIT.unreachable],
  async run(context, _args, values) {
    const most = countOf(values, 'items') ?? WARM_ITEMS
    const warmed = await withProgress(context, 'Filling the cache ...', (tell) => warmAll(context, most, tell))
    const sources = warmed.map((one) => one.source)
    const items = warmed.reduce((sum, one) => sum + one.read, 0)
    const value = { sources: warmed.map((one) => ({ ...sourceOf(one.source), read: one.read })), items }
    answer(context, value, () => {
      const asked = warmed.filter(({ source }) => source.state !== 'disabled')
      printTable(context, asked, [
        { title: 'REGISTRY', of: ({ source }) => source.registry, give: 1, least: 8 },
        { title: 'STATE', of: ({ source }) => source.state, give: 2 },
        { title: 'ITEMS', of: ({ source }) => String(source.items), align: 'right', give: 3 },
        { title: 'READ', of: ({ read, wanted }) => `${read} of ${wanted}`, align: 'right', give: 3 },
      ])
      say(context)
      const answered = asked.filter(({ source }) => !hasFailed(source)).length
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
