import { EXIT, machineProblem, notTerminal, usage, type ExitCode } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { Command, CommandContext } from './command.ts'
import { manualOf, overviewOf } from './manual.ts'
import { parsePlain } from './parse-plain.ts'
import { nearestOf } from './nearest.ts'
import { printJson, reportError, say, warn } from './output.ts'

/**
 * Runs one command line (global flags already taken out by `splitGlobalFlags`) and answers the exit code. Errors are
 * told here; nothing is thrown. `--help` and `--version` never open the market.
 */
export async function runCommand(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  try {
    return await dispatch(argv, context)
  } catch (error) {
    const known = machineProblem(error) ?? error
    if (!context.signal.aborted) context.told?.(known)
    return reportError(context, known)
  }
}

async function dispatch(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const words = argv[0] === 'marketplace' ? argv.slice(1) : [...argv]
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words
  const wantsHelp = own.includes('--help') || own.includes('-h')
  const [first] = words
  if (first === '--version' || first === '-V') return printVersion(context)
  if (first === 'help') return printHelp(context, words.slice(1))
  if (first === undefined && !wantsHelp) return openScreens(context)
  if (first === undefined || first.startsWith('-')) {
    if (wantsHelp) return printHelp(context, [])
    throw unknownFlag(first ?? '')
  }
  if (wantsHelp) return printHelp(context, own)
  const { command, rest } = findCommand(context.commands, words)
  const { args, values } = parsePlain(command, rest) ?? (await import('./parse.ts')).parseArguments(command, rest)
  return (await command.run(withSettings(context, command), args, values)) ?? EXIT.ok
}

/**
 * The context for a command: where nothing of the settings file can be read, nothing opens but for one that can do
 * without. Answers from other registries than those that are meant would be worse than none.
 */
function withSettings(context: CommandContext, command: Command): CommandContext {
  const checked =
    <T>(open: () => Promise<T>) =>
    async (): Promise<T> => {
      const unreadable = (await context.doors.settings?.())?.unreadable
      if (unreadable && !command.needsNoSettings) throw unreadable
      if (unreadable) warn(context, `warning: ${unreadable.message} The defaults are used.`)
      return open()
    }
  return { ...context, market: checked(context.market), jobs: checked(context.jobs) }
}

/** The command that the first one or two words name, and the words left for it. */
function findCommand(commands: readonly Command[], words: readonly string[]): { command: Command; rest: string[] } {
  const [first = '', second] = words
  const command = commands.find((one) => one.parent === undefined && one.name === first)
  if (!command) throw unknownCommand(commands, first)
  const children = commands.filter((one) => one.parent === first)
  const child = children.find((one) => one.name === second)
  if (child) return { command: child, rest: words.slice(2) }
  if (second !== undefined && !second.startsWith('-') && children.length > 0 && command.arguments.length === 0)
    throw unknownChild(first, second, children)
  return { command, rest: words.slice(1) }
}

function unknownCommand(commands: readonly Command[], word: string): Error {
  const known = commands.filter((one) => !one.isHidden && one.parent === undefined).map((one) => one.name)
  const near = nearestOf(word, known)
  return usage(
    `There is no command "${harmless(word, 80)}".`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See "souk --help" for the list.',
  )
}

function unknownChild(parent: string, word: string, children: readonly Command[]): Error {
  const names = children.map((one) => one.name)
  const [near] = nearestOf(word, names, 1)
  return usage(
    `"souk ${parent}" has no command "${harmless(word, 80)}".`,
    near ? `Did you mean "souk ${parent} ${near}"?` : `It has: ${names.join(', ')}.`,
  )
}

function unknownFlag(flag: string): Error {
  const [near] = nearestOf(flag, ['--help', '--version', '--json', '--config', '--offline'], 1)
  return usage(
    `There is no flag ${harmless(flag, 80)} before a command.`,
    near ? `Did you mean ${near}?` : 'Flags of a command stand after it; see "souk --help".',
  )
}

async function openScreens(context: CommandContext): Promise<ExitCode> {
  const { io } = context.system
  if (!io.stdinIsTTY || !io.out.isTTY || !context.doors.openScreens) throw notTerminal()
  return context.doors.openScreens('search')
}

function printVersion(context: CommandContext): ExitCode {
  if (context.global.json) printJson(context, context.program)
  else say(context, `${context.program.name} ${context.program.version}`)
  return EXIT.ok
}

function printHelp(context: CommandContext, words: readonly string[]): ExitCode {
  const named = words.filter((word) => !word.startsWith('-'))
  const text =
    named.length === 0 ? overviewOf(context) : manualOf(findCommand(context.commands, named).command, context)
  context.system.io.out.write(text)
  return EXIT.ok
}
