import type { JobType } from './job.ts'

/**
 * A kind of job whose code is loaded when the first one is opened: most runs of the program only look at jobs.
 * `sweeps` says that it clears what a killed process left; for the others nothing is loaded to find that out.
 */
export function lateJobType<S>(type: string, sweeps: boolean, load: () => Promise<JobType<S>>): JobType {
  let loaded: JobType<S> | undefined
  const loadOnce = async (): Promise<JobType<S>> => {
    loaded ??= await load()
    if (!sweeps && loaded.sweep) throw new Error(`a job of type ${type} sweeps, and was said not to`)
    return loaded
  }
  const opened = (): JobType<S> => {
    if (!loaded) throw new Error(`a job of type ${type} was used before it was opened`)
    return loaded
  }
  return {
    type,
    async open(input, spec) {
      return (await loadOnce()).open(input, spec)
    },
    steps: (state) => opened().steps(state as S),
    result: (state) => opened().result(state as S),
    close: async (state) => opened().close?.(state as S),
    ...(sweeps ? { sweep: async (spec) => (await loadOnce()).sweep?.(spec) } : {}),
  }
}
