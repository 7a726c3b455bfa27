import type { Details } from '../marketplace.ts'
import { EXIT } from '../model/errors.ts'
import { BUILTIN } from '../model/registry-entry.ts'
import { troubleOf, versionText } from './answers.ts'
import type { Command } from './command.ts'
import { answer, say, warn, withProgress } from './output.ts'
import { askingOf } from './search.ts'

/** Why this one answers to the name, in the order of inventory C17: installed, built in, default registry, order. */
function whyOf({ installation, listing }: Details, defaultRegistry: string | undefined): string {
  if (installation) return 'it is installed'
  if (listing.registry === BUILTIN) return 'it is built in, and none of that name is installed'
  if (listing.registry === defaultRegistry) return `${listing.registry} is the default registry`
  return `${listing.registry} is the first registry that has it`
}

export const which: Command = {
  name: 'which',
  summary: 'say which item a name stands for, and why',
  description:
    'Several places may know a name. What is installed comes first, then the default registry, then the built-in goods, then the registries in the order of the settings. registry/name is always exact.',
  examples: [{ line: 'souk which azure-event-driven', text: 'the one that "souk run" would take' }],
  arguments: [{ name: 'name', summary: 'a name, or registry/name', isRequired: true, completes: 'item' }],
  options: [],
  exits: [EXIT.unreachable, EXIT.auth],
  seeAlso: ['show', 'installed'],
  module: 'search',
  async run(context, [name = '']) {
    const market = await context.market()
    const details = await withProgress(context, `Asking for ${name} ...`, () => market.details(name, askingOf(context)))
    const { listing, installation, offers } = details
    const value = {
      id: installation?.id ?? listing.id,
      version: installation?.version ?? listing.version ?? null,
      installed: installation !== undefined,
      path: installation?.path,
      why: whyOf(details, market.loaded.settings.defaultRegistry),
      others: offers.map((offer) => offer.id).filter((id) => id !== listing.id),
    }
    answer(context, value, () => {
      say(context, `${value.id} ${installation?.version ?? versionText(listing)}: ${value.why}`)
      if (value.path) say(context, `  ${value.path}`)
      if (value.others.length > 0) say(context, `  instead of ${value.others.join(', ')}`)
    })
    for (const trouble of troubleOf(details.sources)) warn(context, trouble)
  },
}
