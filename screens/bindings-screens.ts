import { facetLines } from '../components/facet-panel.ts'
import { planTroubles } from '../src/session/slices/install.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import { SORTS } from '../src/model/query.ts'
import type { Session } from '../src/session/session.ts'
import { chosenListing } from './bindings-items.ts'
import { goToDetails } from './going.ts'
import type { Binding } from './keymap.ts'

const routeId = (session: Session): string => currentRoute(session.store.getState()).id ?? ''

function pickSort(session: Session): void {
  const { catalog, sort } = session.store.getState().search
  const sorts = catalog?.sorts ?? SORTS.map((id) => ({ id, label: id }))
  session.view.pick({
    title: `Sort by (now ${sort})`,
    items: sorts.map(({ id, label }) => ({ label, value: id })),
    onPick(value) {
      const chosen = SORTS.find((one) => one === value)
      if (chosen) session.search.setSort(chosen)
    },
  })
}

function toggleFacet(session: Session): void {
  const { catalog, facetIndex } = session.store.getState().search
  const line = catalog && facetLines(catalog.facets)[facetIndex]
  if (line?.value !== undefined) session.search.toggleFilter(line.facet, line.value)
}

/** Why there is nothing to answer on the install screen. */
function noQuestion(session: Session): string | undefined {
  const { stage, plan } = session.store.getState().install
  if (stage !== 'asking' || !plan) return 'nothing is asked'
  if (planTroubles(plan).length) return 'it cannot be done'
  return plan.changes.every((change) => change.action === 'keep') ? 'there is nothing to do' : undefined
}

/** Keys of the screens that show goods. */
export const screenBindings: readonly Binding[] = [
  {
    id: 'type',
    keys: ['/'],
    screens: ['search'],
    text: 'type to search; letters go into the box',
    command: 'search TEXT',
    hint: 'search',
    run: (session) => session.search.setFocus('box'),
  },
  {
    id: 'facets',
    keys: ['f'],
    screens: ['search'],
    text: 'filters with counts',
    hint: 'filters',
    run: (session) => session.search.toggleFacets(),
  },
  {
    id: 'pane',
    keys: ['tab', 'shift-tab'],
    screens: ['search'],
    text: 'between list and filters',
    off: (session) => (session.store.getState().search.isFacetsOpen ? undefined : 'the filters are closed'),
    run(session) {
      const { focus } = session.store.getState().search
      session.search.setFocus(focus === 'facets' ? 'list' : 'facets')
    },
  },
  { id: 'sort', keys: ['o'], screens: ['search'], text: 'sort by', hint: 'sort', run: pickSort },
  {
    id: 'view',
    keys: ['v'],
    screens: ['search', 'browse'],
    text: 'lines or cards',
    hint: 'view',
    run: (session) => session.view.cycleMode(),
  },
  {
    id: 'preview',
    keys: ['p'],
    screens: ['search'],
    text: 'show or hide the preview of the item',
    run: (session) => session.search.togglePreview(),
  },
  {
    id: 'nextPage',
    keys: ['n', ']'],
    screens: ['search'],
    text: 'next page of the results',
    run: (session) => session.search.nextPage(),
  },
  {
    id: 'previousPage',
    keys: ['N', '['],
    screens: ['search'],
    text: 'previous page of the results',
    run: (session) => session.search.previousPage(),
  },
  {
    id: 'retry',
    keys: ['r'],
    screens: ['search'],
    text: 'ask the registries again',
    command: 'search --refresh',
    hint: 'refresh',
    run: (session) => void session.search.search(true),
  },
  {
    id: 'openNode',
    keys: ['enter', 'right', 'l'],
    screens: ['browse'],
    text: 'open the kind, the category, the item',
    command: 'show ID',
    hint: 'open',
    run(session) {
      const { focus } = session.store.getState().browse
      if (focus === 'tree') return session.browse.enter()
      const listing = chosenListing(session)
      if (listing) goToDetails(session, listing.id)
    },
  },
  {
    id: 'tree',
    keys: ['left', 'h'],
    screens: ['browse'],
    text: 'to the tree',
    run: (session) => session.browse.setFocus('tree'),
  },
  {
    id: 'browsePane',
    keys: ['tab', 'shift-tab'],
    screens: ['browse'],
    text: 'between tree and list',
    hint: 'pane',
    run: (session) => session.browse.setFocus(session.store.getState().browse.focus === 'tree' ? 'list' : 'tree'),
  },
  {
    id: 'reloadBrowse',
    keys: ['r'],
    screens: ['browse'],
    text: 'ask the registries again',
    run: (session) => void session.browse.load(true),
  },
  {
    id: 'nextTab',
    keys: ['tab', 'right', 'l'],
    screens: ['details'],
    text: 'next tab',
    hint: 'next tab',
    run: (session) => session.details.turnTab(routeId(session), 1),
  },
  {
    id: 'previousTab',
    keys: ['shift-tab', 'left', 'h'],
    screens: ['details'],
    text: 'previous tab',
    run: (session) => session.details.turnTab(routeId(session), -1),
  },
  {
    id: 'reloadDetails',
    keys: ['r'],
    screens: ['details'],
    text: 'ask the registries again',
    run: (session) => void session.details.load(routeId(session), true),
  },
  {
    id: 'yes',
    keys: ['y'],
    screens: ['install'],
    text: 'do it',
    command: 'install ID --yes',
    hint: 'yes',
    off: noQuestion,
    run: (session) => void session.install.start(),
  },
  {
    id: 'answer',
    keys: ['enter'],
    screens: ['install'],
    text: 'take the marked answer',
    run(session) {
      if (noQuestion(session) === undefined && session.store.getState().install.isYes) void session.install.start()
      else session.route.back()
    },
  },
  {
    id: 'no',
    keys: ['n'],
    screens: ['install'],
    text: 'leave everything as it is',
    hint: 'no',
    off: noQuestion,
    run: (session) => void session.route.back(),
  },
  {
    id: 'choose',
    keys: ['left', 'right', 'tab', 'shift-tab', 'h', 'l'],
    screens: ['install'],
    text: 'between yes and no',
    run: (session) => session.install.choose(!session.store.getState().install.isYes),
  },
  {
    id: 'again',
    keys: ['r'],
    screens: ['install'],
    text: 'work out the plan again',
    run(session) {
      const { action, ids } = session.store.getState().install
      void session.install.plan(action, ids)
    },
  },
  {
    id: 'check',
    keys: ['r'],
    screens: ['installed'],
    text: 'ask for newer versions',
    command: 'outdated',
    hint: 'check',
    run: (session) => void session.installed.check(true),
  },
]

/** Keys of the filter panel while it has the focus; they go before the list's. */
export const facetKeys: Record<string, (session: Session) => void> = {
  space: toggleFacet,
  enter: toggleFacet,
  escape: (session) => session.search.toggleFacets(),
}
