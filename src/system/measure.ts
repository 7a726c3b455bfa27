/** What the process uses just now. Times are since it started. */
interface Usage {
  rssBytes: number
  heapUsedBytes: number
  heapTotalBytes: number
  externalBytes: number
  arrayBufferBytes: number
  cpuUserMs: number
  cpuSystemMs: number
}

/** One thing the runtime measured. `startMs` is since the process started. */
interface Timing {
  /** `gc`, `net`, `dns`, `http`, `measure` and so on. */
  type: string
  name: string
  startMs: number
  durationMs: number
}

/** What this process costs. */
export interface Measure {
  usage(): Usage
  /** Calls with what the runtime measures from now on; the returned function stops it, the last ones included. */
  timings(call: (timing: Timing) => void): () => void
}

const TYPES = ['measure', 'gc', 'net', 'dns', 'http', 'function']

export const nodeMeasure: Measure = {
  usage() {
    const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    return {
      rssBytes: rss,
      heapUsedBytes: heapUsed,
      heapTotalBytes: heapTotal,
      externalBytes: external,
      arrayBufferBytes: arrayBuffers,
      cpuUserMs: Math.round(user / 1000),
      cpuSystemMs: Math.round(system / 1000),
    }
  },
  timings(call) {
    const { PerformanceObserver } = process.getBuiltinModule('node:perf_hooks')
    const tell = ({ entryType, name, startTime, duration }: PerformanceEntry): void => {
      const hundredth = (ms: number): number => Math.round(ms * 100) / 100
      call({ type: entryType, name, startMs: hundredth(startTime), durationMs: hundredth(duration) })
    }
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(tell))
    const known = new Set<string>(PerformanceObserver.supportedEntryTypes)
    observer.observe({ entryTypes: TYPES.filter((type) => known.has(type)) as never[] })
    const from = performance.now()
    return () => {
      performance.measure('run', { start: from })
      observer.takeRecords().forEach(tell)
      observer.disconnect()
    }
  },
}
