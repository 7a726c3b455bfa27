import { runningJobs } from '../src/session/slices/jobs.ts'
import type { Session } from '../src/session/session.ts'
import type { Program } from './keymap.ts'

/** Leaves the program; running jobs go on in their own processes, and the user is told so first. */
export function leave(session: Session, program: Program): void {
  const running = runningJobs(session.store.getState().jobs)
  if (running === 0) return program.quit()
  session.view.ask({
    title: 'Leave Souk?',
    lines: [
      `${running} ${running === 1 ? 'job goes' : 'jobs go'} on without the screens.`,
      `Open Souk again, or run "souk jobs", to see how far ${running === 1 ? 'it is' : 'they are'}.`,
    ],
    isYes: true,
    onYes: program.quit,
  })
}
