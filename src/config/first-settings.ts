import { stringify } from 'yaml'
import type { RegistryEntry } from '../model/registry-entry.ts'
import type { EditOutcome } from '../model/registry-edit.ts'
import { configInvalid } from '../model/errors.ts'
import type { System } from '../system/system.ts'
import { writeDraft } from './edit.ts'
import { readSettingsText } from './settings-text.ts'
import { membersOf, SUGGESTIONS } from './suggestions.ts'

const HEAD = `# Registries and settings of Souk. registries.example.yaml of the program shows every setting.
#
# Nothing below is asked while "enabled" is false. Switch one on with "souk registries enable NAME", or with e on the
# Registries screen. Add your own with "souk registries add ADDRESS": a folder, a git repository, a document that lists
# goods, or the address of a registry.
#
# Secrets stay out of this file: write \${VARIABLE} and set the variable where souk runs.

registries:
`

/** What the source document of the program gives as its example (inventory S2.3). */
const OFFICIAL: RegistryEntry = {
  name: 'official',
  type: 'official',
  protocol: 'rest',
  url: 'https://marketplace.cloudworkstation.dev',
  enabled: false,
  priority: 100,
  options: {},
}

function block(entry: RegistryEntry, about: string): string {
  const { name, url } = entry
  const { protocol, type, ...rest } = membersOf(entry)
  const lines = stringify([{ name, type, url, protocol, ...rest }], { lineWidth: 0 })
    .trimEnd()
    .split('\n')
  return [`# ${about}`, ...lines].map((line) => `  ${line}\n`).join('')
}

/** The first settings file of a new user: what it is for, an example, and the suggested registries, all switched off. */
export const FIRST_SETTINGS: string =
  HEAD +
  [
    block(OFFICIAL, 'The example of an official registry: curated, read-only.'),
    ...SUGGESTIONS.map(({ entry, about }) => block(entry, about)),
  ].join('\n')

/** Writes the first settings file. Throws `config.invalid` when there is a file already. */
export async function writeFirstSettings(system: System, file: string, isTrial = false): Promise<EditOutcome> {
  const before = await readSettingsText(file)
  if (before.text !== undefined)
    throw configInvalid(
      { file: before.path },
      'is there already',
      'Nothing was written. Add to it with "souk registries add".',
    )
  return writeDraft(system, before, FIRST_SETTINGS, isTrial)
}
