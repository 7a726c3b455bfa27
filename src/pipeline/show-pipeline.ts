import { STAGES, type StageId } from '../model/stages.ts'
import { arrange, type Adjustments } from './arrange.ts'
import { ofStage, type Middleware } from './pipeline.ts'
import { PLACES } from './places.ts'

/** One middleware as `pipeline show` lists it. */
export interface PipelineRow {
  stage: StageId
  middleware: string
  priority: number
  /** Condition under which it works. */
  when: string
  state: 'on' | 'off' | 'fixed'
  /** Where its place comes from: `built in`, or where the settings were changed. */
  origin: string
  about: string
}

const asMiddleware = (place: (typeof PLACES)[number]): Middleware => ({ ...place, process: async () => {} })

/** Stages and middleware in the order they run, those that are off after the others of their stage. */
export function showPipeline(adjustments: Adjustments, origins: Readonly<Record<string, string>>): PipelineRow[] {
  const list = PLACES.map(asMiddleware)
  const working = arrange(list, adjustments)
  const off = list.filter((one) => !working.some(({ id }) => id === one.id))
  const row = ({ id, stage, priority, when = 'always' }: Middleware, isOff: boolean): PipelineRow => {
    const place = PLACES.find((one) => one.id === id)
    const set = ['enabled', 'priority', 'when'].map((name) => origins[`pipeline.${id}.${name}`])
    return {
      stage,
      middleware: id,
      priority,
      when,
      state: isOff ? 'off' : place?.isFixed ? 'fixed' : 'on',
      origin: set.find((one) => one !== undefined && one !== 'default') ?? 'built in',
      about: place?.about ?? '',
    }
  }
  return STAGES.flatMap((stage) => [
    ...ofStage(working, stage).map((one) => row(one, false)),
    ...ofStage(off, stage).map((one) => row(one, true)),
  ])
}
