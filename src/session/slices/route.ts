import { patch, type Context } from '../context.ts'

/** The screens. */
export const SCREENS = [
  'search',
  'browse',
  'details',
  'install',
  'installed',
  'jobs',
  'log',
  'registries',
  'registry',
  'run',
  'messages',
] as const
export type ScreenName = (typeof SCREENS)[number]

/** Screens at the root of the stack: going to one of them leaves the others behind. */
const TOP_SCREENS: readonly ScreenName[] = ['search', 'browse', 'installed', 'jobs', 'registries']

export interface Route {
  screen: ScreenName
  /** The item, job or log the screen is about. */
  id?: string
}

export interface RouteState {
  stack: Route[]
}

export const routeState: RouteState = { stack: [{ screen: 'search' }] }

export const currentRoute = (state: { route: RouteState }): Route => state.route.stack.at(-1) ?? { screen: 'search' }

/** The router. What a screen shows lives in its slice, so going back finds it as it was left. */
export function routeActions(context: Context) {
  return {
    go(route: Route): void {
      const { stack } = context.store.getState().route
      const isTop = TOP_SCREENS.includes(route.screen)
      patch(context, 'route', { stack: isTop ? [route] : [...stack, route] })
    },
    /** One step back; false at the first screen, which Esc never leaves. */
    back(): boolean {
      const { stack } = context.store.getState().route
      if (stack.length > 1) {
        patch(context, 'route', { stack: stack.slice(0, -1) })
        return true
      }
      if (stack[0]?.screen === 'search') return false
      patch(context, 'route', { stack: [{ screen: 'search' }] })
      return true
    },
  }
}
export type RouteActions = ReturnType<typeof routeActions>
