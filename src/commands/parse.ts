import { Command as Program, CommanderError, Option } from 'commander'
import { usage } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import { pathOf, type Command, type CommandOption } from './command.ts'
import { GLOBAL_OPTIONS } from './global-flags.ts'
import { nearestOf } from './nearest.ts'
import type { Values } from './values.ts'

export interface Parsed {
  args: string[]
  values: Values
}

/** Reads the words after a command by its record. Everything wrong is a usage error that names the nearest right word. */
export function parseArguments(command: Command, words: readonly string[]): Parsed {
  const path = pathOf(command)
  const program = new Program(path).exitOverride().helpOption(false).helpCommand(false).allowExcessArguments(true)
  program.configureOutput({ writeErr: () => {}, writeOut: () => {} })
  const options = command.options.map((option) => ({ option, parsed: commanderOption(option) }))
  for (const { parsed } of options) program.addOption(parsed)
  for (const argument of command.arguments)
    program.argument(argument.isMany ? `[${argument.name}...]` : `[${argument.name}]`, argument.summary)
  try {
    program.parse(words, { from: 'user' })
  } catch (error) {
    throw error instanceof CommanderError ? wrongFlag(command, words, error) : error
  }
  const given = program.opts<Record<string, unknown>>()
  const values: Record<string, string | string[] | boolean | undefined> = {}
  for (const { option, parsed } of options)
    values[option.flag.slice(2)] = valueOf(option, given[parsed.attributeName()])
  checkArguments(command, program.args)
  return { args: program.args, values }
}

function commanderOption(option: CommandOption): Option {
  const parsed = new Option(option.value ? `${option.flag} <${option.value}>` : option.flag, option.summary)
  if (option.isMany) parsed.argParser<string[]>((value, before) => [...(Array.isArray(before) ? before : []), value])
  if (option.preset !== undefined) parsed.default(option.isMany ? undefined : option.preset)
  return parsed
}

function valueOf(option: CommandOption, given: unknown): string | string[] | boolean | undefined {
  if (option.value === undefined) return option.flag.startsWith('--no-') ? given === false : given === true
  if (given === undefined) return undefined
  const all = (Array.isArray(given) ? given : [given]).map(String)
  const texts = option.isList ? all.flatMap((text) => text.split(',').map((part) => part.trim())).filter(Boolean) : all
  for (const text of texts) checkChoice(option, text)
  return option.isMany ? texts : texts[0]
}

function checkChoice(option: CommandOption, text: string): void {
  if (!option.choices || option.choices.includes(text)) return
  const [nearest] = nearestOf(text, option.choices, 1)
  throw usage(
    `${option.flag} does not take "${harmless(text, 80)}".`,
    `${nearest ? `Did you mean ${nearest}? ` : ''}It takes one of: ${option.choices.join(', ')}.`,
  )
}

function wrongFlag(command: Command, words: readonly string[], error: CommanderError): Error {
  const path = pathOf(command)
  const flags = [...command.options, ...GLOBAL_OPTIONS].map((option) => option.flag)
  if (error.code === 'commander.unknownOption') {
    const own = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined)
    const wrong = /'([^']*)'/.exec(error.message)?.[1] ?? own.find((word) => word.startsWith('-')) ?? ''
    const near = nearestOf(wrong.split('=', 1)[0] ?? wrong, flags)
    return usage(
      `"souk ${path}" has no flag ${harmless(wrong, 80)}.`,
      near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `See "souk ${path} --help".`,
    )
  }
  if (error.code === 'commander.optionMissingArgument') {
    const flag = /'(--[^ ']*)/.exec(error.message)?.[1] ?? 'the last flag'
    return usage(`${flag} needs a value after it.`, `See "souk ${path} --help".`)
  }
  return usage(`The line cannot be read: ${harmless(error.message, 200)}.`, `See "souk ${path} --help".`)
}

function checkArguments(command: Command, args: readonly string[]): void {
  const path = pathOf(command)
  const missing = command.arguments.find((argument, index) => argument.isRequired && args[index] === undefined)
  if (missing) throw usage(`"souk ${path}" needs ${missing.name}: ${missing.summary}.`, `See "souk ${path} --help".`)
  if (command.arguments.some((argument) => argument.isMany) || args.length <= command.arguments.length) return
  const extra = args.slice(command.arguments.length).map((word) => `"${harmless(word, 80)}"`)
  throw usage(`"souk ${path}" does not know what to do with ${extra.join(' ')}.`, `See "souk ${path} --help".`)
}
