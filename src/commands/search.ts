import { badgeOf, markOf } from '../model/registry-mark.ts'
import type { SearchOptions } from '../marketplace.ts'
import type { Catalog, Row } from '../model/catalog.ts'
import { EXIT, usage, type ExitCode } from '../model/errors.ts'
import type { Query } from '../model/query.ts'
import { FACETS, KINDS, SORTS, type FacetName, type Sort } from '../model/vocabulary.ts'
import { exitOf, searchAnswer, troubleOf, versionText, type ViewMode } from './answers.ts'
import type { Command, CommandContext, CommandOption } from './command.ts'
import { askedLines, askedOf, requestsOf, type Asked } from './explain.ts'
import { answer, outputWidth, printTable, say, strong, warn, withProgress } from './output.ts'
import type { Column } from './table.ts'
import { countOf, dateOf, isSet, listOf, textOf, type Values } from './values.ts'
import { ageText, counted, dayText } from './words.ts'

const VIEWS = ['list', 'grid', 'detailed'] as const
const MANY = { isMany: true } as const

/** Every facet and every way to order, as flags. */
const QUERY_OPTIONS: readonly CommandOption[] = [
  { flag: '--category', value: 'NAME', summary: 'only items of this category', ...MANY, completes: 'category' },
  { flag: '--tag', value: 'NAME', summary: 'only items with this tag', ...MANY, completes: 'tag' },
  { flag: '--all-tags', summary: 'items must have all the tags given, not one of them' },
  { flag: '--author', value: 'NAME', summary: 'only items by this author', ...MANY, completes: 'author' },
  { flag: '--registry', value: 'NAME', summary: 'only items of this registry', ...MANY, completes: 'registry' },
  { flag: '--kind', value: 'KIND', summary: `only this kind, such as ${KINDS.join(', ')}`, ...MANY, completes: 'kind' },
  { flag: '--license', value: 'ID', summary: 'only this licence, an SPDX id', ...MANY, completes: 'license' },
  { flag: '--verified', summary: 'only items their registry calls verified' },
  { flag: '--language', value: 'NAME', summary: 'only items in this language', ...MANY, completes: 'language' },
  { flag: '--service', value: 'NAME', summary: 'only items that use this service', ...MANY, completes: 'service' },
  { flag: '--updated-since', value: 'DATE', summary: 'only items updated on or after this day' },
  { flag: '--updated-before', value: 'DATE', summary: 'only items updated on or before this day' },
  { flag: '--min-downloads', value: 'N', summary: 'only items downloaded at least so often' },
  { flag: '--max-downloads', value: 'N', summary: 'only items downloaded at most so often' },
  { flag: '--min-score', value: 'N', summary: 'only items with at least this quality score' },
  { flag: '--installed', summary: 'only items that are installed here' },
  { flag: '--exclude', value: 'WORD', summary: 'no items that hold this word', ...MANY },
  { flag: '--sort', value: 'BY', summary: 'what to order by', choices: SORTS, preset: 'relevance' },
  { flag: '--order', value: 'WAY', summary: 'ascending or descending', choices: ['asc', 'desc'] },
  { flag: '--page', value: 'N', summary: 'which page, from 1' },
  { flag: '--page-size', value: 'N', summary: 'rows a page' },
  { flag: '--limit', value: 'N', summary: 'at most so many rows; 0 for all' },
  { flag: '--no-merge', summary: 'one row per registry instead of one row per item' },
  { flag: '--explain', summary: 'say why each row matched, and what each registry was asked' },
  { flag: '--view', value: 'MODE', summary: 'how to print the rows', choices: VIEWS, preset: 'list' },
]

