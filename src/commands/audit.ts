import { EXIT } from '../model/errors.ts'
import type { Command } from './command.ts'
import { answer, printTable, say, warn } from './output.ts'
import { countOf, dateOf, textOf } from './values.ts'
import { counted } from './words.ts'

/** Lines shown when no number is given. */
const SHOWN = 100

const audit: Command = {
  name: 'audit',
  summary: 'list what was done here, by whom, and what was refused',
  description:
    'Prints the audit trail, oldest first: a line for every item shown, installed, updated, removed or published, every change of the settings, and every refusal with the name of the rule. Lines are only ever added, and each holds the hash of the one before.',
  examples: [
    { line: 'souk audit --action install --since 2026-11-01', text: 'installs of this month' },
    { line: 'souk audit --item web-app --json', text: 'all that happened to one item, for a script' },
  ],
  arguments: [],
  options: [
    { flag: '--since', value: 'TIME', summary: 'from this day or ISO time on' },
    { flag: '--action', value: 'NAME', summary: 'such as install, update, remove, publish, show or settings' },
    { flag: '--item', value: 'ID', summary: 'a name, or registry/name', completes: 'item' },
    { flag: '--limit', value: 'N', summary: 'the last so many lines', preset: String(SHOWN) },
  ],
  seeAlso: ['audit verify', 'jobs'],
  module: 'audit',
  async run(context, _args, values) {
    const since = dateOf(values, 'since')
    const action = textOf(values, 'action')
    const item = textOf(values, 'item')
    const trail = (await context.market()).audit
    const { entries, unreadable } = await trail.read({
      limit: countOf(values, 'limit') ?? SHOWN,
      ...(since === undefined ? {} : { since }),
      ...(action === undefined ? {} : { action }),
      ...(item === undefined ? {} : { item }),
    })
    answer(context, entries, () => {
      if (entries.length === 0) say(context, 'The audit trail has no such line.')
      else
        printTable(context, entries, [
          { title: 'TIME', of: (one) => one.time.slice(0, 19).replace('T', ' '), give: 3, least: 19 },
          { title: 'USER', of: (one) => one.user, give: 5 },
          { title: 'ACTION', of: (one) => one.action, give: 0 },
          { title: 'ITEM', of: (one) => [one.item, one.version].filter(Boolean).join(' ') || '-', give: 1, least: 24 },
          { title: 'OUTCOME', of: (one) => one.outcome, give: 0 },
          { title: 'REASON', of: (one) => [one.policy, one.reason].filter(Boolean).join(': '), give: 9 },
          { title: 'FROM', of: (one) => one.cause, give: 10, least: 12 },
        ])
    })
    if (unreadable > 0)
      warn(context, `${counted(unreadable, 'line')} cannot be read; "souk audit verify" says where the first one is.`)
  },
}

const verify: Command = {
  name: 'verify',
  parent: 'audit',
  summary: 'check that no line of the audit trail was changed',
  description:
    'Follows the hashes from the first line to the head, which is kept in a file of its own. Exit 1 when a line was edited, removed, moved, added behind the head or cut off at the end; the first bad line is named. A trail that was deleted whole, head and all, leaves nothing to check: copy the head elsewhere to be safe from that.',
  examples: [{ line: 'souk audit verify', text: 'exit 0 when every line is as it was written' }],
  arguments: [],
  options: [],
  exits: [EXIT.findings],
  seeAlso: ['audit'],
  module: 'audit',
  async run(context) {
    const verdict = await (await context.market()).audit.verify()
    const { fault, notes, entries, files } = verdict
    answer(context, { ok: fault === undefined, ...verdict }, () => {
      for (const note of notes) say(context, note)
      if (!fault)
        say(context, `${counted(entries, 'entry', 'entries')} in ${counted(files, 'file')}: all as they were written`)
      else
        say(
          context,
          `${fault.kind}: ${fault.file}${fault.line > 0 ? `:${fault.line}` : ''}, entry ${fault.seq}: ${fault.text}`,
        )
    })
    return fault ? EXIT.findings : EXIT.ok
  },
}

export const AUDIT_COMMANDS: readonly Command[] = [audit, verify]
