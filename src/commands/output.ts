import { cellWidth, cut, wrap } from '../model/cells.ts'
import { EXIT, isMarketError, jobCancelled, reasonOf, type ExitCode } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { System } from '../system/system.ts'
import type { CommandContext } from './command.ts'
import type { GlobalFlags } from './global-flags.ts'
import { tableLines, type Column } from './table.ts'

type Told = Pick<CommandContext, 'system' | 'global'>

/** A line on standard output. With --json only `printJson` may write there, so the line is left out. */
export function say(context: Told, text = ''): void {
  if (!context.global.json) context.system.io.out.write(`${text}\n`)
}

// DEL, C1, bidi and invisible characters: JSON.stringify leaves them as they are, a terminal would obey some.
// oxlint-disable-next-line no-control-regex
const RAW_CONTROL = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/** The one JSON value of a command. Holds no control characters but its line breaks. */
export function printJson(context: Told, value: unknown): void {
  context.system.io.out.write(`${escaped(JSON.stringify(value, undefined, 2))}\n`)
}

/** One of many JSON values, on a line of its own: for what is watched and has no end that one value could wait for. */
export function printJsonLine(context: Told, value: unknown): void {
  context.system.io.out.write(`${escaped(JSON.stringify(value))}\n`)
}

const escaped = (json: string): string =>
  json.replace(RAW_CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Prints the value with --json, else calls `otherwise` to print it for people. */
export function answer(context: Told, value: unknown, otherwise: () => void): void {
  if (context.global.json) printJson(context, value)
  else otherwise()
}

/** On a terminal a sentence breaks between words; elsewhere it is one line. */
function onLines(output: System['io']['err'], text: string, inset = ''): string {
  const lines = output.isTTY ? wrap(text, Math.max(20, output.columns) - inset.length) : [text]
  return lines.map((one) => inset + one).join('\n')
}

/** A text on standard output after a label; on a terminal it breaks between words, with the label's width before each. */
export function sayText(context: Told, text: string, label = ''): void {
  const { out } = context.system.io
  const room = Math.max(20, out.columns - label.length)
  const lines = out.isTTY && cellWidth(text) > room ? wrap(text, room) : [text]
  for (const [index, one] of lines.entries()) say(context, (index === 0 ? label : ' '.repeat(label.length)) + one)
}

/** A line on standard error, silenced by --quiet. */
export function warn(context: Told, text: string): void {
  if (!context.global.quiet) context.system.io.err.write(`${onLines(context.system.io.err, harmless(text))}\n`)
}

/** Cells a row may take on standard output: the terminal's, COLUMNS when set, else no limit (0). */
export function outputWidth(context: Told): number {
  const { out } = context.system.io
  if (out.isTTY) return Math.max(20, out.columns)
  const asked = Number(context.system.env.get('COLUMNS'))
  return Number.isInteger(asked) && asked > 0 ? Math.max(20, asked) : 0
}

/** Whether cursor and colour codes may be written to an output. */
export function mayDraw(context: Told, output: { isTTY: boolean }): boolean {
  return output.isTTY && context.system.env.get('TERM') !== 'dumb'
}

const hasColor = (context: Told): boolean =>
  mayDraw(context, context.system.io.out) && context.global.color && !context.system.env.get('NO_COLOR')

/** Strong text where colour is allowed, plain text elsewhere. */
export const strong = (context: Told, text: string): string => (hasColor(context) ? `\u001b[1m${text}\u001b[22m` : text)

export function printTable<T>(context: Told, rows: readonly T[], columns: readonly Column<T>[]): void {
  const [heading = '', ...lines] = tableLines(rows, columns, outputWidth(context))
  say(context, strong(context, heading))
  for (const line of lines) say(context, line)
}

const SHOW_AFTER_MS = 300
const REDRAW_MS = 200

/**
 * Runs work that may take long. On a terminal a line on standard error says so after 300 ms and goes when the work
 * ends; in a pipe nothing is written.
 */
export async function withProgress<T>(
  context: Told,
  text: string,
  work: (tell: (text: string) => void) => Promise<T>,
): Promise<T> {
  const { err } = context.system.io
  if (context.global.quiet || !mayDraw(context, err)) return work(() => {})
  let now = text
  let isShown = false
  const draw = (): void => {
    isShown = true
    err.write(`\r\u001b[2K${cut(harmless(now), Math.max(10, err.columns - 1))}`)
  }
  let stopRedraw = (): void => {}
  const stopWait = context.system.clock.after(SHOW_AFTER_MS, () => {
    draw()
    stopRedraw = context.system.clock.every(REDRAW_MS, draw)
  })
  try {
    return await work((next) => {
      now = next
    })
  } finally {
    stopWait()
    stopRedraw()
    if (isShown) err.write('\r\u001b[2K')
  }
}

/**
 * Tells the user about an error and answers the exit code: the sentence and what to do on standard error; with
 * --json also `{error}` on standard output, so that a script can read it; the stack only with --debug.
 */
export function reportError(
  context: { system: Pick<System, 'io'>; global: Pick<GlobalFlags, 'json' | 'debug'>; signal?: AbortSignal },
  thrown: unknown,
): ExitCode {
  const { io } = context.system
  // What a Ctrl-C makes fail is no fault.
  const error = context.signal?.aborted && !isMarketError(thrown) ? jobCancelled('The command') : thrown
  const known = isMarketError(error)
  const sentence = known ? error.message : `Something unexpected happened: ${reasonOf(error)}`
  const hint = known ? error.hint : 'This is a fault of souk; run it again with --debug to see where.'
  io.err.write(`${onLines(io.err, `souk: ${harmless(sentence)}`)}\n`)
  if (hint) io.err.write(`${onLines(io.err, harmless(hint), '  ')}\n`)
  // What goes wrong with an item is told with its kind and how bad it is (inventory S10.2).
  const { type, item } = known ? error.details : {}
  if (known && typeof type === 'string' && item !== undefined) io.err.write(`  ${type}, severity ${error.severity}\n`)
  if (context.global.debug && error instanceof Error) io.err.write(`${error.stack ?? ''}\n`)
  const exit = known ? error.exit : EXIT.internal
  if (context.global.json) {
    const facts = known ? error.toJSON() : { code: 'internal', message: sentence, hint, exit }
    printJson(context as Told, { error: facts })
  }
  return exit
}
