import { join, resolve } from 'node:path'
import type { Listing } from '../../model/listing.ts'
import { patch, type Context } from '../context.ts'
import { quoted } from '../../model/shell.ts'
import { loadPatterns } from '../../model/pattern.ts'
import { fieldProblem, folderOf, listed, parameterFields, valueOf, type Field } from '../parameters.ts'

/** The form that starts a generation: environment, output folder, the template's parameters. */
export interface RunState {
  template?: Listing
  fields: Field[]
  /** What is typed, by field name. */
  texts: Record<string, string>
  index: number
  /** Set while the job is being written. */
  isStarting: boolean
  /** Problems of all fields are shown from the first attempt on, before it those of the fields typed in. */
  isChecked: boolean
  touched: Record<string, true>
}

export const runState: RunState = {
  fields: [],
  texts: {},
  index: 0,
  isStarting: false,
  isChecked: false,
  touched: {},
}

const USUAL = ['dev', 'qa', 'staging', 'prod'] as const

const fixed = (folder: string, known: readonly string[] | undefined): Field[] => [
  {
    name: '--env',
    label: 'Environments',
    type: 'string',
    isRequired: true,
    initial: known?.includes('dev') === false ? (known[0] ?? '') : 'dev',
    isParameter: false,
    pattern: '^[A-Za-z0-9][A-Za-z0-9-]*([ ,]+[A-Za-z0-9][A-Za-z0-9-]*)*[ ,]*$',
    ...(known ? { members: known } : {}),
    help: known
      ? `One or several of ${known.join(', ')}; commas between them.`
      : `One or several, such as ${USUAL.join(', ')}; commas between them.`,
  },
  {
    name: '--out',
    label: 'Output folder',
    type: 'string',
    isRequired: true,
    initial: folder,
    isParameter: false,
    help: 'Each environment gets a folder of its own in it, and a ZIP beside that.',
  },
  {
    name: '--force',
    label: 'Write over',
    type: 'boolean',
    isRequired: true,
    initial: 'false',
    isParameter: false,
    help: 'true writes over what a former run left in the output folder.',
  },
]

/** The parameters that differ from what the template takes by itself. */
const chosenParameters = ({ fields, texts }: RunState): { field: Field; text: string }[] =>
  fields
    .filter((field) => field.isParameter && (texts[field.name] ?? '') !== field.initial)
    .map((field) => ({ field, text: texts[field.name] ?? '' }))

/** The command line that starts the same run. */
export function runCommandLine(run: RunState): string {
  const { '--env': env = '', '--out': out = '', '--force': force } = run.texts
  const parameters = chosenParameters(run)
    .filter(({ text }) => text !== '')
    .map(({ field, text }) => ` --param ${quoted(`${field.name}=${text}`)}`)
  return `souk run ${quoted(run.template?.id ?? '')} --env ${quoted(listed(env).join(','))} --out ${quoted(out)}${force === 'true' ? ' --force' : ''}${parameters.join('')}`
}

/** First problem of each field, by name. */
export function runProblems(run: RunState): Record<string, string> {
  const found = run.fields.map((field) => [field.name, fieldProblem(field, run.texts[field.name] ?? '')] as const)
  return Object.fromEntries(found.filter((one): one is [string, string] => one[1] !== undefined))
}

export function runActions(context: Context) {
  const state = (): RunState => context.store.getState().run
  const set = (change: Partial<RunState>): void => patch(context, 'run', change)
  let reading: Promise<void> | undefined
  /** The form with these environments and parameters; what is typed already stays. */
  const show = (known: readonly string[] | undefined, schema: unknown): void => {
    const fields = [...fixed(join(context.system.env.cwd, 'out'), known), ...parameterFields(schema)]
    const { texts, touched } = state()
    const typed = Object.entries(texts).filter(([name]) => touched[name])
    const initial = fields.map((field) => [field.name, field.initial] as const)
    set({ fields, texts: Object.fromEntries([...initial, ...typed]) })
  }
  // What reads manifests is loaded when there is one to read.
  const readFolder = async (template: Listing, folder: string): Promise<void> => {
    const { declaredParameters, environmentNames } = await import('../template-fields.ts')
    // Another form may have been opened meanwhile.
    if (state().template !== template) return
    show(environmentNames(folder), template.extra['parameters'] ?? declaredParameters(folder))
  }
  return {
    open(template: Listing): void {
      context.store.setState({ run: { ...runState, template } })
      show(undefined, template.extra['parameters'])
      const here = context.store.getState().installed.items.find((item) => item.id === template.id)
      const folder = folderOf(template, here?.path)
      reading = folder === undefined ? undefined : readFolder(template, folder).catch(context.report)
      // Drawn once more when patterns can be tried: a value filled in at first may not do.
      void loadPatterns().then(() => set({}))
    },
    setText(name: string, text: string): void {
      set({ texts: { ...state().texts, [name]: text.slice(0, 4000) }, touched: { ...state().touched, [name]: true } })
    },
    move: (delta: number) => set({ index: Math.max(0, Math.min(state().fields.length - 1, state().index + delta)) }),
    /** Checks every field, then starts the job; answers its id, or undefined when something is wrong. */
    async start(): Promise<string | undefined> {
      await reading
      const { template, fields, texts, isStarting } = state()
      if (!template || isStarting) return undefined
      await loadPatterns()
      const problems = runProblems(state())
      const first = fields.findIndex((field) => problems[field.name] !== undefined)
      if (first >= 0) {
        set({ isChecked: true, index: first })
        context.notify('warning', problems[fields[first]?.name ?? ''] ?? '')
        return undefined
      }
      set({ isStarting: true })
      try {
        const filled = chosenParameters(state()).filter(({ text }) => text !== '')
        const parameters = Object.fromEntries(filled.map(({ field, text }) => [field.name, valueOf(field, text)]))
        const { '--env': env = '', '--out': out = '', '--force': force } = texts
        const envs = listed(env)
        const folder = resolve(context.system.env.cwd, out)
        const input = { template: template.id, envs, out: folder, parameters, force: force === 'true' }
        return await context.marketplace.jobs.start('run', `Run ${template.name} for ${envs.join(', ')}`, input)
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
