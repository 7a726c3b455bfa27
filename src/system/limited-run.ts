import type { Run } from './system.ts'

/** The same, but no program runs longer than `limitMs`; a shorter limit of a call stays. */
export const limitedRun = (run: Run, limitMs: number): Run => ({
  ...run,
  program: (file, args, options = {}) =>
    run.program(file, args, { ...options, timeoutMs: Math.min(options.timeoutMs ?? limitMs, limitMs) }),
})