/** The question that the words and flags ask. `pageSize` is used when no flag says otherwise. */
export function queryOf(words: readonly string[], values: Values, pageSize: number): Query {
  const limit = countOf(values, 'limit') ?? countOf(values, 'page-size') ?? pageSize
  const page = countOf(values, 'page', 1) ?? 1
  if (page > 1 && limit === 0) throw usage('--page and --limit 0 do not go together: all rows are on page 1.')
  const filters: Partial<Record<FacetName, string[]>> = {}
  for (const facet of FACETS) {
    const chosen = facet === 'verified' ? (isSet(values, facet) ? ['true'] : []) : listOf(values, facet)
    if (chosen.length > 0) filters[facet] = chosen
  }
  const order = textOf(values, 'order')
  const text = words.join(' ')
  if (text.length > 1000) throw usage('The search text is longer than 1000 characters.')
  const since = dateOf(values, 'updated-since')
  const before = dateOf(values, 'updated-before')
  const least = countOf(values, 'min-downloads')
  const most = countOf(values, 'max-downloads')
  const score = countOf(values, 'min-score')
  const exclude = listOf(values, 'exclude')
  return {
    text,
    filters,
    allTags: isSet(values, 'all-tags'),
    sort: (textOf(values, 'sort') ?? 'relevance') as Sort,
    offset: (page - 1) * limit,
    limit,
    noMerge: isSet(values, 'no-merge'),
    ...(order === 'asc' || order === 'desc' ? { order } : {}),
    ...(since === undefined ? {} : { updatedSince: since }),
    ...(before === undefined ? {} : { updatedBefore: before }),
    ...(least === undefined ? {} : { minDownloads: least }),
    ...(most === undefined ? {} : { maxDownloads: most }),
    ...(score === undefined ? {} : { minScore: score }),
    ...(exclude.length > 0 ? { exclude } : {}),
    ...(isSet(values, 'installed') ? { installedOnly: true } : {}),
  }
}

/** How the engine is to ask, from the global flags. */
export const askingOf = (context: CommandContext): Required<Omit<SearchOptions, 'lastOnly'>> => ({
  signal: context.signal,
  refresh: context.global.refresh,
  offline: context.global.offline,
})

interface Answered {
  catalog: Catalog
  asked: Asked[]
}

/** Asks and answers the complete catalog, and what it took. */
async function completeCatalog(context: CommandContext, query: Query): Promise<Answered> {
  return withProgress(context, 'Opening the market ...', async (tell) => {
    const market = await context.market()
    const settled = new Set<string>()
    const stop = market.on('registry.settled', ({ registry }) =>
      tell(`Searching: ${counted(settled.add(registry).size, 'registry', 'registries')} answered ...`),
    )
    const ask = async (): Promise<Catalog> => {
      let last: Catalog | undefined
      for await (const catalog of market.search(query, { ...askingOf(context), lastOnly: true })) last = catalog
      return last ?? market.peek(query)
    }
    try {
      const { done: catalog, requests } = await requestsOf(market, ask)
      return { catalog, asked: askedOf(catalog, requests) }
    } finally {
      stop()
    }
  })
}

/** Prints a catalog and what went wrong on the way; answers the exit code. */
function printCatalog(context: CommandContext, { catalog, asked }: Answered, values: Values): ExitCode {
  const view = (textOf(values, 'view') ?? 'list') as ViewMode
  const isExplained = isSet(values, 'explain')
  const now = context.system.clock.now()
  const value = { ...searchAnswer(catalog, view, { isExplained, now }), ...(isExplained ? { asked } : {}) }
  answer(context, value, () => {
    if (catalog.rows.length === 0) printNothing(context, catalog)
    else printRows(context, catalog, view, isExplained)
    if (!isExplained) return
    say(context)
    for (const line of askedLines(asked, catalog.sources)) say(context, line)
  })
  for (const trouble of troubleOf(catalog.sources)) warn(context, trouble)
  if (context.global.verbose)
    for (const source of catalog.sources)
      warn(
        context,
        `${source.registry}: ${source.state}, ${counted(source.items, 'item')}, ${Math.round(source.ms)} ms`,
      )
  return exitOf(catalog, context.global.strict)
}

function printNothing(context: CommandContext, catalog: Catalog): void {
  say(context, 'Nothing found.')
  const [worst] = catalog.nothing?.excluded ?? []
  if (worst) say(context, `The filter ${worst.filter} keeps out ${counted(worst.rows, 'row')}.`)
  const nearest = catalog.nothing?.nearest ?? []
  if (nearest.length > 0) say(context, `Nearest names: ${nearest.join(', ')}.`)
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'ID', of: (row) => row.listing.id, give: 1, least: 24 },
  { title: 'KIND', of: (row) => row.listing.kind, give: 4 },
  { title: 'VERSION', of: (row) => versionText(row.listing), give: 2, least: 12 },
  { title: 'TYPE', of: (row) => markOf(row.listing.registryType), give: 10 },
  { title: 'STATE', of: stateOf, give: 3 },
  { title: 'DESCRIPTION', of: (row) => row.listing.description, give: 9, least: 12 },
]

