import type { Details } from '../../marketplace.ts'
import { patch, toldOf, type Context, type Told } from '../context.ts'

export const TABS = ['Overview', 'Versions', 'Dependencies', 'Needs & scripts', 'Sources'] as const

/** One open item: what is known, and where the reader stands. */
export interface Opened {
  details?: Details
  isLoading: boolean
  error?: Told
  tab: number
  scroll: number
}

export interface DetailsState {
  open: Record<string, Opened>
}

export const detailsState: DetailsState = { open: {} }
const KEPT = 20

export function detailsActions(context: Context) {
  const state = (): DetailsState => context.store.getState().details
  const set = (id: string, change: Partial<Opened>): void => {
    const { [id]: was = { isLoading: false, tab: 0, scroll: 0 }, ...rest } = state().open
    const others = Object.entries(rest).slice(-KEPT)
    patch(context, 'details', { open: Object.fromEntries([...others, [id, { ...was, ...change }]]) })
  }
  const load = async (id: string, refresh = false): Promise<void> => {
    set(id, { isLoading: true })
    try {
      const details = await context.marketplace.details(id, { refresh })
      set(id, { details, isLoading: false })
    } catch (error) {
      set(id, { isLoading: false, error: toldOf(error) })
      context.report(error)
    }
  }
  return {
    load,
    /** Ready to be shown again where it was left; asks only the first time. */
    open(id: string): void {
      if (!state().open[id]?.details) void load(id)
    },
    turnTab(id: string, delta: number): void {
      const tab = ((state().open[id]?.tab ?? 0) + delta + TABS.length) % TABS.length
      set(id, { tab, scroll: 0 })
    },
    /** `lines` is the length of what is shown. */
    scroll(id: string, delta: number, lines: number): void {
      const most = Math.max(0, lines - context.store.getState().view.listRows)
      set(id, { scroll: Math.max(0, Math.min(most, (state().open[id]?.scroll ?? 0) + delta)) })
    },
  }
}
export type DetailsActions = ReturnType<typeof detailsActions>
