import type { JobType } from './job.ts'

/** A kind of job whose code is loaded when the first one is opened: most runs of the program only look at jobs. */
export function lateJobType<S>(type: string, load: () => Promise<JobType<S>>): JobType {
  let loaded: JobType<S> | undefined
  const opened = (): JobType<S> => {
    if (!loaded) throw new Error(`a job of type ${type} was used before it was opened`)
    return loaded
  }
  return {
    type,
    async open(input, spec) {
      loaded ??= await load()
      return loaded.open(input, spec)
    },
    steps: (state) => opened().steps(state as S),
    result: (state) => opened().result(state as S),
    close: async (state) => opened().close?.(state as S),
    sweep: async (spec) => (loaded ?? (await load())).sweep?.(spec),
  }
}
