import type { Catalog, Source } from '../src/model/catalog.ts'
import { facetPanel } from '../components/facet-panel.ts'
import { beside, ends, fill, line, type Piece } from '../components/line.ts'
import { durationWord, plural } from '../components/words.ts'
import { chosenRow, type SearchState } from '../src/session/slices/search.ts'
import { splitOf } from './layout.ts'
import { previewLines } from './preview.ts'
import type { Drawn, ScreenProps } from './routes.ts'
import { drawRows, rowsThatFit } from './rows.ts'

const FACET_WIDTH = 30
const BAD: readonly Source['state'][] = ['failed', 'unauthorised', 'slow', 'stale']

/** `41-60 of 312`: the rows in the window among all that were found. */
function positionWord(search: SearchState, top: number, shown: number): string {
  const { catalog, offset } = search
  if (!catalog || catalog.rows.length === 0) return '0 of 0'
  return `${offset + top + 1}-${offset + Math.min(top + shown, catalog.rows.length)} of ${catalog.total}`
}

const filterWords = (search: SearchState): string =>
  Object.entries(search.filters)
    .flatMap(([facet, values]) => values.map((value) => `${facet}:${value}`))
    .join(' ')

/** Query, number of hits and who is still awaited. */
function statusLine(props: ScreenProps, position: string): string {
  const { search } = props.state
  const sources = search.catalog?.sources.filter((one) => one.state !== 'disabled') ?? []
  const late = sources.filter((one) => one.state === 'pending' && !isAskedAgain(props, one)).map((one) => one.registry)
  const marked = Object.keys(search.marked).length
  const left: Piece[] = [
    { text: ` ${search.text === '' ? 'all' : `"${search.text}"`}`, role: 'strong' },
    { text: ` ${plural(search.catalog?.total ?? 0, 'item')}` },
    ...(filterWords(search) ? [{ text: ` ${filterWords(search)}`, role: 'accent' as const }] : []),
    ...(marked ? [{ text: ` ${marked} marked`, role: 'warn' as const }] : []),
    ...(late.length
      ? [
          {
            text: ` ${sources.length - late.length} of ${plural(sources.length, 'registry').replace('registrys', 'registries')}, waiting for: ${late.join(', ')}`,
            role: 'warn' as const,
          },
        ]
      : []),
  ]
  return ends(props.theme, props.width, left, [{ text: `${search.sort}  ${position} `, role: 'muted' }])
}

/** Health of a registry as far as it is known. */
const healthOf = ({ state }: ScreenProps, registry: string) =>
  state.registries.list.find((one) => one.entry.name === registry)?.health

/** True for one that is asked again just now after it did not answer before: the banner stays instead of flickering. */
const isAskedAgain = (props: ScreenProps, source: Source): boolean =>
  source.state === 'pending' && healthOf(props, source.registry)?.state === 'down'

/** Who does not answer: why, since when or how old its answer is. */
function troubleWord(props: ScreenProps, source: Source): string {
  const { ageMs, registry, state } = source
  const health = healthOf(props, registry)
  const reason = (source.reason ?? health?.lastError)?.replace(/\.$/, '')
  const word = state === 'failed' || state === 'pending' ? '' : ` ${state}`
  const age = ageMs === undefined ? '' : `, answer ${durationWord(ageMs)} old`
  const since =
    health?.since === undefined || ageMs !== undefined
      ? ''
      : ` since ${new Date(health.since).toISOString().slice(11, 16)} UTC`
  return `${registry}${word}${since}${age}${reason === undefined ? '' : `: ${reason}`}`
}

