import type { PlanRequest } from '../../marketplace.ts'
import type { Plan } from '../../model/plan.ts'
import { patch, toldOf, type Context, type Told } from '../context.ts'

/** From the plan to the job: what would change, the question, the work. */
export interface InstallState {
  action: PlanRequest['action']
  ids: string[]
  stage: 'idle' | 'planning' | 'asking' | 'starting' | 'working' | 'failed'
  plan?: Plan
  /** The button under the cursor; removals start on No. */
  isYes: boolean
  jobId?: string
  error?: Told
  scroll: number
}

export const installState: InstallState = { action: 'install', ids: [], stage: 'idle', isYes: false, scroll: 0 }

/** A plan that cannot be carried out says why here; undefined when it can. */
export function planTrouble(plan: Plan): string | undefined {
  const [conflict] = plan.conflicts
  if (conflict) return `${conflict.name}: no version suits ${conflict.ranges.map((one) => one.by).join(' and ')}`
  const [missing] = plan.missing
  return missing && `${missing.name}, needed by ${missing.by}, is in no registry that answered`
}

const TITLES = { install: 'Install', update: 'Update', uninstall: 'Remove' } as const

export function installActions(context: Context) {
  let asking = new AbortController()
  const state = (): InstallState => context.store.getState().install
  const set = (change: Partial<InstallState>): void => patch(context, 'install', change)
  const fail = (error: unknown): void => {
    set({ stage: 'failed', error: toldOf(error) })
    context.report(error)
  }
  return {
    /** Works out the plan; nothing changes yet. */
    async plan(action: PlanRequest['action'], ids: string[]): Promise<void> {
      asking.abort()
      const mine = new AbortController()
      asking = mine
      context.store.setState({ install: { ...installState, action, ids, stage: 'planning' } })
      try {
        const plan = await context.marketplace.plan({ action, ids, signal: mine.signal })
        if (!mine.signal.aborted) set({ plan, stage: 'asking', isYes: action !== 'uninstall' && !planTrouble(plan) })
      } catch (error) {
        if (!mine.signal.aborted) fail(error)
      }
    },
    choose: (isYes: boolean) => set({ isYes }),
    scroll: (delta: number) => set({ scroll: Math.max(0, state().scroll + delta) }),
    /** Starts the job; it goes on when the screens are left. */
    async start(): Promise<void> {
      const { action, ids, plan, stage } = state()
      if (stage !== 'asking' || !plan || planTrouble(plan)) return
      set({ stage: 'starting' })
      try {
        const title = `${TITLES[action]} ${ids.length === 0 ? 'all' : ids.join(', ')}`
        const jobId = await context.marketplace.jobs.start(action, title, {
          ids: ids.length ? ids : plan.roots,
          yes: true,
        })
        set({ stage: 'working', jobId })
      } catch (error) {
        fail(error)
      }
    },
    close: () => asking.abort(),
  }
}
export type InstallActions = ReturnType<typeof installActions>
