import { createHash } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, relative, sep } from 'node:path'
import { z } from 'zod'
import { fileProblem, reasonOf } from '../model/errors.ts'
import type { Finding, Report } from '../model/report.ts'
import { RULE_SET_VERSION } from './rules/builtin.ts'

/** Findings that were known on some day, counted by what they are; what is new is not among them. */
export interface Baseline {
  /** The folder that file names are counted from. */
  folder: string
  known: ReadonlyMap<string, number>
}

const MAX_BYTES = 64 * 1024 * 1024
const shape = z.object({
  souk: z.literal('baseline'),
  version: z.literal(1),
  findings: z.array(z.object({ fingerprint: z.string(), count: z.int().min(1) })),
})

/**
 * What a finding is, wherever it moves in its file: rule, file, JSON path and words, but no line. Stable from one
 * version of Souk to the next as long as these are.
 */
export function fingerprintOf(finding: Finding, file: string): string {
  const { rule, id = '', path = '', message } = finding
  return createHash('sha256').update([rule, id, file, path, message].join('\0')).digest('hex').slice(0, 32)
}

/** Where a finding is, counted from a folder, with forward slashes: the target itself, or a file below it. */
export function placeFrom(folder: string, target: string, file: string): string {
  const from = relative(folder, target)
  const base = from.startsWith('..') || !target.startsWith(sep) ? target : from
  const parts = base.split(sep).filter((part) => part !== '')
  if (parts.at(-1) !== file) parts.push(...file.split('/'))
  return `${base.startsWith(sep) ? '/' : ''}${parts.join('/')}`
}

/** Reads a baseline. Throws `file.problem` when it is none. */
export async function readBaseline(path: string): Promise<Baseline> {
  const refuse = (why: string, cause?: unknown): Error => fileProblem(path, why, cause)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw refuse(reasonOf(error), error)
  })
  if (text.length > MAX_BYTES) throw refuse(`it is larger than ${MAX_BYTES / 1024 / 1024} MiB`)
  const value = ((): unknown => {
    try {
      return JSON.parse(text)
    } catch (error) {
      throw refuse('it is no JSON; write one with --write-baseline', error)
    }
  })()
  const checked = shape.safeParse(value)
  if (!checked.success) throw refuse('it is no baseline of findings; write one with --write-baseline')
  const known = new Map(checked.data.findings.map(({ fingerprint, count }) => [fingerprint, count]))
  return { folder: dirname(path), known }
}

/** Writes what the reports found, in an order of its own so that two runs give the same bytes. Answers how many. */
export async function writeBaseline(path: string, reports: readonly Report[]): Promise<number> {
  const entries = new Map<string, { fingerprint: string; rule: string; file: string; message: string; count: number }>()
  let total = 0
  for (const { target, findings, suppressed = [] } of reports) {
    const known = suppressed.filter(({ suppression }) => suppression.kind === 'baseline')
    for (const finding of [...findings, ...known]) {
      const file = placeFrom(dirname(path), target, finding.file)
      const fingerprint = fingerprintOf(finding, file)
      const { rule, message } = finding
      const count = (entries.get(fingerprint)?.count ?? 0) + 1
      entries.set(fingerprint, { fingerprint, rule, file, message, count })
      total++
    }
  }
  const order = (one: { file: string; rule: string; fingerprint: string }): string =>
    `${one.file}\0${one.rule}\0${one.fingerprint}`
  const findings = [...entries.values()].toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
  const content = { souk: 'baseline', version: 1, ruleSet: RULE_SET_VERSION, findings }
  try {
    await writeFile(`${path}.new`, `${JSON.stringify(content, undefined, 2)}\n`)
    await rename(`${path}.new`, path)
  } catch (error) {
    throw fileProblem(path, reasonOf(error), error)
  }
  return total
}
