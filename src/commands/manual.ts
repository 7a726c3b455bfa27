import { pad, wrap } from '../model/cells.ts'
import { EXIT, type ExitCode } from '../model/errors.ts'
import { pathOf, type Command, type CommandContext, type CommandOption } from './command.ts'
import { GLOBAL_OPTIONS } from './global-flags.ts'
import { strong } from './output.ts'

/** What each exit code means; the README shows the same table. */
export const EXIT_MEANINGS: Record<ExitCode, string> = {
  [EXIT.ok]: 'it worked',
  [EXIT.findings]: 'it worked and found something wrong: failed findings, a wrong digest, a damaged archive',
  [EXIT.usage]: 'the command line is wrong, or what it names does not exist',
  [EXIT.unreachable]: 'no registry could be reached and nothing was cached (with --strict: any registry failed)',
  [EXIT.auth]: 'a registry refused the credentials, or does not allow this',
  [EXIT.cancelled]: 'cancelled, by Ctrl-C or by a no',
  [EXIT.internal]: 'something failed inside souk or on this machine',
}

/** Exit codes any command may end with. */
const COMMON_EXITS: readonly ExitCode[] = [EXIT.ok, EXIT.usage, EXIT.cancelled, EXIT.internal]
const INDENT = '    '

/** `souk search [text...] [options]` */
export function synopsisOf(command: Command): string {
  const words = command.arguments.map((argument) => {
    const name = argument.isMany ? `${argument.name}...` : argument.name
    return argument.isRequired ? name : `[${name}]`
  })
  return ['souk', pathOf(command), ...words, ...(command.options.length > 0 ? ['[options]'] : [])].join(' ')
}

/** The manual page of one command, drawn from its record. */
export function manualOf(command: Command, context: CommandContext): string {
  const width = Math.min(100, Math.max(40, context.system.io.out.columns))
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [strong(context, title), ...lines.map((line) => (line ? INDENT + line : '')), '']
  const children = context.commands.filter((one) => one.parent === command.name && !command.parent)
  const exits = [...new Set([...COMMON_EXITS, ...(command.exits ?? [])])].toSorted((a, b) => a - b)
  const inner = width - INDENT.length
  return [
    ...section('NAME', [`souk ${pathOf(command)} - ${command.summary}`]),
    ...section('SYNOPSIS', [synopsisOf(command), ...children.map(synopsisOf)]),
    ...section(
      'DESCRIPTION',
      command.description.split('\n\n').flatMap((text, index) => [...(index > 0 ? [''] : []), ...wrap(text, inner)]),
    ),
    ...section(
      'COMMANDS',
      pairs(
        children.map((one) => [one.name, one.summary]),
        inner,
      ),
    ),
    ...section(
      'ARGUMENTS',
      pairs(
        command.arguments.map((one) => [one.name, one.summary]),
        inner,
      ),
    ),
    ...section('OPTIONS', pairs(command.options.map(optionRow), inner)),
    ...section('GLOBAL OPTIONS', pairs(GLOBAL_OPTIONS.map(optionRow), inner)),
    ...section(
      'EXAMPLES',
      command.examples.flatMap((example) => [
        example.line,
        ...wrap(example.text, inner - 4).map((line) => INDENT + line),
      ]),
    ),
    ...section(
      'EXIT CODES',
      pairs(
        exits.map((exit) => [String(exit), EXIT_MEANINGS[exit]]),
        inner,
      ),
    ),
    ...section('SEE ALSO', command.seeAlso ? wrap(command.seeAlso.map((one) => `souk ${one}`).join(', '), inner) : []),
  ].join('\n')
}

function optionRow(option: CommandOption): [string, string] {
  const facts = [
    option.summary,
    ...(option.choices ? [`one of ${option.choices.join(', ')}`] : []),
    ...(option.isMany ? [option.isList ? 'several by commas' : 'may be repeated'] : []),
    ...(option.preset === undefined ? [] : [`default ${option.preset}`]),
  ]
  return [option.value ? `${option.flag} ${option.value}` : option.flag, facts.join('; ')]
}

/** Two columns; the second is wrapped under itself. */
function pairs(rows: readonly (readonly [string, string])[], width: number): string[] {
  const left = Math.min(28, Math.max(0, ...rows.map(([name]) => name.length)))
  return rows.flatMap(([name, text]) => {
    const lines = wrap(text, Math.max(20, width - left - 2))
    const [first = '', ...more] = lines
    const head = name.length > left ? [name, ' '.repeat(left + 2) + first] : [`${pad(name, left)}  ${first}`]
    return [...head, ...more.map((line) => ' '.repeat(left + 2) + line)]
  })
}

/** The page of `souk --help`: every command, the global flags, the exit codes. */
export function overviewOf(context: CommandContext): string {
  const width = Math.min(100, Math.max(40, context.system.io.out.columns)) - INDENT.length
  const shown = context.commands.filter((command) => !command.isHidden && command.parent === undefined)
  const section = (title: string, lines: readonly string[]): string[] => [
    strong(context, title),
    ...lines.map((line) => INDENT + line),
    '',
  ]
  return [
    ...section('NAME', ['souk - a marketplace in your terminal']),
    ...section('SYNOPSIS', ['souk', 'souk COMMAND [arguments] [options]', 'souk COMMAND --help']),
    ...section(
      'DESCRIPTION',
      wrap(
        'Without a command, on a terminal, souk opens its screens. "souk marketplace COMMAND" is the same as "souk COMMAND".',
        width,
      ),
    ),
    ...section(
      'COMMANDS',
      pairs(
        shown.map((one) => [one.name, one.summary]),
        width,
      ),
    ),
    ...section('GLOBAL OPTIONS', pairs(GLOBAL_OPTIONS.map(optionRow), width)),
    ...section('EXIT CODES', pairs(Object.entries(EXIT_MEANINGS), width)),
  ].join('\n')
}
