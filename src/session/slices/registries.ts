import { join } from 'node:path'
import type { Marketplace, RegistryStatus } from '../../marketplace.ts'
import type { Source } from '../../model/catalog.ts'
import type { Suggestion } from '../../model/registry-edit.ts'
import { openFeed } from '../feed.ts'
import { patch, type Context } from '../context.ts'
import { cursorIndex, firstRow, moveCursor, settleCursor, type ListCursor } from '../list-cursor.ts'

/** What was counted of all registries, with the hit figures of the cache. */
type AllFigures = Awaited<ReturnType<Marketplace['metrics']['figures']>>

/** Figures on the screen follow the calls at most this often, ms. */
const FIGURES_EVERY_MS = 1000

/** A registry of the settings, or one that is suggested, with what is there. */
export type RegistryRow = RegistryStatus & { about?: string }

export interface RegistriesState {
  list: RegistryRow[]
  /** Offered as long as there is no settings file. */
  suggested: Suggestion[]
  /** Known once the screen was looked at. */
  figures?: AllFigures
  cursor: ListCursor
  /** Names being asked just now. */
  asking: Record<string, true>
  /** Where registries are written down; the place for the file when there is none yet. */
  settingsFile: string
  /** Why nothing of that file could be read, when so: the built-in goods are all there is then. */
  settingsFault?: string | undefined
  /** Other settings that were changed in the file: they count from the next start. */
  waiting: readonly string[]
}

export const registriesState: RegistriesState = {
  list: [],
  suggested: [],
  cursor: firstRow,
  asking: {},
  settingsFile: '',
  waiting: [],
}

const ids = (state: RegistriesState): string[] => state.list.map((one) => one.entry.name)

export const chosenRegistry = (state: RegistriesState): RegistryRow | undefined =>
  state.list[cursorIndex(ids(state), state.cursor)]

const NOT_UP: ReadonlySet<RegistryStatus['health']['state']> = new Set(['down', 'degraded', 'unauthorised'])

/** Enabled registries, and those of them whose last call went well (or that were not asked yet). */
export function registryCounts(state: RegistriesState): { up: number; total: number } {
  const enabled = state.list.filter((one) => one.entry.enabled)
  const down = enabled.filter(({ health }) => NOT_UP.has(health.state)).length
  return { up: enabled.length - down, total: enabled.length }
}

/** What goes on while someone looks at how registries fare. */
function watchActions(context: Context, set: (change: Partial<RegistriesState>) => void, load: () => void) {
  const { marketplace, system, report } = context
  let seen = ''
  let stopWatch: (() => void) | undefined
  /** Figures that are as they were change nothing, so that nothing is drawn. */
  const count = async (): Promise<void> => {
    if (!stopWatch) return
    try {
      const figures = await marketplace.metrics.figures()
      const now = JSON.stringify([figures.registries, figures.cache.byRegistry])
      if (now !== seen) set({ figures })
      seen = now
    } catch (error) {
      report(error)
    }
  }
  const counting = openFeed<true>(system.clock, { everyMs: FIGURES_EVERY_MS }, () => void count())
  return {
    /** A registry was asked: its state is looked at, and its figures while someone sees them. */
    settled(): void {
      load()
      if (stopWatch) counting.push(true)
    },
    /** Someone looks: figures are shown, and every registry is asked at each `health.interval`. */
    watch(): void {
      if (stopWatch) return
      stopWatch = marketplace.registries.watch(() => {
        load()
        counting.push(true)
      })
      void count()
    },
    /** Nobody looks any more. */
    unwatch(): void {
      stopWatch?.()
      stopWatch = undefined
    },
  }
}
const offeredRow = ({ entry, about }: Suggestion): RegistryRow => ({
  entry,
  health: { state: 'disabled', skipped: [] },
  about,
})

/** What came of asking one registry. */
function testSentence({ registry, state, ms, items, reason }: Source): string {
  const why = reason === undefined ? '' : `: ${reason}`
  return `${registry}: ${state} in ${Math.round(ms)} ms, ${items} items${why}`
}

export function registryActions(context: Context) {
  const state = (): RegistriesState => context.store.getState().registries
  const set = (change: Partial<RegistriesState>): void => patch(context, 'registries', change)
  const load = (): void => {
    const { registries, loaded, paths } = context.marketplace
    const offered = loaded.file ? [] : state().suggested.map(offeredRow)
    set({
      list: [...registries.status(), ...offered],
      settingsFile: loaded.file?.path ?? join(paths.config, 'registries.yaml'),
      settingsFault: loaded.unreadable?.message,
      waiting: loaded.waiting ?? [],
    })
    set({ cursor: settleCursor(ids(state()), state().cursor) })
  }
  const watching = watchActions(context, set, load)
  return {
    load,
    ...watching,
    /** Puts the cursor on a registry. */
    choose(name: string): void {
      const index = ids(state()).indexOf(name)
      if (index >= 0) set({ cursor: { id: name, index, line: index } })
    },
    /** Learns of the suggested registries; asks nobody. */
    async suggest(): Promise<void> {
      // Who has settings has made a choice, and none are shown.
      if (context.marketplace.loaded.file) return
      set({ suggested: await context.marketplace.registries.suggested() })
      load()
    },
    /** Asks every registry now. */
    async survey(): Promise<void> {
      set({ asking: Object.fromEntries(ids(state()).map((name) => [name, true as const])) })
      try {
        await context.marketplace.registries.survey({ refresh: true })
      } catch (error) {
        context.report(error)
      } finally {
        set({ asking: {} })
        load()
      }
    },
    async test(name: string): Promise<void> {
      set({ asking: { ...state().asking, [name]: true } })
      try {
        const source = await context.marketplace.registries.test(name)
        const isWell = source.state === 'fresh' || source.state === 'cached'
        context.notify(isWell ? 'info' : 'warning', testSentence(source), source.hint)
      } catch (error) {
        context.report(error)
      } finally {
        const { [name]: _, ...asking } = state().asking
        set({ asking })
        load()
      }
    },
    move(delta: number): void {
      const { view } = context.store.getState()
      set({
        cursor: moveCursor(state().cursor, delta, { ids: ids(state()), height: view.listRows, jumps: view.isSlow }),
      })
    },
  }
}
export type RegistryActions = ReturnType<typeof registryActions>
