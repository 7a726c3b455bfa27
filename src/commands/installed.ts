import { bytesText } from '../model/bytes-text.ts'
import { EXIT } from '../model/errors.ts'
import type { Outdated } from '../model/plan.ts'
import { versionText } from './answers.ts'
import type { Command } from './command.ts'
import { answer, printTable, say, withProgress } from './output.ts'
import { askingOf } from './search.ts'
import { dayText } from './words.ts'

export const installed: Command = {
  name: 'installed',
  needsNoSettings: true,
  summary: 'list what is installed',
  description:
    'Lists every installed item with its version, where it came from, its size and its folder. Asks no registry.',
  examples: [{ line: 'souk installed --json | jq -r ".[].path"', text: 'the folders, for a script' }],
  arguments: [],
  options: [],
  seeAlso: ['outdated', 'uninstall'],
  module: 'install',
  async run(context) {
    const all = await (await context.market()).installed()
    const values = all.map(({ listing: _listing, ...one }) => ({ ...one, version: one.version ?? null }))
    answer(context, values, () => {
      if (all.length === 0) say(context, 'Nothing is installed.')
      else
        printTable(context, all, [
          { title: 'ID', of: (one) => one.id, give: 1, least: 26 },
          { title: 'VERSION', of: (one) => versionText(one), give: 2, least: 13 },
          { title: 'KIND', of: (one) => one.kind, give: 5 },
          { title: 'ASKED FOR', of: (one) => (one.isRoot ? 'yes' : 'dependency'), give: 6 },
          { title: 'SIZE', of: (one) => bytesText(one.bytes), align: 'right', give: 4 },
          { title: 'INSTALLED', of: (one) => dayText(one.installedAt), give: 7 },
          { title: 'FOLDER', of: (one) => one.path, give: 9, least: 12 },
        ])
    })
  },
}

/** Those with a newer version, or of which it cannot be told. */
async function worthTelling(all: readonly Outdated[]): Promise<Outdated[]> {
  // Loaded here, because every run of the program loads this file.
  const { compareVersions } = await import('../model/versions.ts')
  return all.filter(
    ({ installed, newest, note }) =>
      note !== undefined || (installed !== undefined && newest !== undefined && compareVersions(newest, installed) < 0),
  )
}

export const outdated: Command = {
  name: 'outdated',
  summary: 'list installed items that have newer versions',
  description:
    'Asks the registries for newer versions: the newest that fits what others need (wanted), and the newest of all. Exit 0 also when something is outdated.',
  examples: [{ line: 'souk outdated', text: 'then: souk update --all' }],
  arguments: [],
  options: [],
  exits: [EXIT.unreachable],
  seeAlso: ['update'],
  module: 'install',
  async run(context) {
    const all = await withProgress(context, 'Asking for newer versions ...', async () =>
      (await context.market()).outdated(askingOf(context)),
    )
    const rows = await worthTelling(all)
    answer(context, rows, () => {
      if (rows.length === 0) say(context, 'Everything is up to date.')
      else
        printTable(context, rows, [
          { title: 'ID', of: (row) => row.id, give: 1, least: 16 },
          { title: 'INSTALLED', of: (row) => row.installed ?? '-', give: 2 },
          { title: 'WANTED', of: (row) => row.wanted ?? '-', give: 3 },
          { title: 'NEWEST', of: (row) => row.newest ?? '-', give: 4 },
          { title: 'NOTE', of: (row) => row.note ?? '', give: 9 },
        ])
    })
  },
}
