import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { patch, type Context } from '../context.ts'

/** How the rows of a list are drawn: one line, or a card of several. */
const VIEW_MODES = ['list', 'detailed'] as const
type ViewMode = (typeof VIEW_MODES)[number]

/** A question the user has to answer. Destructive ones start on No. */
export interface Dialog {
  title: string
  lines: string[]
  isYes: boolean
  onYes: () => void
}

export interface Picker {
  title: string
  items: { label: string; value: string }[]
  onPick: (value: string) => void
}

export interface ViewState {
  columns: number
  rows: number
  /** Rows the main list of the current screen shows; told by the layout. */
  listRows: number
  mode: ViewMode
  /** Over SSH or in tmux: fewer frames, longer jumps. */
  isSlow: boolean
  dialog?: Dialog | undefined
  picker?: Picker | undefined
  /** The text typed in the help's filter; undefined while help is closed. */
  help?: string | undefined
  helpIndex: number
  /** Wall clock of the last tick, ms; moves only while a job runs on screen. */
  now: number
}

export function viewState(context: Pick<Context, 'system' | 'marketplace'>): ViewState {
  const { env, clock, io } = context.system
  return {
    columns: io.out.columns,
    rows: io.out.rows,
    listRows: Math.max(1, io.out.rows - 6),
    mode: savedMode(viewFile(context)),
    isSlow: env.get('SSH_CONNECTION') !== undefined || env.get('TMUX') !== undefined,
    helpIndex: 0,
    now: clock.now(),
  }
}

const viewFile = (context: Pick<Context, 'marketplace'>): string => join(context.marketplace.paths.state, 'view.json')

/** A missing or damaged file is a first run. */
function savedMode(file: string): ViewMode {
  try {
    const saved = JSON.parse(readFileSync(file, 'utf8')) as { mode?: unknown }
    return VIEW_MODES.find((mode) => mode === saved.mode) ?? 'list'
  } catch {
    return 'list'
  }
}

export function viewActions(context: Context) {
  const view = (): ViewState => context.store.getState().view
  return {
    resize(columns: number, rows: number): void {
      if (view().columns !== columns || view().rows !== rows) patch(context, 'view', { columns, rows })
    },
    setListRows(listRows: number): void {
      if (view().listRows !== listRows) patch(context, 'view', { listRows })
    },
    /** The next view mode, remembered for the next run. */
    cycleMode(): void {
      const mode = VIEW_MODES[(VIEW_MODES.indexOf(view().mode) + 1) % VIEW_MODES.length] ?? 'list'
      patch(context, 'view', { mode })
      try {
        mkdirSync(context.marketplace.paths.state, { recursive: true })
        writeFileSync(viewFile(context), JSON.stringify({ mode }))
      } catch (error) {
        context.report(error)
      }
      context.notify('info', `View: ${mode}`)
    },
    ask(dialog: Dialog): void {
      patch(context, 'view', { dialog })
    },
    /** Moves the choice of the open question. */
    choose(isYes: boolean): void {
      const { dialog } = view()
      if (dialog) patch(context, 'view', { dialog: { ...dialog, isYes } })
    },
    answer(isYes: boolean): void {
      const { dialog } = view()
      patch(context, 'view', { dialog: undefined })
      if (isYes) dialog?.onYes()
    },
    pick(picker: Picker): void {
      patch(context, 'view', { picker })
    },
    picked(value: string | undefined): void {
      const { picker } = view()
      patch(context, 'view', { picker: undefined })
      if (value !== undefined) picker?.onPick(value)
    },
    setHelp(help: string | undefined): void {
      patch(context, 'view', { help, helpIndex: 0 })
    },
    moveHelp(delta: number, count: number): void {
      patch(context, 'view', { helpIndex: Math.max(0, Math.min(count - 1, view().helpIndex + delta)) })
    },
  }
}
export type ViewActions = ReturnType<typeof viewActions>
