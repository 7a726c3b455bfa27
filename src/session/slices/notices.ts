import { patch, toldOf, type Context } from '../context.ts'

export type NoticeLevel = 'info' | 'warning' | 'error'

interface Notice {
  level: NoticeLevel
  text: string
  hint?: string
  /** Wall clock, ms. */
  at: number
}

export interface NoticesState {
  /** The one on the message line. */
  shown?: Notice
  /** All of this sitting, oldest first. */
  all: Notice[]
  /** Notices the list of them is scrolled down from the newest. */
  scroll: number
}

export const noticesState: NoticesState = { all: [], scroll: 0 }

/** Errors stay until a key. */
const SHOWN_MS: Record<NoticeLevel, number | undefined> = { info: 3000, warning: 6000, error: undefined }
const KEPT = 200

export function noticeActions(context: Context) {
  let cancel: (() => void) | undefined
  const clear = (): void => {
    cancel?.()
    cancel = undefined
    const { all, shown, scroll } = context.store.getState().notices
    if (shown) context.store.setState({ notices: { all, scroll } })
  }
  const say = (level: NoticeLevel, text: string, hint?: string): void => {
    cancel?.()
    const shown: Notice = { level, text, at: context.system.clock.now(), ...(hint ? { hint } : {}) }
    patch(context, 'notices', { shown, all: [...context.store.getState().notices.all, shown].slice(-KEPT) })
    const ms = SHOWN_MS[level]
    cancel = ms === undefined ? undefined : context.system.clock.after(ms, clear)
  }
  return {
    say,
    /** Anything thrown, with the hint it brings along. */
    tell(error: unknown): void {
      const { text, hint } = toldOf(error)
      say('error', text, hint)
    },
    /** Moves the list of all notices. */
    move(delta: number): void {
      const { all, scroll } = context.store.getState().notices
      patch(context, 'notices', { scroll: Math.max(0, Math.min(all.length - 1, scroll + delta)) })
    },
    /** A key was pressed: an error has been seen. */
    seen(): void {
      if (context.store.getState().notices.shown?.level === 'error') clear()
    },
    close: clear,
  }
}
export type NoticeActions = ReturnType<typeof noticeActions>