function stateOf(row: Row): string {
  const badge = badgeOf(row.listing)
  const parts = [
    ...(row.installed ? [row.installedVersion ? `installed ${row.installedVersion}` : 'installed'] : []),
    ...(badge === undefined ? [] : [badge]),
    ...(row.offers.length > 1 ? [`${row.offers.length} sources`] : []),
    ...(row.staleMs === undefined ? [] : [`${ageText(row.staleMs)} old`]),
  ]
  return parts.join(', ')
}

function printRows(context: CommandContext, catalog: Catalog, view: ViewMode, isExplained: boolean): void {
  const why: Column<Row> = {
    title: 'WHY',
    of: (row) => row.reasons.map((reason) => `${reason.term} in ${reason.field} (${reason.how})`).join(', '),
    give: 5,
    least: 12,
  }
  if (view === 'list') printTable(context, catalog.rows, isExplained ? [...COLUMNS, why] : COLUMNS)
  else if (view === 'grid') printGrid(context, catalog.rows)
  else for (const row of catalog.rows) printDetailed(context, row, isExplained ? why.of(row) : '')
  const from = catalog.query.offset + 1
  say(context)
  say(context, `${from}-${from + catalog.rows.length - 1} of ${counted(catalog.total, 'item')}`)
}

function printGrid(context: CommandContext, rows: readonly Row[]): void {
  const width = outputWidth(context) || 100
  const across = Math.max(1, Math.floor(width / 34))
  const lines = Array.from({ length: Math.ceil(rows.length / across) }, (_, index) =>
    rows.slice(index * across, (index + 1) * across),
  )
  const columns = Array.from({ length: across }, (_, index): Column<Row[]> => ({
    title: '',
    of: (line) => {
      const row = line[index]
      if (!row) return ''
      const { id, version = '', verified } = row.listing
      return `${row.installed ? '*' : ' '}${id} ${version}${verified === true ? ' verified' : ''}`
    },
    least: Math.floor((width - (across - 1) * 2) / across),
  }))
  printTable(context, lines, columns)
}

function printDetailed(context: CommandContext, row: Row, why: string): void {
  const { listing } = row
  say(context, strong(context, `${listing.id} ${listing.version ?? ''}`.trimEnd()))
  if (listing.title !== listing.name) say(context, `  ${listing.title}`)
  if (listing.description) say(context, `  ${listing.description}`)
  const facts = [listing.kind, listing.author, listing.license, dayText(listing.updatedAt), stateOf(row)]
  say(context, `  ${facts.filter(Boolean).join(' | ')}`)
  const words = [...listing.categories, ...listing.tags]
  if (words.length > 0) say(context, `  ${words.join(', ')}`)
  if (why) say(context, `  matched: ${why}`)
  say(context)
}

export const search: Command = {
  name: 'search',
  summary: 'search every registry at once',
  description:
    'Asks all enabled registries at the same time and prints one merged list: the same item from several registries is one row. A registry that fails is named on standard error and the rest is shown; cached answers are used where there are any, with their age.\n\nSeveral values of one facet mean "either"; different facets narrow each other. Without text everything is listed.',
  examples: [
    { line: 'souk search kubernetes', text: 'everything about kubernetes, best match first' },
    { line: 'souk search --category ml --category data --verified', text: 'verified items of either category' },
    { line: 'souk search sql --json | jq -r ".results[].id"', text: 'ids only, for a script' },
  ],
  arguments: [{ name: 'text', summary: 'words to look for; typing errors are forgiven', isMany: true }],
  options: QUERY_OPTIONS,
  exits: [EXIT.unreachable],
  seeAlso: ['list', 'browse', 'show'],
  module: 'search',
  run: async (context, args, values) =>
    printCatalog(context, await completeCatalog(context, queryOf(args, values, 20)), values),
}

export const list: Command = {
  name: 'list',
  summary: 'list the items of all registries',
  description:
    'Lists what is on offer, by name, 50 to a page; --limit 0 prints everything. Takes the same facet flags as search.',
  examples: [
    { line: 'souk list --limit 0 --json', text: 'the whole market as one JSON object' },
    { line: 'souk list --registry official --kind template', text: 'templates of one registry' },
  ],
  arguments: [],
  options: QUERY_OPTIONS.map((option) => (option.flag === '--sort' ? { ...option, preset: 'name' } : option)),
  exits: [EXIT.unreachable],
  seeAlso: ['search', 'installed'],
  module: 'search',
  run: async (context, _args, values) =>
    printCatalog(context, await completeCatalog(context, queryOf([], values, 50)), values),
}
