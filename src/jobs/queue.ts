import type { Board } from './board.ts'
import type { System } from '../system/system.ts'

/** How often a waiting job looks whether it is its turn, ms. */
const TURN_EVERY_MS = 200

/**
 * Waits until fewer than `limit` jobs are ahead. There is no queue file and no master: every waiting process counts,
 * in the jobs folder, the live jobs that run or were made before its own. A process that dies simply stops counting,
 * so nothing can be left locked.
 */
export async function waitTurn(id: string, limit: number, tools: WaitTools): Promise<void> {
  for (;;) {
    tools.signal.throwIfAborted()
    const ahead = tools.board
      .all()
      .filter((job) => job.id !== id)
      .filter((job) => job.state === 'running' || (job.state === 'queued' && job.id < id))
    if (ahead.length < Math.max(1, limit)) return
    await tools.system.clock.sleep(TURN_EVERY_MS, tools.signal)
  }
}

export interface WaitTools {
  board: Board
  system: System
  signal: AbortSignal
}
