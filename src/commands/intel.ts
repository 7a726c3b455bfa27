import { EXIT } from '../model/errors.ts'
import type { ToldIntel } from '../model/intel.ts'
import { sourceOf, troubleOf } from './answers.ts'
import type { Command, CommandContext } from './command.ts'
import { answer, printTable, say, sayText, strong, warn, withProgress } from './output.ts'
import { askingOf } from './search.ts'
import { ageText, counted, dayText } from './words.ts'

const LABEL = 12
const number = (count: number | undefined): string => count?.toLocaleString('en-US') ?? '-'
const ratingOf = ({ rating, ratingCount }: { rating?: number; ratingCount?: number }): string =>
  rating === undefined ? '-' : `${rating}${ratingCount === undefined ? '' : ` (${number(ratingCount)})`}`

/** What is known of the market around an item, as labels and sentences. */
function factsOf({ demand, field, kind, state, askedAt, ageMs, sources }: ToldIntel): [string, string][] {
  const { downloads, place, rating } = demand
  const age = state === 'fresh' ? 'just now' : `${ageText(ageMs)} ago, ${state}`
  const answered = sources.filter((one) => one.items > 0).length
  const told = (registries: number): string => `told by ${counted(registries, 'registry', 'registries')}`
  const facts: [string, string | undefined][] = [
    [
      'Asked',
      `${askedAt.slice(0, 16).replace('T', ' ')} UTC (${age}); ${counted(answered, 'registry', 'registries')} had goods`,
    ],
    [
      'Downloads',
      downloads
        ? `${number(downloads.total)}, ${told(downloads.registries)}${place ? `; place ${place.place} of ${place.of} goods of this kind that tell theirs` : ''}`
        : 'no registry tells them',
    ],
    [
      'Rating',
      rating
        ? `${rating.mean.toFixed(1)} of 5 by ${counted(rating.count, 'rating')}, ${told(rating.registries)}`
        : 'no registry tells one',
    ],
    [
      'Field',
      `${counted(field.goods, 'item')} of kind ${kind} in ${counted(field.registries, 'registry', 'registries')}`,
    ],
    ['', field.categories.map(({ name, goods }) => `${goods} of them in ${name}`).join(', ')],
    ['Price', 'no registry tells one'],
  ]
  return facts.filter((fact): fact is [string, string] => Boolean(fact[1]))
}

function printIntel(context: CommandContext, intel: ToldIntel): void {
  say(context, strong(context, intel.id))
  for (const [label, text] of factsOf(intel)) sayText(context, text, label.padEnd(LABEL))
  say(context)
  printTable(context, intel.offers, [
    { title: 'OFFERED AS', of: (one) => one.id, give: 0 },
    { title: 'VERSION', of: (one) => one.version ?? '-', give: 1 },
    { title: 'VERSIONS', of: (one) => String(one.versions), align: 'right', give: 4, least: 8 },
    { title: 'UPDATED', of: (one) => dayText(one.updatedAt) || '-', give: 3, least: 10 },
    { title: 'DOWNLOADS', of: (one) => number(one.downloads), align: 'right', give: 2, least: 9 },
    { title: 'RATING', of: (one) => ratingOf(one), give: 5, least: 6 },
    { title: 'LICENCE', of: (one) => one.license ?? '-', give: 6, least: 7 },
  ])
  say(context)
  if (intel.similar.length === 0) return say(context, 'Nothing like it is known.')
  printTable(context, intel.similar, [
    { title: 'SIMILAR', of: (one) => one.id, give: 0 },
    { title: 'VERSION', of: (one) => one.version ?? '-', give: 1 },
    { title: 'DOWNLOADS', of: (one) => number(one.downloads), align: 'right', give: 2, least: 9 },
    { title: 'RATING', of: (one) => ratingOf(one), give: 3, least: 6 },
    { title: 'IN COMMON', of: (one) => one.shared.join(', ') || 'its name', give: 4, least: 10 },
  ])
}

export const intel: Command = {
  name: 'intel',
  summary: 'tell what the registries say of the market around an item',
  description:
    'Puts together what the registries really say of an item: who offers it and in how many versions, downloads and ratings, how large its field is, and what is like it. Nothing is estimated. An account is kept for cache.ttl.marketIntel (6 h); --refresh asks anew.',
  examples: [{ line: 'souk intel web-app --json', text: 'with sources and time, for a script' }],
  arguments: [{ name: 'id', summary: 'a name, or registry/name', isRequired: true, completes: 'item' }],
  options: [],
  exits: [EXIT.unreachable, EXIT.auth],
  seeAlso: ['show', 'versions'],
  module: 'search',
  async run(context, [id = '']) {
    const told = await withProgress(context, `Asking for ${id} and what is like it ...`, async () =>
      (await context.market()).intel(id, askingOf(context)),
    )
    for (const trouble of troubleOf(told.sources)) warn(context, trouble)
    answer(context, { ...told, price: null, sources: told.sources.map(sourceOf) }, () => printIntel(context, told))
  },
}
