import type { Listing } from '../src/model/listing.ts'
import { rowIds, chosenRow } from '../src/session/slices/search.ts'
import { chosenInstallation } from '../src/session/slices/installed.ts'
import { chosenRegistry } from '../src/session/slices/registries.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import type { Session } from '../src/session/session.ts'
import { goToDetails, goToPlan } from './going.ts'
import type { Binding } from './keymap.ts'

/** The item under the cursor, wherever the cursor is. */
export function chosenListing(session: Session): Listing | undefined {
  const state = session.store.getState()
  const { screen, id = '' } = currentRoute(state)
  if (screen === 'search') return chosenRow(state.search)?.listing
  if (screen === 'browse') return state.browse.focus === 'list' ? chosenRow(state.browse)?.listing : undefined
  if (screen === 'details') return state.details.open[id]?.details?.listing
  if (screen === 'installed') return chosenInstallation(state.installed)?.listing
  return undefined
}

/** The items an action is for: the marked ones, else the one under the cursor. */
function chosenIds(session: Session): string[] {
  const { search, installed } = session.store.getState()
  const { screen } = currentRoute(session.store.getState())
  const marked =
    screen === 'search' ? Object.keys(search.marked) : screen === 'installed' ? Object.keys(installed.marked) : []
  if (marked.length) return marked
  const id = screen === 'installed' ? chosenInstallation(installed)?.id : chosenListing(session)?.id
  return id === undefined ? [] : [id]
}

const noItem = (session: Session): string | undefined => (chosenIds(session).length ? undefined : 'no item is chosen')

function installedIds(session: Session): string[] {
  const have = new Set(session.store.getState().installed.items.map((item) => item.id))
  return chosenIds(session).filter((id) => have.has(id))
}
const notInstalled = (session: Session): string | undefined =>
  installedIds(session).length ? undefined : 'it is not installed'

/** What `y` copies on this screen. */
function copyText(session: Session): string | undefined {
  const state = session.store.getState()
  if (currentRoute(state).screen === 'registries') return chosenRegistry(state.registries)?.entry.url
  const ids = chosenIds(session)
  return ids.length ? ids.join(' ') : undefined
}

function act(session: Session, action: 'install' | 'update' | 'uninstall', ids: string[]): void {
  session.search.clearMarks()
  session.installed.clearMarks()
  goToPlan(session, action, ids)
}

const ITEM_SCREENS = ['search', 'browse', 'details'] as const

/** Keys that act on the item under the cursor, or on all marked ones. */
export const itemBindings: readonly Binding[] = [
  {
    id: 'open',
    keys: ['enter', 'd'],
    screens: ['search', 'installed'],
    text: 'open the details',
    command: 'show ID',
    hint: 'open',
    off: noItem,
    run(session) {
      const listing = chosenListing(session)
      if (listing) goToDetails(session, listing.id)
    },
  },
  {
    id: 'install',
    keys: ['i'],
    screens: ITEM_SCREENS,
    text: 'install it, or all marked items',
    command: 'install ID',
    hint: 'install',
    off: noItem,
    run: (session) => act(session, 'install', chosenIds(session)),
  },
  {
    id: 'update',
    keys: ['u'],
    screens: [...ITEM_SCREENS, 'installed'],
    text: 'update it to the newest version',
    command: 'update ID',
    hint: 'update',
    off: notInstalled,
    run: (session) => act(session, 'update', installedIds(session)),
  },
  {
    id: 'updateAll',
    keys: ['U'],
    screens: ['installed'],
    text: 'update everything',
    command: 'update',
    hint: 'update all',
    off: (session) => (session.store.getState().installed.items.length ? undefined : 'nothing is installed'),
    run: (session) => act(session, 'update', []),
  },
  {
    id: 'remove',
    keys: ['x'],
    screens: [...ITEM_SCREENS, 'installed'],
    text: 'remove it',
    command: 'uninstall ID',
    hint: 'remove',
    off: notInstalled,
    run: (session) => act(session, 'uninstall', installedIds(session)),
  },
  {
    id: 'generate',
    keys: ['g'],
    screens: ITEM_SCREENS,
    text: 'generate, validate and package from this template',
    command: 'run ID',
    hint: 'generate',
    off: (session) => (chosenListing(session)?.kind === 'template' ? undefined : 'it is not a template'),
    run(session) {
      const listing = chosenListing(session)
      if (!listing) return
      session.run.open(listing)
      session.route.go({ screen: 'run', id: listing.id })
    },
  },
  {
    id: 'mark',
    keys: ['space'],
    screens: ['search', 'installed'],
    text: 'mark it, to act on several at once',
    hint: 'mark',
    off: noItem,
    run(session) {
      const slice = currentRoute(session.store.getState()).screen === 'search' ? session.search : session.installed
      slice.toggleMark()
      slice.move(1)
    },
  },
  {
    id: 'copy',
    keys: ['y'],
    screens: [...ITEM_SCREENS, 'installed', 'registries'],
    text: 'copy the id, or the address of a registry, to the clipboard',
    hint: 'copy',
    off: (session) => (copyText(session) === undefined ? 'nothing is chosen' : undefined),
    run(session, program) {
      const text = copyText(session) ?? ''
      const isCopied = program.copy(text)
      session.notices.say(isCopied ? 'info' : 'warning', isCopied ? `copied ${text}` : 'That is too long to copy.')
    },
  },
  {
    id: 'markAll',
    keys: ['a'],
    screens: ['search'],
    text: 'mark all shown, or none',
    off: (session) => (rowIds(session.store.getState().search.catalog).length ? undefined : 'there are no rows'),
    run: (session) => session.search.toggleAllMarks(),
  },
]
