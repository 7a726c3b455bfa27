import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { EnvironmentTable } from '../../model/environment-table.ts'
import { fileProblem, reasonOf } from '../../model/errors.ts'
import type { Listing } from '../../model/listing.ts'
import { loadPatterns } from '../../model/pattern.ts'
import { quoted } from '../../model/shell.ts'
import { patch, toldOf, type Context, type Told } from '../context.ts'
import { fieldProblem } from '../field-problem.ts'
import { folderOf, listed, parameterFields, type Field } from '../parameters.ts'
import { previewLines, type PreviewLine } from '../preview-lines.ts'
import { answersIn, flagsOf, runFields } from '../run-fields.ts'

/** What the run would make, worked out and not written. */
export interface RunPreview {
  isMaking: boolean
  lines: PreviewLine[]
  /** Line at the top. */
  top: number
  problem?: Told | undefined
}

/** The form that starts a generation: environment, output folder, the template's parameters and features. */
export interface RunState {
  template?: Listing
  /** What the template says of its environments, once it was read. */
  table?: EnvironmentTable | undefined
  fields: Field[]
  /** What is typed, by field name. */
  texts: Record<string, string>
  index: number
  /** Set while the job is being written. */
  isStarting: boolean
  /** Problems of all fields are shown from the first attempt on, before it those of the fields typed in. */
  isChecked: boolean
  touched: Record<string, true>
  /** Shown in place of the form. */
  preview?: RunPreview | undefined
}

export const runState: RunState = {
  fields: [],
  texts: {},
  index: 0,
  isStarting: false,
  isChecked: false,
  touched: {},
}

/** The command line that starts the same run. */
export function runCommandLine(run: RunState): string {
  const { '--env': env = '', '--out': out = '', '--force': force } = run.texts
  const flags = flagsOf(run).map(([flag, value]) => ` ${flag} ${quoted(value)}`)
  return `souk run ${quoted(run.template?.id ?? '')} --env ${quoted(listed(env).join(','))} --out ${quoted(out)}${force === 'true' ? ' --force' : ''}${flags.join('')}`
}

/** First problem of each field, by name. */
export function runProblems(run: RunState): Record<string, string> {
  const found = run.fields.map((field) => [field.name, fieldProblem(field, run.texts[field.name] ?? '')] as const)
  return Object.fromEntries(found.filter((one): one is [string, string] => one[1] !== undefined))
}

/** The members of the input of a run that the form answers. */
function choicesIn(run: RunState): Record<string, unknown> {
  const { env: _env, out: _out, ...choices } = answersIn(run)
  return choices
}

/** Starts the job that the form asks for, and writes its answers where it names a file for them. */
async function startJob({ marketplace, system }: Context, run: RunState): Promise<string> {
  const { template, texts } = run
  const envs = listed(texts['--env'] ?? '')
  const out = resolve(system.env.cwd, texts['--out'] ?? '')
  const isForced = texts['--force'] === 'true'
  const file = texts['--write-answers'] ?? ''
  if (file !== '') await writeAnswers(resolve(system.env.cwd, file), run, isForced)
  const input = { template: template?.id, envs, out, ...choicesIn(run), force: isForced }
  return marketplace.jobs.start('run', `Run ${template?.name} for ${envs.join(', ')}`, input)
}

async function writeAnswers(path: string, run: RunState, isForced: boolean): Promise<void> {
  const { answersText } = await import('../../model/run-answers.ts')
  try {
    await writeFile(path, answersText(run.template?.id ?? '', answersIn(run)), { flag: isForced ? 'w' : 'wx' })
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST'
    throw fileProblem(path, isThere ? 'it is there already' : reasonOf(error), error)
  }
}

/** Asks what each environment would be, as it is and as it was chosen. */
async function makePreview({ marketplace }: Context, run: RunState, signal: AbortSignal): Promise<PreviewLine[]> {
  const { template, texts } = run
  const lines: PreviewLine[] = []
  for (const env of listed(texts['--env'] ?? '')) {
    const chosen = { ...choicesIn(run), env, label: 'chosen' }
    const { seed } = chosen as { seed?: unknown }
    const asItIs = { env, ...(seed === undefined ? {} : { seed }) }
    const diff = await marketplace.templates.compare({ template: template?.id ?? '', sides: [asItIs, chosen] }, signal)
    lines.push(...(lines.length > 0 ? [{ text: '', role: 'plain' as const }] : []), ...previewLines(diff))
  }
  return lines
}

/** Reads what a template tells of its fields; nothing where it is not on this machine. */
async function readTemplate(context: Context, template: Listing) {
  const here = context.store.getState().installed.items.find((item) => item.id === template.id)
  const folder = folderOf(template, here?.path)
  if (folder === undefined) return {}
  const { declaredParameters } = await import('../template-fields.ts')
  // Goods without a generator have no environments: the job that follows says what is wrong with them.
  const table = await context.marketplace.templates.table(folder).catch(() => undefined)
  return { table, parameters: declaredParameters(folder) }
}

