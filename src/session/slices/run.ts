import { join } from 'node:path'
import type { Listing } from '../../model/listing.ts'
import { patch, type Context } from '../context.ts'
import { fieldProblem, parameterFields, valueOf, type Field } from '../parameters.ts'

/** The form that starts a generation: environment, output folder, the template's parameters. */
export interface RunState {
  template?: Listing
  fields: Field[]
  /** What is typed, by field name. */
  texts: Record<string, string>
  index: number
  /** Set while the job is being written. */
  isStarting: boolean
  /** Problems are shown from the first attempt on. */
  isChecked: boolean
}

export const runState: RunState = { fields: [], texts: {}, index: 0, isStarting: false, isChecked: false }

const fixed = (folder: string): Field[] => [
  { name: 'env', label: 'Environment', type: 'string', isRequired: true, initial: 'dev', isParameter: false },
  { name: 'out', label: 'Output folder', type: 'string', isRequired: true, initial: folder, isParameter: false },
]

/** First problem of each field, by name. */
export function runProblems(run: RunState): Record<string, string> {
  const found = run.fields.map((field) => [field.name, fieldProblem(field, run.texts[field.name] ?? '')] as const)
  return Object.fromEntries(found.filter((one): one is [string, string] => one[1] !== undefined))
}

export function runActions(context: Context) {
  const state = (): RunState => context.store.getState().run
  const set = (change: Partial<RunState>): void => patch(context, 'run', change)
  return {
    open(template: Listing): void {
      const here = context.store.getState().installed.items.find((item) => item.id === template.id)
      const fields = [...fixed(join(context.system.env.cwd, 'out')), ...parameterFields(template, here?.path)]
      const texts = Object.fromEntries(fields.map((field) => [field.name, field.initial]))
      context.store.setState({ run: { ...runState, template, fields, texts } })
    },
    setText(name: string, text: string): void {
      set({ texts: { ...state().texts, [name]: text.slice(0, 4000) } })
    },
    move: (delta: number) => set({ index: Math.max(0, Math.min(state().fields.length - 1, state().index + delta)) }),
    /** Checks every field, then starts the job; answers its id, or undefined when something is wrong. */
    async start(): Promise<string | undefined> {
      const { template, fields, texts, isStarting } = state()
      if (!template || isStarting) return undefined
      const problems = runProblems(state())
      const first = fields.findIndex((field) => problems[field.name] !== undefined)
      if (first >= 0) {
        set({ isChecked: true, index: first })
        context.notify('warning', problems[fields[first]?.name ?? ''] ?? '')
        return undefined
      }
      set({ isStarting: true })
      try {
        const filled = fields.filter((field) => field.isParameter && (texts[field.name] ?? '') !== '')
        const parameters = Object.fromEntries(
          filled.map((field) => [field.name, valueOf(field, texts[field.name] ?? '')]),
        )
        const { env = 'dev', out = '' } = texts
        const input = { template: template.id, envs: [env], out, params: parameters, force: false }
        return await context.marketplace.jobs.start('run', `Run ${template.name} for ${env}`, input)
      } catch (error) {
        context.report(error)
        return undefined
      } finally {
        set({ isStarting: false })
      }
    },
  }
}
export type RunActions = ReturnType<typeof runActions>
