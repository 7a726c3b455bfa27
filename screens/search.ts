import { facetPanel } from '../components/facet-panel.ts'
import { beside, ends, fill, line, type Piece } from '../components/line.ts'
import { plural } from '../components/words.ts'
import { wrap } from '../src/model/cells.ts'
import { BUILTIN, type RegistryEntry } from '../src/model/registry-entry.ts'
import { chosenRow, type SearchState } from '../src/session/slices/search.ts'
import { splitOf, type Split } from './layout.ts'
import { previewLines } from './preview.ts'
import type { Drawn, ScreenProps } from './routes.ts'
import { drawRows, rowsThatFit } from './rows.ts'
import { degradedLine, isAskedAgain } from './trouble.ts'

const FACET_WIDTH = 30

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
            text: ` ${sources.length - late.length} of ${plural(sources.length, 'registry').replace('registrys', 'registries')}, ${search.isStopped ? 'stopped; r asks' : 'waiting for'}: ${late.join(', ')}`,
            role: 'warn' as const,
          },
        ]
      : []),
  ]
  return ends(props.theme, props.width, left, [{ text: `${search.sort}  ${position} `, role: 'muted' }])
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

/** Most lines of a banner: the place of a fault comes first in its sentence. */
const BANNER_LINES = 3

const isBuiltin = ({ name }: RegistryEntry): boolean => name === BUILTIN

/** A first visit, with nothing but the built-in goods: how to get more, or why there is no more. */
function hintForNewcomers(props: ScreenProps): string[] {
  const { settingsFault } = props.state.registries
  if (settingsFault !== undefined) {
    const text = `Built-in goods only, as the settings cannot be read: ${settingsFault}`
    const lines = wrap(text, props.width - 2).slice(0, BANNER_LINES)
    return lines.map((one) => line(props.theme, props.width, [{ text: ` ${one}`, role: 'warn' }]))
  }
  // What is only offered, or switched off, is not asked.
  if (props.state.registries.list.some(({ entry, about }) => about === undefined && entry.enabled && !isBuiltin(entry)))
    return []
  return [
    line(props.theme, props.width, [
      { text: ' Built-in goods only. Press 5 to enable a public registry, or to add your own.', role: 'muted' },
    ]),
  ]
}

/** The split as `p` leaves it: without the preview where there is one, with a short one below where there is none. */
function previewSplit(split: Split, isSwitched: boolean): Split {
  if (!isSwitched) return split
  const { listWidth, detailHeight, isBeside } = split
  if (isBeside) return { ...split, listWidth: listWidth + 1 + split.detailWidth, detailHeight: 0, isBeside: false }
  const height = split.listHeight + detailHeight
  const switched = detailHeight > 0 ? 0 : Math.min(8, Math.floor(height / 2))
  return { ...split, listHeight: height - switched, detailHeight: switched }
}

/** Search: home. The text field is drawn by the app above these lines. */
export function searchScreen(props: ScreenProps): Drawn {
  const { state, theme, width } = props
  const { search } = state
  // The line stays while one types: what arrives meanwhile must not move the rows.
  const tip = search.suggestions.length ? ` Tab: ${search.suggestions.join('  ')}` : ''
  const tips = search.focus === 'box' ? [line(theme, width, [{ text: tip, role: 'muted' }])] : []
  const notes = [...tips, ...hintForNewcomers(props)]
  const height = Math.max(1, props.height - 2 - notes.length)
  const sideWidth = search.isFacetsOpen && width >= 70 ? FACET_WIDTH : 0
  const split = previewSplit(splitOf(width - (sideWidth ? sideWidth + 1 : 0), height), search.isPreviewSwitched)
  const { listHeight } = split
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
  const preview = previewLines(theme, split.detailWidth, split.detailHeight, chosenRow(search))
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
  return {
    lines: fill(lines, width, props.height - 1),
    listRows: rowsThatFit(props, listHeight),
    banner: degradedLine(props, search.catalog),
  }
}
