import type { Cell, EnvironmentRow, EnvironmentTable, TierRow } from '../model/environment-table.ts'
import type { Environment, Environments } from './generators/environments.ts'
import type { Template } from './generators/template-folder.ts'
import { FORMATS } from './generators/text-files.ts'
import { resolveTiers } from './generators/tiers.ts'

type Row = Environments['rows']['settings'][number]

const isCell = (value: unknown): value is Cell => ['boolean', 'number', 'string'].includes(typeof value)
const cellOf = (values: Record<string, unknown>, name: string): Cell => {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  return isCell(value) ? value : null
}

/** A cell in words: those of its row, yes and no, `-` for none. */
function worded(value: Cell, words: Row['words']): string {
  const text = String(value)
  if (Object.hasOwn(words, text)) return words[text] ?? text
  if (value === null) return '-'
  return value === true ? 'yes' : value === false ? 'no' : text
}

/** The rows of a table, as the template orders and names them; where it does not, every plain value is a row. */
function rowsOf(
  environments: readonly Environment[],
  known: readonly Row[],
  part: (one: Environment) => Record<string, unknown>,
): EnvironmentRow[] {
  const names = [...new Set(environments.flatMap((one) => Object.keys(part(one))))]
  const plain = names.filter((name) => environments.some((one) => isCell(part(one)[name])))
  const rows = known.length > 0 ? known : plain.map((name): Row => ({ name, title: name, words: {} }))
  return rows.map(({ name, title, purpose, words }) => {
    const values = environments.map((one) => cellOf(part(one), name))
    return {
      name,
      title,
      ...(purpose === undefined ? {} : { purpose }),
      values,
      cells: values.map((value) => worded(value, words)),
    }
  })
}

function tierRows(all: Environments, environments: readonly Environment[]): TierRow[] {
  const effective = environments.map((one) => resolveTiers(all, one, { parameters: {}, mode: 'effective' }).tiers)
  return rowsOf(environments, all.rows.tiers, (one) => one.tiers).map((row) => ({
    ...row,
    effective: effective.map((tiers, index) => tiers[row.name] ?? row.cells[index] ?? '-'),
  }))
}

/** Settings, features and tiers as rows, with a cell for each of these environments of a template. */
export const tableRows = (
  all: Environments,
  environments: readonly Environment[],
): Pick<EnvironmentTable, 'settings' | 'features' | 'tiers'> => ({
  settings: rowsOf(environments, all.rows.settings, (one) => one.settings),
  features: rowsOf(environments, all.rows.features, (one) => one.features),
  tiers: tierRows(all, environments),
})

/** The tables of a template: settings, features and tiers of every environment, cell by cell. */
export function environmentTable({ manifest, environments: all, files }: Template): EnvironmentTable {
  const named = Object.entries(all.environments)
  return {
    template: manifest.id,
    version: manifest.version,
    formats: files.some(({ format }) => format === 'pulumi') ? [...FORMATS] : ['arm'],
    environments: named.map(([name, { title, purpose, location, later, settings }]) => ({
      name,
      title,
      ...(purpose === undefined ? {} : { purpose }),
      region: location,
      later,
      ...(typeof settings['vnetCidr'] === 'string' ? { addresses: settings['vnetCidr'] } : {}),
    })),
    ...tableRows(
      all,
      named.map(([, one]) => one),
    ),
  }
}
