import { isLive } from '../src/session/slices/jobs.ts'
import type { Session, SessionState } from '../src/session/session.ts'

/** What the window title says: that something runs, that the newest job failed, or that nothing goes on. */
function titleOf({ jobs }: SessionState): string {
  const live = jobs.jobs.filter(isLive)
  const [job] = live
  if (job) return `Souk: ${live.length} running, ${Math.floor(job.percent)}%`
  return jobs.jobs[0]?.state === 'failed' ? 'Souk: failed' : 'Souk: idle'
}

/** The title of before is kept by the terminal (XTWINOPS 22) and given back at the end (23). */
const KEEP = '\u001b[22;2t'
const GIVE_BACK = '\u001b[23;2t'

/** Keeps the window title true; the returned function gives back the one of before. */
export function followTitle(session: Session, write: (text: string) => void): () => void {
  let shown = ''
  const tell = (state: SessionState): void => {
    const title = titleOf(state)
    if (title === shown) return
    shown = title
    write(`\u001b]2;${title}\u001b\\`)
  }
  write(KEEP)
  tell(session.store.getState())
  const stop = session.store.subscribe(tell)
  return () => {
    stop()
    write(GIVE_BACK)
  }
}
