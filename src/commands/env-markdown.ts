import { tiersMade, type EnvironmentRow, type EnvironmentTable } from '../model/environment-table.ts'
import { harmless } from '../model/text.ts'

const MARKS: Record<string, string> = { yes: '✅', no: '❌' }
const cell = (text: string): string => harmless(MARKS[text] ?? text, 300).replaceAll('|', String.raw`\|`)
const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

/** A table of rows with a column an environment, and their purpose where one is told. */
function rowsTable(title: string, names: readonly string[], rows: readonly EnvironmentRow[]): string[] {
  if (rows.length === 0) return []
  const hasPurpose = rows.some((row) => row.purpose !== undefined)
  const more = (text: string): string[] => (hasPurpose ? [text] : [])
  const head = [title, ...names, ...more('Purpose')]
  return [
    '',
    ...tableOf(
      head,
      rows.map((row) => [row.title, ...row.cells, ...more(row.purpose ?? '')]),
    ),
  ]
}

/** The tables of a template as Markdown, marks for yes and no; read-mes get theirs from here. */
export function environmentMarkdown(table: EnvironmentTable): string[] {
  const { environments, settings, features, tiers } = table
  const names = environments.map((one) => one.name)
  const places = environments.map(({ name, title, region, later, addresses }) => [
    name,
    title,
    [region, ...later.map((one) => `(+ ${one})`)].join(' '),
    addresses ?? '-',
  ])
  return [
    ...tableOf(['Environment', 'Title', 'Region', 'Addresses'], places),
    ...rowsTable('Setting', names, settings),
    ...rowsTable('Feature', names, features),
    ...rowsTable('Tier asked for', names, tiers),
    ...rowsTable('Tier made', names, tiersMade(table)),
  ]
}
