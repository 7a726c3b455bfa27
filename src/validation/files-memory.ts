import type { Finding } from '../model/report.ts'
import { judgeEdit, remember, type FileMemory } from './file-memory.ts'
import type { Outcome, RawFault } from './inspect.ts'
import type { DocumentRule, Facts } from './rule.ts'
import type { ArmDocument } from '../arm/document.ts'
import type { Waiver } from './waivers.ts'

/** What one process remembers of files between validations: for a watch, and for a screen that stays open. */
export interface FilesMemory {
  /** What the findings were judged by; another one makes them worthless. */
  key: string
  files: Map<string, Remembered>
}

export const openFilesMemory = (): FilesMemory => ({ key: '', files: new Map() })

export interface Due {
  rule: DocumentRule
  number: number
}

/** What was said of one file. */
export interface Remembered {
  text: string
  /** The text of the template it was compared with. */
  around: string | undefined
  due: readonly Due[]
  outcomes: readonly Outcome[]
  waivers: readonly Waiver[]
  /** How to judge an edit of it, where that is possible. */
  memory: FileMemory | undefined
}

interface Asked {
  path: string
  text: string
  around: string | undefined
  facts: Facts
}

/** What was said of a file that did not change, or what is to be said of one edit; undefined when it must be judged anew. */
export function recall({ files }: FilesMemory, { path, text, around, facts }: Asked): Remembered | undefined {
  const known = files.get(path)
  if (!known) return undefined
  const { due, outcomes, memory } = known
  const isAlone = due.every(({ rule }) => rule.family === 'template' || rule.family === 'all-files')
  if (known.text === text && (isAlone || known.around === around)) return known
  const said = due.filter((_, index) => !isSkipped(outcomes[index]))
  const edited = isAlone && memory ? judgeEdit(memory, text, { file: path, facts, said }) : undefined
  if (!edited) return undefined
  const found = edited.findings[Symbol.iterator]()
  const next = outcomes.map((one) => (isSkipped(one) ? one : { findings: found.next().value ?? ([] as Finding[]) }))
  const now = { ...known, text, around, outcomes: next, memory: edited.memory }
  files.set(path, now)
  return now
}

const isSkipped = (outcome: Outcome | undefined): boolean => outcome === undefined || 'skipped' in outcome

/** Keeps what was said of a file; `faults` as the rules told them, by their place in `due`. */
export function keep(
  { files }: FilesMemory,
  { path, around }: Pick<Asked, 'path' | 'around'>,
  said: Pick<Remembered, 'due' | 'outcomes' | 'waivers'> & {
    document: ArmDocument
    faults: readonly (readonly RawFault[] | undefined)[]
  },
): void {
  const { document, due, outcomes, waivers, faults } = said
  const hasFailed = outcomes.some((one) => 'findings' in one && one.findings.some(({ id }) => id === 'Rule.Failed'))
  const all = due.map((one, index) => ({ ...one, faults: faults[index] }))
  const memory = hasFailed ? undefined : remember(document, all)
  files.set(path, { text: document.text, around, due, outcomes, waivers, memory })
}
