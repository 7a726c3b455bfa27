import type { Command } from './command.ts'
import type { Values } from './values.ts'

/**
 * Reads words among which there is no flag, and the right number of them: what is left to the parser otherwise takes
 * longer to load than to do. Undefined when the parser must look at them.
 */
export function parsePlain(command: Command, words: readonly string[]): { args: string[]; values: Values } | undefined {
  if (words.some((word) => word.startsWith('-'))) return undefined
  const needed = command.arguments.filter((argument) => argument.isRequired).length
  const most = command.arguments.some((argument) => argument.isMany) ? Infinity : command.arguments.length
  if (words.length < needed || words.length > most) return undefined
  const preset = command.options.map((option): [string, string | string[] | boolean | undefined] => [
    option.flag.slice(2),
    option.value === undefined ? false : option.isMany ? undefined : option.preset,
  ])
  return { args: [...words], values: Object.fromEntries(preset) }
}