/** One line when some registry did not answer: how many, who, since when and why, and the keys that help. */
function degradedLine(props: ScreenProps, catalog: Catalog | undefined): string | undefined {
  const { theme, width } = props
  const bad = catalog?.sources.filter((one) => BAD.includes(one.state) || isAskedAgain(props, one)) ?? []
  if (bad.length === 0) return undefined
  const what = width >= 60 ? '  r retries, 5 why ' : ' r, 5 '
  const who = bad.map((one) => troubleWord(props, one)).join('; ')
  return line(theme, width, [
    {
      text: ` ! ${bad.length} of ${catalog?.sources.length ?? 0} not answering: ${who}`,
      role: 'warn',
      width: Math.max(1, width - what.length),
    },
    { text: what, role: 'accent' },
  ])
}

/** What to say in place of rows. */
function emptyLines(props: ScreenProps): string[] {
  const { search } = props.state
  const { nothing } = search.catalog ?? {}
  const say = (text: string): string => line(props.theme, props.width, [{ text: ` ${text}` }])
  if (search.error) return [say(''), say(search.error.text), say(search.error.hint ?? '')]
  if (search.isSearching || !search.catalog) return [say(''), say('Asking the registries ...')]
  const excluded = nothing?.excluded[0]
  return [
    say(''),
    say(search.text === '' ? 'There is nothing here yet.' : `Nothing found for "${search.text}".`),
    ...(excluded
      ? [say(`The filter ${excluded.filter} keeps out ${plural(excluded.rows, 'row')}; f opens the filters.`)]
      : []),
    ...(nothing?.nearest.length ? [say(`Near: ${nothing.nearest.join(', ')}`)] : []),
  ]
}

/** A first visit, with nothing but the built-in goods: how to get more. */
function hintForNewcomers(props: ScreenProps): string[] {
  if (props.state.registries.list.some((one) => one.entry.protocol !== 'builtin' && one.entry.name !== 'builtin'))
    return []
  return [
    line(props.theme, props.width, [
      { text: ' Built-in goods only. Add a registry to your settings file; 5 shows where it is.', role: 'muted' },
    ]),
  ]
}

/** Search: home. The text field is drawn by the app above these lines. */
export function searchScreen(props: ScreenProps): Drawn {
  const { state, theme, width } = props
  const { search } = state
  const tips = search.suggestions.length
    ? [line(theme, width, [{ text: ` Tab: ${search.suggestions.join('  ')}`, role: 'muted' }])]
    : []
  const degraded = degradedLine(props, search.catalog)
  const notes = [...tips, ...(degraded === undefined ? [] : [degraded]), ...hintForNewcomers(props)]
  const height = Math.max(1, props.height - 2 - notes.length)
  const sideWidth = search.isFacetsOpen && width >= 70 ? FACET_WIDTH : 0
  const split = splitOf(width - (sideWidth ? sideWidth + 1 : 0), height)
  const previewHeight =
    search.isPreviewed && !split.isBeside && split.detailHeight === 0
      ? Math.min(8, Math.floor(height / 2))
      : split.detailHeight
  const listHeight = split.isBeside ? height : height - previewHeight
  const rows = drawRows({
    ...props,
    rows: search.catalog?.rows ?? [],
    cursor: search.cursor,
    marked: search.marked,
    width: split.listWidth,
    height: listHeight,
  })
  const listed = search.catalog?.rows.length
    ? rows.lines
    : fill(emptyLines({ ...props, width: split.listWidth }), split.listWidth, listHeight)
  const preview = previewLines(theme, split.detailWidth, split.isBeside ? height : previewHeight, chosenRow(search))
  let body = split.isBeside ? beside(theme, listed, preview) : [...listed, ...preview]
  const panel = {
    theme,
    height,
    facets: search.catalog?.facets,
    index: search.facetIndex,
    hasFocus: search.focus === 'facets',
  }
  if (search.isFacetsOpen && panel.facets) {
    if (sideWidth) body = beside(theme, facetPanel({ ...panel, facets: panel.facets, width: sideWidth }), body)
    else body = facetPanel({ ...panel, facets: panel.facets, width })
  }
  const lines = [statusLine(props, positionWord(search, rows.top, rows.shown)), ...notes, ...body]
  return { lines: fill(lines, width, props.height - 1), listRows: rowsThatFit(props, listHeight) }
}
