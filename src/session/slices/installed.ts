import type { Installation, Outdated } from '../../model/plan.ts'
import { patch, type Context } from '../context.ts'
import { cursorIndex, firstRow, moveCursor, settleCursor, type ListCursor } from '../list-cursor.ts'

export interface InstalledState {
  items: Installation[]
  /** By id; filled when registries were asked for newer versions. */
  outdated: Record<string, Outdated>
  cursor: ListCursor
  marked: Record<string, true>
  isChecking: boolean
}

export const installedState: InstalledState = {
  items: [],
  outdated: {},
  cursor: firstRow,
  marked: {},
  isChecking: false,
}

const ids = (installed: InstalledState): string[] => installed.items.map((item) => item.id)

export const chosenInstallation = (installed: InstalledState): Installation | undefined =>
  installed.items[cursorIndex(ids(installed), installed.cursor)]

export function installedActions(context: Context) {
  const state = (): InstalledState => context.store.getState().installed
  const set = (change: Partial<InstalledState>): void => patch(context, 'installed', change)
  return {
    async load(): Promise<void> {
      try {
        const items = await context.marketplace.installed()
        set({ items })
        set({ cursor: settleCursor(ids(state()), state().cursor) })
      } catch (error) {
        context.report(error)
      }
    },
    /** Asks the registries for newer versions. */
    async check(refresh = false): Promise<void> {
      set({ isChecking: true })
      try {
        const found = await context.marketplace.outdated({ refresh })
        set({ outdated: Object.fromEntries(found.map((one) => [one.id, one])) })
      } catch (error) {
        context.report(error)
      } finally {
        set({ isChecking: false })
      }
    },
    move(delta: number): void {
      const { view } = context.store.getState()
      const move = { ids: ids(state()), height: view.listRows, jumps: view.isSlow }
      set({ cursor: moveCursor(state().cursor, delta, move) })
    },
    toggleMark(): void {
      const id = chosenInstallation(state())?.id
      if (id === undefined) return
      const { [id]: was, ...rest } = state().marked
      set({ marked: was ? rest : { ...rest, [id]: true } })
    },
    clearMarks: () => set({ marked: {} }),
  }
}
export type InstalledActions = ReturnType<typeof installedActions>