const stateOf = (context: Context): RunState => context.store.getState().run
const change = (context: Context, part: Partial<RunState>): void => patch(context, 'run', part)

/** Fills the form: at once with what the listing tells, and again with what the folder of the template does. */
function openReading(context: Context) {
  let reading: Promise<void> | undefined
  /** The form with these environments and parameters; what is typed already stays. */
  const show = (table: EnvironmentTable | undefined, schema: unknown): void => {
    const fields = runFields(join(context.system.env.cwd, 'out'), table, parameterFields(schema))
    const { texts, touched } = stateOf(context)
    const typed = Object.entries(texts).filter(([name]) => touched[name])
    const initial = fields.map((field) => [field.name, field.initial] as const)
    change(context, { table, fields, texts: Object.fromEntries([...initial, ...typed]) })
  }
  const read = async (template: Listing): Promise<void> => {
    const { table, parameters } = await readTemplate(context, template)
    // Another form may have been opened meanwhile.
    if (stateOf(context).template === template) show(table, template.extra['parameters'] ?? parameters)
  }
  return {
    begin(template: Listing): void {
      show(undefined, template.extra['parameters'])
      reading = read(template).catch(context.report)
    },
    ended: async () => reading,
  }
}

/** What the keys do to the chosen field. */
function fieldActions(context: Context) {
  const chosen = (): { field: Field | undefined; text: string } => {
    const { fields, index, texts } = stateOf(context)
    return { field: fields[index], text: texts[fields[index]?.name ?? ''] ?? '' }
  }
  const setText = (name: string, text: string): void => {
    const { texts, touched } = stateOf(context)
    change(context, { texts: { ...texts, [name]: text.slice(0, 4000) }, touched: { ...touched, [name]: true } })
  }
  return {
    setText,
    move(delta: number): void {
      const { fields, index } = stateOf(context)
      change(context, { index: Math.max(0, Math.min(fields.length - 1, index + delta)) })
    },
    /** Goes through the options of the chosen field; with a letter to the next that begins so. */
    cycle(delta: number, letter?: string): void {
      const { field, text } = chosen()
      const options = field?.options ?? []
      const at = options.findIndex((one) => one.text === text)
      const order = options.map((_, step) => options[(at + delta * (step + 1) + options.length * 2) % options.length])
      const next = order.find((one) => letter === undefined || one?.words.toLowerCase().startsWith(letter))
      if (field && next) setText(field.name, next.text)
    },
    /** Puts the example of the chosen field into it. */
    takeExample(): void {
      const { field } = chosen()
      if (field?.example !== undefined) setText(field.name, field.example)
    },
  }
}

/** Works out what the run would make, in place of the form. */
function previewActions(context: Context, isSound: () => Promise<boolean>) {
  let previewing = new AbortController()
  const set = (preview: RunPreview | undefined): void => change(context, { preview })
  return {
    async preview(): Promise<void> {
      if (!(await isSound())) return
      previewing.abort()
      const mine = new AbortController()
      previewing = mine
      set({ isMaking: true, lines: [], top: 0 })
      try {
        const lines = await makePreview(context, stateOf(context), mine.signal)
        if (!mine.signal.aborted) set({ isMaking: false, lines, top: 0 })
      } catch (error) {
        if (!mine.signal.aborted) set({ isMaking: false, lines: [], top: 0, problem: toldOf(error) })
      }
    },
    /** Moves in the preview; `most` is the last line that may stand at the top. */
    scroll(delta: number, most: number): void {
      const { preview } = stateOf(context)
      if (preview) set({ ...preview, top: Math.max(0, Math.min(most, preview.top + delta)) })
    },
    closePreview(): void {
      previewing.abort()
      set(undefined)
    },
  }
}

export function runActions(context: Context) {
  const state = (): RunState => stateOf(context)
  const set = (part: Partial<RunState>): void => change(context, part)
  const reading = openReading(context)
  /** Whether every field will do; the first that will not is told and chosen. */
  const isSound = async (): Promise<boolean> => {
    await reading.ended()
    await loadPatterns()
    const { fields } = state()
    const problems = runProblems(state())
    const first = fields.findIndex((field) => problems[field.name] !== undefined)
    if (first < 0) return true
    set({ isChecked: true, index: first, preview: undefined })
    context.notify('warning', problems[fields[first]?.name ?? ''] ?? '')
    return false
  }
  const previews = previewActions(context, isSound)
  return {
    ...fieldActions(context),
    ...previews,
    open(template: Listing): void {
      previews.closePreview()
      context.store.setState({ run: { ...runState, template } })
      reading.begin(template)
      // Drawn once more when patterns can be tried: a value filled in at first may not do.
      void loadPatterns().then(() => set({}))
    },
    /** Checks every field, then starts the job; answers its id, or undefined when something is wrong. */
    async start(): Promise<string | undefined> {
      if (!state().template || state().isStarting || !(await isSound())) return undefined
      set({ isStarting: true })
      try {
        const id = await startJob(context, state())
        set({ preview: undefined })
        return id
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
