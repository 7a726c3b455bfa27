import { createStore, type StoreApi } from 'zustand/vanilla'
import type { JobSnapshot } from '../jobs/job.ts'
import type { Marketplace } from '../marketplace.ts'
import type { System } from '../system/system.ts'
import type { Context } from './context.ts'
import { openPrefetch } from './prefetch.ts'
import { browseActions, browseState, type BrowseActions, type BrowseState } from './slices/browse.ts'
import { detailsActions, detailsState, type DetailsActions, type DetailsState } from './slices/details.ts'
import { installActions, installState, type InstallActions, type InstallState } from './slices/install.ts'
import { installedActions, installedState, type InstalledActions, type InstalledState } from './slices/installed.ts'
import { jobActions, jobsState, type JobActions, type JobsState } from './slices/jobs.ts'
import { noticeActions, noticesState, type NoticeActions, type NoticesState } from './slices/notices.ts'
import { paletteActions, paletteState, type PaletteActions, type PaletteState } from './slices/palette.ts'
import { registryActions, registriesState, type RegistriesState, type RegistryActions } from './slices/registries.ts'
import { registryEditActions, type RegistryEditActions } from './slices/registry-edits.ts'
import {
  registryFormActions,
  registryFormState,
  type RegistryFormActions,
  type RegistryFormState,
} from './slices/registry-form.ts'
import { currentRoute, routeActions, routeState, type RouteActions, type RouteState } from './slices/route.ts'
import { runActions, runState, type RunActions, type RunState } from './slices/run.ts'
import { searchActions, searchState, type SearchActions, type SearchState } from './slices/search.ts'
import { viewActions, viewState, type ViewActions, type ViewState } from './slices/view.ts'

export interface SessionState {
  route: RouteState
  search: SearchState
  browse: BrowseState
  details: DetailsState
  install: InstallState
  installed: InstalledState
  jobs: JobsState
  registries: RegistriesState
  registryForm: RegistryFormState
  run: RunState
  notices: NoticesState
  palette: PaletteState
  view: ViewState
}

/** One person's sitting in front of the screen: what is shown, and what can be done about it. */
export interface Session {
  readonly store: StoreApi<SessionState>
  readonly marketplace: Marketplace
  readonly route: RouteActions
  readonly search: SearchActions
  readonly browse: BrowseActions
  readonly details: DetailsActions
  readonly install: InstallActions
  readonly installed: InstalledActions
  readonly jobs: JobActions
  readonly registries: RegistryActions
  readonly registryEdits: RegistryEditActions
  readonly registryForm: RegistryFormActions
  readonly run: RunActions
  readonly notices: NoticeActions
  readonly palette: PaletteActions
  readonly view: ViewActions
  /** First look: cached rows at once, registries asked, jobs followed. */
  open(): Promise<void>
  close(): void
}

const CHANGES_GOODS = ['install', 'update', 'uninstall']

const firstState = (parts: SessionParts): SessionState => ({
  route: routeState,
  search: searchState,
  browse: browseState,
  details: detailsState,
  install: installState,
  installed: installedState,
  jobs: jobsState,
  registries: registriesState,
  registryForm: registryFormState,
  run: runState,
  notices: noticesState,
  palette: paletteState,
  view: viewState(parts),
})

export interface SessionParts {
  marketplace: Marketplace
  system: System
}

type Shelves = Pick<Session, 'installed' | 'search' | 'browse' | 'details'>

/** A job ended: the user is told, and where it changed what is installed, every screen that shows it looks again. */
function endingOf(context: Context, { installed, search, browse, details }: Shelves): (job: JobSnapshot) => void {
  // What is here comes first: rows and details are told from it.
  const lookAgain = async (): Promise<void> => {
    await installed.load()
    search.peek()
    browse.peek()
    details.forgetAhead()
    for (const id of Object.keys(context.store.getState().details.open)) void details.load(id)
  }
  return (job) => {
    if (CHANGES_GOODS.includes(job.type)) void lookAgain()
    const isWell = job.state === 'succeeded'
    context.notify(isWell ? 'info' : 'error', `${job.title}: ${isWell ? 'done' : job.state}`, job.error?.message)
  }
}

/** The health of registries is followed while its screen is the one that shows. */
function watchWhenShown(store: StoreApi<SessionState>, registries: RegistryActions): () => void {
  return store.subscribe((state, before) => {
    if (state.route === before.route) return
    if (currentRoute(state).screen === 'registries') registries.watch()
    else registries.unwatch()
  })
}

/** Changes to the list of registries; what shows registries or their goods looks again after each. */
function managingOf(
  context: Context,
  { registries, search, browse }: Pick<Session, 'registries' | 'search' | 'browse'>,
): Pick<Session, 'registryEdits' | 'registryForm'> {
  const registryEdits = registryEditActions(context, {
    changed() {
      registries.load()
      search.peek()
      browse.peek()
      void search.search()
    },
    added: registries.choose,
  })
  return { registryEdits, registryForm: registryFormActions(context, registryEdits) }
}

/** Says every fault of the settings. The first is said last and so stays on the message line; M lists them all. */
function tellFaults(context: Context, { loaded }: Marketplace): void {
  for (const problem of loaded.problems.toReversed()) context.notify('warning', problem.message, problem.hint)
}

/** Opens a sitting over an engine; `open()` then has it look at the world. */
export function openSession(parts: SessionParts): Session {
  const { marketplace, system } = parts
  const store = createStore<SessionState>(() => firstState(parts))
  const context: Context = {
    marketplace,
    system,
    store,
    notify: (level, text, hint) => notices.say(level, text, hint),
    report(error) {
      marketplace.noteError(error)
      notices.tell(error)
    },
  }
  const notices = noticeActions(context)
  const search = searchActions(context)
  const installed = installedActions(context)
  const registries = registryActions(context)
  const details = detailsActions(context)
  const browse = browseActions(context)
  const jobs = jobActions(context, { ended: endingOf(context, { installed, search, browse, details }) })
  const stops: (() => void)[] = []
  return {
    store,
    marketplace,
    route: routeActions(context),
    search,
    browse,
    details,
    install: installActions(context),
    installed,
    jobs,
    registries,
    ...managingOf(context, { registries, search, browse }),
    run: runActions(context),
    notices,
    palette: paletteActions(context),
    view: viewActions(context),
    async open() {
      stops.push(
        marketplace.on('registry.settled', () => registries.settled()),
        marketplace.on('warning', ({ text }) => context.notify('warning', text)),
        openPrefetch(context, details),
        watchWhenShown(store, registries),
      )
      registries.load()
      search.peek()
      tellFaults(context, marketplace)
      await Promise.all([search.search(), jobs.open(), installed.load(), registries.suggest()])
      registries.load()
    },
    close() {
      for (const stop of stops.splice(0)) stop()
      registries.unwatch()
      search.close()
      jobs.close()
      notices.close()
    },
  }
}
