import { cellWidth, cut, wrap } from '../src/model/cells.ts'
import { markedType } from '../src/model/registry-mark.ts'
import type { Listing } from '../src/model/listing.ts'
import { qualityWords } from '../components/badge.ts'
import { fill, line, type Piece } from '../components/line.ts'
import { markdownLines } from '../components/markdown.ts'
import { bytesWord, countWord, durationWord, UNKNOWN } from '../components/words.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import { TABS, type Opened } from '../src/session/slices/details.ts'
import type { SessionState } from '../src/session/session.ts'
import type { Drawn, ScreenProps } from './routes.ts'

type Known = NonNullable<Opened['details']>
type Page = (props: ScreenProps, known: Known) => string[]

const put = (props: ScreenProps, ...pieces: Piece[]): string => line(props.theme, props.width, pieces)
const blank = (props: ScreenProps): string => put(props)
const paragraph = (props: ScreenProps, text: string, inset = 1): string[] =>
  wrap(text, Math.max(1, props.width - inset - 1)).map((one) => put(props, { text: ' '.repeat(inset) + one }))
const LABEL_CELLS = 13
/** A named fact; what is longer than the line goes on below it. */
const fact = (props: ScreenProps, label: string, text: string | undefined): string[] =>
  wrap(text || UNKNOWN, Math.max(1, props.width - LABEL_CELLS - 1)).map((one, index) =>
    put(props, { text: index === 0 ? ` ${label}` : '', width: LABEL_CELLS, role: 'muted' }, { text: one }),
  )

const overview: Page = (props, { listing, installation }) => [
  put(props, { text: ' ' }, ...qualityWords(listing)),
  ...fact(props, 'from', `${listing.registry} (${markedType(listing.registryType)})`),
  ...fact(props, 'author', listing.author),
  ...fact(props, 'licence', listing.license),
  ...fact(props, 'updated', listing.updatedAt?.slice(0, 10)),
  ...fact(props, 'downloads', countWord(listing.downloads)),
  ...fact(
    props,
    'rating',
    listing.rating === undefined ? undefined : `${listing.rating.toFixed(1)} (${countWord(listing.ratingCount)})`,
  ),
  ...fact(props, 'categories', listing.categories.join(', ')),
  ...fact(props, 'tags', listing.tags.join(', ')),
  ...fact(props, 'home', listing.homepage ?? listing.repository),
  ...(installation ? fact(props, 'installed', `${installation.version ?? ''} in ${installation.path}`) : []),
  blank(props),
  ...paragraph(props, listing.description || UNKNOWN),
  blank(props),
  ...(listing.readme === undefined ? [] : markdownLines(props.theme, props.width, listing.readme)),
]

const sizeOf = (listing: Listing, index: number): string => {
  const [artifact] = listing.releases[index]?.artifacts ?? []
  return artifact?.form === 'archive' ? bytesWord(artifact.size) : (artifact?.form ?? UNKNOWN)
}

const versions: Page = (props, { listing, installation }) =>
  listing.releases.length === 0
    ? paragraph(props, 'The registry names no versions.')
    : listing.releases.flatMap((release, index) => [
        put(
          props,
          { text: ` ${release.version || UNKNOWN}`, width: 18, role: 'strong' },
          { text: ` ${release.publishedAt?.slice(0, 10) ?? UNKNOWN}`, width: 13, role: 'muted' },
          { text: sizeOf(listing, index), width: 10 },
          { text: installation?.version === release.version ? 'installed' : '', role: 'ok' },
        ),
        ...(release.notes ? paragraph(props, release.notes, 3) : []),
      ])

const dependencies: Page = (props, { listing }) => {
  const release = listing.releases.find((one) => one.version === listing.version) ?? listing.releases[0]
  const needed = release?.dependencies ?? []
  const host = release?.requires ?? []
  const which = release?.version ? `Version ${release.version}` : 'It'
  if (needed.length + host.length === 0) return paragraph(props, `${which} needs nothing else.`)
  return [
    ...paragraph(props, `${which} needs:`),
    ...needed.map((one) =>
      put(
        props,
        { text: ` ${one.name}`, width: Math.min(40, Math.floor(props.width / 2)), role: 'strong' },
        { text: ` ${one.range}`, width: 18 },
        {
          text: [one.source, one.kind, one.optional === true ? 'optional' : ''].filter(Boolean).join(' '),
          role: 'muted',
        },
      ),
    ),
    ...host.flatMap((one) => fact(props, 'on the host', `${one.name} ${one.range}`)),
  ]
}

