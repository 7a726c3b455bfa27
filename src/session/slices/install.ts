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
  /** Jobs started in this sitting and the items each works on, oldest first. */
  works: { jobId: string; ids: string[] }[]
}

export const installState: InstallState = {
  action: 'install',
  ids: [],
  stage: 'idle',
  isYes: false,
  scroll: 0,
  works: [],
}

/** Why a plan cannot be carried out, a sentence each; empty when it can. */
export function planTroubles(plan: Plan): string[] {
  const conflicts = plan.conflicts.map(({ name, ranges, known, suggestion }) => {
    const asked = ranges.map((one) => `${one.by} needs ${one.range}`).join(', ')
    const there = known.length ? ` There are ${known.slice(0, 5).join(', ')}.` : ''
    return `No version of ${name} suits all: ${asked}.${there}${suggestion === undefined ? '' : ` ${suggestion}`}`
  })
  const missing = plan.missing.map(({ name, by, asked }) => {
    const where = asked.length ? asked.join(', ') : 'any registry that answered'
    return `${name}${by === ASKED ? '' : `, needed by ${by},`} is not in ${where}.`
  })
  return [...conflicts, ...missing]
}

/** How a plan names the person who asked. */
const ASKED = 'asked for'
const KEPT_WORKS = 50
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
      context.store.setState({ install: { ...installState, works: state().works, action, ids, stage: 'planning' } })
      try {
        const plan = await context.marketplace.plan({ action, ids, signal: mine.signal })
        const [lost] = plan.roots.length === 0 ? plan.missing : []
        // The item itself says why it is not there, and what is like it.
        if (lost?.by === ASKED) await context.marketplace.details(lost.name, { signal: mine.signal })
        if (!mine.signal.aborted)
          set({ plan, stage: 'asking', isYes: action !== 'uninstall' && planTroubles(plan).length === 0 })
      } catch (error) {
        if (!mine.signal.aborted) fail(error)
      }
    },
    choose: (isYes: boolean) => set({ isYes }),
    /** A change takes two lines at most. */
    scroll: (delta: number) =>
      set({ scroll: Math.max(0, Math.min(2 * (state().plan?.changes.length ?? 0), state().scroll + delta)) }),
    /** Starts the job; it goes on when the screens are left. */
    async start(): Promise<void> {
      const { action, ids, plan, stage } = state()
      if (stage !== 'asking' || !plan || planTroubles(plan).length > 0) return
      if (plan.changes.every((change) => change.action === 'keep')) return
      set({ stage: 'starting' })
      try {
        const title = `${TITLES[action]} ${ids.length === 0 ? 'all' : ids.join(', ')}`
        const jobId = await context.marketplace.jobs.start(action, title, {
          ids: ids.length ? ids : plan.roots,
          yes: true,
        })
        const changed = plan.changes.filter((change) => change.action !== 'keep').map((change) => change.id)
        set({ stage: 'working', jobId, works: [...state().works, { jobId, ids: changed }].slice(-KEPT_WORKS) })
      } catch (error) {
        fail(error)
      }
    },
    close: () => asking.abort(),
  }
}
export type InstallActions = ReturnType<typeof installActions>
