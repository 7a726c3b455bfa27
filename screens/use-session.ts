import { createContext, use } from 'react'
import { useStore } from 'zustand'
import type { Session, SessionState } from '../src/session/session.ts'

/** The one context of the screens. */
export const SessionContext = createContext<Session | undefined>(undefined)

export function useSessionActions(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('The screens are drawn outside of a session.')
  return session
}

/** A part of the session's state; draws again only when that part changes. */
export function useSession<T>(select: (state: SessionState) => T): T {
  return useStore(useSessionActions().store, select)
}
