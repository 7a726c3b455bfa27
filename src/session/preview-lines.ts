import type { EnvironmentDiff } from '../model/environment-diff.ts'
import { harmless } from '../model/text.ts'

/** A line of the preview of a run. */
export interface PreviewLine {
  text: string
  role: 'heading' | 'muted' | 'plain' | 'ok' | 'warn' | 'error'
}

/** Members of one resource that are told; the command of the same name has all. */
const MOST_MEMBERS = 6
const kind = (type: string): string => type.replace(/^Microsoft\./, '')
const plain = (text: string, role: PreviewLine['role'] = 'plain'): PreviewLine => ({ text: harmless(text, 2000), role })

function heading(text: string, lines: readonly PreviewLine[]): PreviewLine[] {
  return lines.length === 0 ? [] : [plain(''), plain(text, 'heading'), ...lines]
}

function changedMembers({ changes }: EnvironmentDiff): PreviewLine[] {
  const byResource = Map.groupBy(changes, ({ type, name }) => `${kind(type)} ${name}`)
  return [...byResource].flatMap(([name, rows]) => {
    const more = rows.length - MOST_MEMBERS
    return [
      plain(`~ ${name}`, 'warn'),
      ...rows.slice(0, MOST_MEMBERS).map(({ path, cells }) => plain(`    ${path}: ${cells[0]} -> ${cells[1]}`)),
      ...(more > 0 ? [plain(`    and ${more} more`, 'muted')] : []),
    ]
  })
}

const size = (bytes: number | null | undefined): string => (typeof bytes === 'number' ? `${bytes} bytes` : 'not there')

/**
 * What a run would make of one environment, against what its tables and the defaults make. The first side is the
 * environment as it is, the second as it was chosen.
 */
export function previewLines(diff: EnvironmentDiff): PreviewLine[] {
  const { rows, resources, files, totals, costs, sides } = diff
  const [before = 0, after = 0] = costs.monthly
  const [, count = 0] = totals.resources
  const cost = before === after ? `${after}` : `${before} -> ${after}`
  const told = resources.map(({ type, name, isIn }) =>
    isIn[1] ? plain(`+ ${kind(type)} ${name}`, 'ok') : plain(`- ${kind(type)} ${name}`, 'error'),
  )
  const isSame = rows.length === 0 && files.length === 0
  return [
    plain(
      `${sides[0] ?? ''}: ${count} resources, ${totals.files[1] ?? 0} files, ${cost} ${costs.currency} a month`,
      'heading',
    ),
    ...(isSame ? [plain('As its tables and the defaults have it.', 'muted')] : []),
    ...heading(
      'Chosen, against its tables and the defaults',
      rows.map(({ part, title, cells }) => plain(`${part} ${title}: ${cells[0]} -> ${cells[1]}`)),
    ),
    ...heading('Resources that come and go', told),
    ...heading('Resources that change', changedMembers(diff)),
    ...heading(
      'Files',
      files.map(({ path, bytes }) => plain(`${path}: ${size(bytes[0])} -> ${size(bytes[1])}`)),
    ),
  ]
}
