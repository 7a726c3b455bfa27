import { patch, type Context } from '../context.ts'

/** The command line of the screens; undefined text means closed. */
export interface PaletteState {
  text?: string | undefined
  index: number
  history: string[]
}

export const paletteState: PaletteState = { index: 0, history: [] }
const HISTORY = 50

export function paletteActions(context: Context) {
  const state = (): PaletteState => context.store.getState().palette
  return {
    open: () => patch(context, 'palette', { text: '', index: 0 }),
    close: () => patch(context, 'palette', { text: undefined }),
    setText: (text: string) => patch(context, 'palette', { text: text.slice(0, 500), index: 0 }),
    move: (delta: number, count: number) =>
      patch(context, 'palette', { index: Math.max(0, Math.min(count - 1, state().index + delta)) }),
    /** Closes and keeps what was run. */
    ran: (text: string) =>
      patch(context, 'palette', {
        text: undefined,
        history: [...state().history.filter((one) => one !== text), text].slice(-HISTORY),
      }),
  }
}
export type PaletteActions = ReturnType<typeof paletteActions>
