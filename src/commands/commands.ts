import { pathOf, type Command } from './command.ts'
import { answer, printTable } from './output.ts'

export const commands: Command = {
  name: 'commands',
  summary: 'list every command with its module',
  description:
    'Lists the commands of this installation: name, parent, the module that owns it, its flags. "souk marketplace COMMAND" is the same as "souk COMMAND".',
  examples: [{ line: 'souk commands --json', text: 'for a script' }],
  arguments: [],
  options: [],
  seeAlso: ['completion', 'doctor'],
  module: 'commands',
  async run(context) {
    const shown = context.commands.filter((command) => !command.isHidden)
    const values = shown.map((command) => ({
      name: pathOf(command),
      parent: command.parent ?? 'marketplace',
      module: command.module,
      summary: command.summary,
      arguments: command.arguments.map(({ name, isRequired = false, isMany = false }) => ({
        name,
        isRequired,
        isMany,
      })),
      flags: command.options.map((option) => option.flag),
    }))
    answer(context, values, () =>
      printTable(context, values, [
        { title: 'COMMAND', of: (row) => row.name, give: 0 },
        { title: 'MODULE', of: (row) => row.module, give: 3 },
        { title: 'SUMMARY', of: (row) => row.summary, give: 9, least: 12 },
      ]),
    )
  },
}
