import type { StoreApi } from 'zustand/vanilla'
import { isMarketError, reasonOf } from '../model/errors.ts'
import type { Marketplace } from '../marketplace.ts'
import type { System } from '../system/system.ts'
import type { NoticeLevel } from './slices/notices.ts'
import type { SessionState } from './session.ts'

/** What every slice's actions work with. */
export interface Context {
  marketplace: Marketplace
  system: System
  store: StoreApi<SessionState>
  /** Puts a line where the user sees it. */
  notify(level: NoticeLevel, text: string, hint?: string): void
  /** The same for anything thrown; errors with a hint bring it along. */
  report(error: unknown): void
}

/** Changes one slice, leaving the others and their identity alone. */
export function patch<K extends keyof SessionState>(
  context: Context,
  slice: K,
  change: Partial<SessionState[K]>,
): void {
  const next: Partial<SessionState> = {}
  next[slice] = { ...context.store.getState()[slice], ...change }
  context.store.setState(next)
}

/** An error as a screen shows it. */
export interface Told {
  text: string
  hint?: string
}

export function toldOf(error: unknown): Told {
  const hint = isMarketError(error) ? error.hint : undefined
  return { text: reasonOf(error), ...(hint === undefined ? {} : { hint }) }
}
