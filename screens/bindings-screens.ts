import { facetLines } from '../components/facet-panel.ts'
import { chosenJob, isLive } from '../src/session/slices/jobs.ts'
import { chosenRegistry } from '../src/session/slices/registries.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import { SORTS } from '../src/model/query.ts'
import type { Session } from '../src/session/session.ts'
import { chosenListing } from './bindings-items.ts'
import { goTo, goToDetails } from './going.ts'
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

function pickRegistryAction(session: Session): void {
  const status = chosenRegistry(session.store.getState().registries)
  if (!status) return
  const { name } = status.entry
  session.view.pick({
    title: name,
    items: [
      { label: `Test ${name}: ask it now`, value: 'test' },
      { label: 'Ask every registry now', value: 'survey' },
      { label: `Search only ${name}`, value: 'search' },
      { label: 'Where is it written?', value: 'place' },
    ],
    onPick(value) {
      if (value === 'test') void session.registries.test(name)
      if (value === 'survey') void session.registries.survey()
      if (value === 'search') {
        session.search.setFilters({ registry: [name] })
        goTo(session, 'search')
      }
      if (value === 'place') tellPlace(session, status.entry.place)
    },
  })
}

function tellPlace(session: Session, place: { file: string; line: number } | undefined): void {
  const file = place ? `${place.file}:${place.line}` : session.marketplace.loaded.file?.path
  session.notices.say('info', file ?? `No settings file yet; write one in ${session.marketplace.paths.config}`)
}

const noJob = (session: Session): string | undefined =>
  chosenJob(session.store.getState().jobs) ? undefined : 'there is no job'

function cancelJob(session: Session): void {
  const job = chosenJob(session.store.getState().jobs)
  if (!job) return
  session.view.ask({
    title: `Cancel ${job.title}?`,
    lines: ['What it has finished is undone; nothing is left half-done.'],
    isYes: false,
    onYes: () => void session.jobs.cancel(),
  })
}

/** Keys of single screens. */
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
    text: 'a short preview below the list',
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
    off: (session) => (session.store.getState().install.stage === 'asking' ? undefined : 'nothing is asked'),
    run: (session) => void session.install.start(),
  },
  {
    id: 'answer',
    keys: ['enter'],
    screens: ['install'],
    text: 'take the marked answer',
    run(session) {
      const { stage, isYes } = session.store.getState().install
      if (stage === 'asking' && isYes) void session.install.start()
      else session.route.back()
    },
  },
  {
    id: 'no',
    keys: ['n'],
    screens: ['install'],
    text: 'leave everything as it is',
    hint: 'no',
    off: (session) => (session.store.getState().install.stage === 'asking' ? undefined : 'nothing is asked'),
    run: (session) => void session.route.back(),
  },
  {
    id: 'choose',
    keys: ['left', 'right', 'tab', 'h', 'l'],
    screens: ['install'],
    text: 'between yes and no',
    run: (session) => session.install.choose(!session.store.getState().install.isYes),
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
  {
    id: 'log',
    keys: ['enter'],
    screens: ['jobs'],
    text: 'the whole log, following its end',
    command: 'jobs log ID',
    hint: 'log',
    off: noJob,
    run(session) {
      const job = chosenJob(session.store.getState().jobs)
      if (job) session.route.go({ screen: 'log', id: job.id })
    },
  },
  {
    id: 'cancel',
    keys: ['c'],
    screens: ['jobs'],
    text: 'cancel the job',
    command: 'jobs cancel ID',
    hint: 'cancel',
    off(session) {
      const job = chosenJob(session.store.getState().jobs)
      return job && isLive(job) ? undefined : 'it is not running'
    },
    run: cancelJob,
  },
  {
    id: 'rerun',
    keys: ['R'],
    screens: ['jobs'],
    text: 'run it again',
    command: 'jobs rerun ID',
    off: noJob,
    run: (session) => void session.jobs.rerun(),
  },
  {
    id: 'removeJob',
    keys: ['x'],
    screens: ['jobs'],
    text: 'forget a finished job',
    command: 'jobs remove ID',
    off(session) {
      const job = chosenJob(session.store.getState().jobs)
      return job && !isLive(job) ? undefined : 'it is still running'
    },
    run: (session) => void session.jobs.remove(),
  },
  {
    id: 'registryActions',
    keys: ['enter'],
    screens: ['registries'],
    text: 'what can be done with it',
    hint: 'actions',
    run: pickRegistryAction,
  },
  {
    id: 'testRegistry',
    keys: ['t'],
    screens: ['registries'],
    text: 'ask this registry now',
    command: 'registries test NAME',
    hint: 'test',
    run(session) {
      const status = chosenRegistry(session.store.getState().registries)
      if (status) void session.registries.test(status.entry.name)
    },
  },
  {
    id: 'survey',
    keys: ['r'],
    screens: ['registries'],
    text: 'ask every registry now',
    command: 'registries',
    hint: 'refresh',
    run: (session) => void session.registries.survey(),
  },
]

/** Keys of the filter panel while it has the focus; they go before the list's. */
export const facetKeys: Record<string, (session: Session) => void> = {
  space: toggleFacet,
  enter: toggleFacet,
  escape: (session) => session.search.toggleFacets(),
}
