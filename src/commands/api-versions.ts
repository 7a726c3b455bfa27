import type { ApiVersionsStatus } from '../marketplace.ts'
import type { Command, CommandContext } from './command.ts'
import { answer, say } from './output.ts'
import { counted } from './words.ts'

function print(context: CommandContext, status: ApiVersionsStatus): void {
  const { date, ageDays, types, source } = status
  answer(context, status, () => {
    say(
      context,
      `API versions of ${counted(types, 'resource type')} are known up to ${date}, ${counted(ageDays, 'day')} ago.`,
    )
    say(context, source === 'shipped' ? 'They came with the program.' : `They are from ${source}.`)
  })
}

export const apiVersions: Command = {
  name: 'api-versions',
  summary: 'tell how old the table of API versions is',
  description:
    'Tells up to which day the API versions of resource types are known that "souk validate" judges by, and where the table is from. A version that is newer than the table is never held against a template.',
  examples: [{ line: 'souk api-versions --json', text: 'for a script' }],
  arguments: [],
  options: [],
  seeAlso: ['api-versions update', 'validate'],
  module: 'validation',
  async run(context) {
    const market = await context.market()
    print(context, await market.apiVersions.status())
  },
}

export const updateApiVersions: Command = {
  name: 'update',
  parent: 'api-versions',
  summary: 'take a newer table of API versions',
  description:
    'Reads a table from a file or an address and keeps it for all runs to come: the answer of "az provider list", the toolkit\'s AllAzureResources.cache.json, or a table of our own. One that is older than the table that came with the program is kept and not used.',
  examples: [
    {
      line: 'az provider list > providers.json && souk api-versions update providers.json',
      text: 'from your own cloud',
    },
    { line: 'souk api-versions update https://example.com/api-versions.json', text: 'from an address' },
  ],
  arguments: [{ name: 'source', summary: 'a file or an https address', isRequired: true, completes: 'file' }],
  options: [],
  seeAlso: ['api-versions', 'validate'],
  module: 'validation',
  async run(context, [source = '']) {
    const market = await context.market()
    print(context, await market.apiVersions.update(source, context.signal))
  },
}
