import type { Command } from './command.ts'
import { answer, say } from './output.ts'
import { door } from './package.ts'
import { DRY_RUN, printDiff } from './registry-edits.ts'
import { isSet } from './values.ts'

export const init: Command = {
  name: 'init',
  summary: 'write a first settings file',
  description:
    'Writes a settings file with comments: an example of an official registry and the suggested public ones, all of them switched off, so that nothing is contacted until one is enabled. The file is that of --config or SOUK_CONFIG, else registries.yaml in the settings folder. A file that is there is never written over.',
  examples: [
    { line: 'souk init', text: 'then "souk registries enable azd-gallery"' },
    { line: 'souk init --config ./registries.yaml', text: 'for one project' },
  ],
  arguments: [],
  options: [DRY_RUN],
  seeAlso: ['registries add', 'config'],
  module: 'config',
  async run(context, _args, values) {
    const isTrial = isSet(values, 'dry-run')
    const outcome = await door(context, 'writeFirstSettings')(isTrial)
    answer(context, { ...outcome, dryRun: isTrial }, () => {
      if (isTrial) printDiff(context, outcome)
      else {
        say(context, `wrote ${outcome.file}`)
        say(context, 'Nothing in it is asked yet: see it, then "souk registries enable NAME".')
      }
    })
  },
}
