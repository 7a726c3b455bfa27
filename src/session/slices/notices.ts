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
}

export const noticesState: NoticesState = { all: [] }

/** Errors stay until a key. */
const SHOWN_MS: Record<NoticeLevel, number | undefined> = { info: 3000, warning: 6000, error: undefined }
const KEPT = 200

export function noticeActions(context: Context) {
  let cancel: (() => void) | undefined
  const clear = (): void => {
    cancel?.()
    cancel = undefined
    const { all, shown } = context.store.getState().notices
    if (shown) context.store.setState({ notices: { all } })
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
    /** A key was pressed: an error has been seen. */
    seen(): void {
      if (context.store.getState().notices.shown?.level === 'error') clear()
    },
    close: clear,
  }
}
export type NoticeActions = ReturnType<typeof noticeActions>