const needs: Page = (props, { listing }) => {
  const one = (item: { label: string; text: string }): string[] => [
    put(props, { text: ` ${item.label}`, role: 'heading' }),
    ...item.text.split('\n').flatMap((text) => paragraph(props, text, 3)),
    blank(props),
  ]
  if (listing.needs.length + listing.scripts.length === 0)
    return paragraph(props, 'It declares no needs and carries no scripts.')
  return [
    ...listing.needs.flatMap(one),
    ...(listing.scripts.length
      ? paragraph(props, 'A job of this item would run the following. Installing runs nothing.')
      : []),
    ...listing.scripts.flatMap(one),
  ]
}

const sources: Page = (props, known) => [
  ...fact(props, 'answer', known.state === 'fresh' ? 'fresh' : `${known.state}, ${durationWord(known.ageMs)} old`),
  ...known.offers.flatMap((offer) =>
    fact(props, offer.registry, `${offer.registryType}  ${offer.version ?? UNKNOWN}  ${offer.id}`),
  ),
  blank(props),
  ...known.sources.flatMap((one) => [
    put(
      props,
      { text: ` ${one.registry}`, width: 24, role: 'strong' },
      { text: ` ${one.state}`, width: 14, role: one.state === 'failed' ? 'error' : 'plain' },
      { text: one.reason === undefined ? `${Math.round(one.ms)} ms` : '', role: 'muted' },
    ),
    ...(one.reason === undefined ? [] : paragraph(props, one.reason, 3)),
  ]),
]

const PAGES: readonly Page[] = [overview, versions, dependencies, needs, sources]

/** A note where another registry had to tell what is shown. */
function elsewhereLines(props: ScreenProps, { elsewhere }: Opened): string[] {
  if (!elsewhere) return []
  const { told, registry } = elsewhere
  return wrap(`${told.text} What ${registry} says of it is shown.`, Math.max(1, props.width - 4)).map((text, index) =>
    put(props, { text: `${index === 0 ? ' ! ' : '   '}${text}`, role: 'warn' }),
  )
}

/** All lines of the open tab, however long; the screen shows a window of them. */
function tabLines(props: ScreenProps, opened: Opened | undefined): string[] {
  if (opened?.details)
    return [...elsewhereLines(props, opened), ...(PAGES[opened.tab] ?? overview)(props, opened.details)]
  if (opened?.error) return [...paragraph(props, opened.error.text), ...paragraph(props, opened.error.hint ?? '')]
  return paragraph(props, 'Asking the registries ...')
}

const openedOf = (state: SessionState): Opened | undefined => state.details.open[currentRoute(state).id ?? '']

/** How far the word is to be trusted: its age, and who could not be asked and may have it in another version. */
function missingNote(opened: Opened | undefined): string {
  const { details } = opened ?? {}
  const old = details?.state === 'stale' ? `  stale, ${durationWord(details.ageMs)} old` : ''
  const failed = details?.sources.filter((one) => one.state === 'failed' || one.state === 'unauthorised') ?? []
  return old + (failed.length ? `  not reached: ${failed.map((one) => one.registry).join(', ')}` : '')
}

/** Details of one item: tabs across the top, the open one below. */
export function detailsScreen(props: ScreenProps): Drawn {
  const opened = openedOf(props.state)
  const listing = opened?.details?.listing
  const height = Math.max(1, props.height - 3)
  const lines = tabLines(props, opened)
  const top = Math.min(opened?.scroll ?? 0, Math.max(0, lines.length - height))
  const tabs = TABS.map((tab, index): Piece => {
    const isOpen = index === (opened?.tab ?? 0)
    return { text: isOpen ? `[${tab}] ` : ` ${tab}  `, role: isOpen ? 'strong' : 'muted' }
  })
  const more = lines.length > height ? `${top + 1}-${Math.min(lines.length, top + height)} of ${lines.length}` : ''
  const title = ` ${listing?.title || listing?.name || (currentRoute(props.state).id ?? '')}`
  const facts = ` ${listing?.version ?? ''}  ${listing?.kind ?? ''}  ${more}`
  const note = missingNote(opened)
  // A long title gives way to what is said of it.
  const room = Math.max(12, props.width - cellWidth(facts) - cellWidth(note))
  const head = [
    put(props, { text: cut(title, room), role: 'heading' }, { text: facts }, { text: note, role: 'warn' }),
    put(props, ...tabs),
    blank(props),
  ]
  return { lines: [...head, ...fill(lines.slice(top), props.width, height)], listRows: height }
}

/** How long the open tab is, for scrolling keys. */
export const detailsLength = (props: ScreenProps): number => tabLines(props, openedOf(props.state)).length
