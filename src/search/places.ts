import type { Clock } from '../system/system.ts'

/** The places in which registries are asked: never more calls are under way than there are places. */
export interface Places {
  /** A call someone waits for: it comes before all that is lent, and takes a place back from that when none is free. */
  take<T>(call: () => Promise<T>): Promise<T>
  /**
   * A call among many. When it holds its place for long and others wait for their first turn, it is given up (`recall`
   * aborts) and asked again after them: once for its like, any number of times for those that take.
   */
  lend<T>(call: (recall: AbortSignal) => Promise<T>): Promise<T>
}

/** A lent place is not taken back for a call someone waits for before it was held so long, ms: most are done by then. */
const SHORT_MS = 150
/** For others of its kind it is taken back after so long, ms: a first visit knows of no registry that it is silent. */
const LONG_MS = 1000

interface Loan {
  since: number
  recall: AbortController
  /** It made way for its like before, or for someone: its like wait for it now. */
  hasMadeWay: boolean
}

/** The loans to take back now, those held longest first, and when to look again (ms of the same clock). */
function dueBack(loans: Iterable<Loan>, waiting: { urgent: number; all: number }, now: number) {
  const held = [...loans].filter((one) => !one.recall.signal.aborted)
  const back: Loan[] = []
  let { urgent, all } = waiting
  let nextAt = Number.POSITIVE_INFINITY
  for (const loan of held.toSorted((a, b) => a.since - b.since)) {
    if (all <= 0) break
    if (urgent <= 0 && loan.hasMadeWay) continue
    const dueAt = loan.since + (urgent > 0 ? SHORT_MS : LONG_MS)
    if (dueAt > now) nextAt = Math.min(nextAt, dueAt)
    else {
      back.push(loan)
      urgent--
      all--
    }
  }
  return { back, nextAt }
}

/** The queues before the places. Those that made way wait for a place that comes free by itself. */
function openQueue(count: number, clock: Clock, loans: ReadonlySet<Loan>) {
  const urgent: (() => void)[] = []
  const first: (() => void)[] = []
  const again: (() => void)[] = []
  const queues = { urgent, first, again }
  let free = Math.max(1, count)
  let cancel = (): void => {}
  const takeBack = (): void => {
    cancel()
    const now = clock.monotonic()
    const coming = [...loans].filter((one) => one.recall.signal.aborted).length
    const waiting = { urgent: urgent.length - coming, all: urgent.length + first.length - coming }
    const { back, nextAt } = dueBack(loans, waiting, now)
    cancel = nextAt === Number.POSITIVE_INFINITY ? () => {} : clock.after(nextAt - now, takeBack)
    for (const loan of back) loan.recall.abort(new DOMException('another call needs the place', 'AbortError'))
  }
  return {
    takeBack,
    async enter(turn: 'urgent' | 'first' | 'again'): Promise<void> {
      if (free > 0) return void free--
      await new Promise<void>((go) => {
        queues[turn].push(go)
        takeBack()
      })
    },
    leave(): void {
      const next = urgent.shift() ?? first.shift() ?? again.shift()
      if (next) next()
      else free++
      takeBack()
    },
  }
}

/** Places for `count` calls at once; at least one. */
export function openPlaces(count: number, clock: Clock): Places {
  const loans = new Set<Loan>()
  const { enter, leave, takeBack } = openQueue(count, clock, loans)
  return {
    async take(call) {
      await enter('urgent')
      try {
        return await call()
      } finally {
        leave()
      }
    },
    async lend(call) {
      for (let hasMadeWay = false; ; hasMadeWay = true) {
        await enter(hasMadeWay ? 'again' : 'first')
        const loan: Loan = { since: clock.monotonic(), recall: new AbortController(), hasMadeWay }
        loans.add(loan)
        takeBack()
        try {
          const result = await call(loan.recall.signal)
          if (!loan.recall.signal.aborted) return result
        } catch (error) {
          if (!loan.recall.signal.aborted) throw error
        } finally {
          loans.delete(loan)
          leave()
        }
      }
    },
  }
}
