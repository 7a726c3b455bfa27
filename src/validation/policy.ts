import { stat, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isNode } from 'yaml'
import { z } from 'zod'
import { configInvalid, reasonOf, fileProblem } from '../model/errors.ts'
import type { Level } from '../model/report.ts'
import type { Severity } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import { readYaml } from '../model/yaml-text.ts'

/** What of the findings counts, and how much: the content of a `souk.validation.yaml`. */
export interface Policy {
  /** The file it stands in. */
  file: string
  rules: readonly RulePolicy[]
  suppressions: readonly PolicySuppression[]
  allow: { ids: readonly string[]; uris: readonly string[] }
}

export interface RulePolicy {
  rule: string
  isOff: boolean
  level?: Level
  severity?: Severity
  /** Patterns of files it is about; all when empty. */
  files: readonly string[]
  /** Where it is written. */
  line: number
  column: number
}

export interface PolicySuppression {
  rules: readonly string[]
  /** Pattern of the file's path; all when absent. */
  file?: string
  /** Pattern of the JSON path; what is below it is meant too. */
  path?: string
  reason: string
  until?: string
  /** Where it is written. */
  line: number
  column: number
}

/** Names a policy file may have beside what it is about, in the order in which they are looked for. */
const POLICY_FILES = ['souk.validation.yaml', 'souk.validation.yml', 'souk.validation.json'] as const

const MAX_BYTES = 1024 * 1024
const LEVELS = ['error', 'warning', 'note'] as const
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const
const text = z
  .string()
  .min(1)
  .max(500)
  .transform((value) => harmless(value, 500))
/** A pattern; with more stars than this it could take very long to compare. */
const MAX_STARS = 10
const pattern = text.refine((value) => value.split('*').length <= MAX_STARS + 1, `has more than ${MAX_STARS} stars`)
const names = z.union([text, z.array(text).max(200)]).transform((value) => [value].flat())
const detailed = z.strictObject({
  enabled: z.boolean().optional(),
  level: z.enum(LEVELS).optional(),
  severity: z.enum(SEVERITIES).optional(),
  files: z
    .union([pattern, z.array(pattern).max(200)])
    .transform((value) => [value].flat())
    .optional(),
})
// YAML reads a bare `off` as text; `false` is what people also write.
const ruleShape = z.union([z.enum(['off', 'on']), z.boolean(), z.enum(LEVELS), z.enum(SEVERITIES), detailed], {
  error: 'is none of off, a level (error, warning, note), a severity (critical to info) or a map of these',
})
const shape = z.strictObject({
  rules: z.record(z.string().max(200), ruleShape).default({}),
  suppressions: z
    .array(
      z.strictObject({
        rule: names,
        file: pattern.optional(),
        path: pattern.optional(),
        reason: z
          .string()
          .max(500)
          .default('')
          .transform((value) => harmless(value.trim(), 500)),
        until: z.string().max(40).optional(),
      }),
    )
    .max(5000)
    .default([]),
  allow: z
    .strictObject({ ids: z.array(text).max(1000).default([]), uris: z.array(text).max(1000).default([]) })
    .default({ ids: [], uris: [] }),
})

/** The policy file of a target: beside a file, or at the top of a folder. */
export async function policyBeside(target: string): Promise<string | undefined> {
  const facts = await stat(target).catch(() => undefined)
  if (!facts) return undefined
  const folder = facts.isDirectory() ? target : dirname(target)
  for (const name of POLICY_FILES) {
    const path = join(folder, name)
    if ((await stat(path).catch(() => undefined))?.isFile()) return path
  }
  return undefined
}

/** Reads a policy file. Throws `file.problem` when it cannot be read and `config.invalid` with the place of a mistake. */
export async function readPolicy(path: string): Promise<Policy> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileProblem(path, reasonOf(error), error)
  })
  const read = readYaml(content, { maxBytes: MAX_BYTES })
  const wrong = (field: string, why: string, line: number, column: number): Error =>
    configInvalid({ file: path, field, line, column }, harmless(why, 300), 'See "Validate" in the read-me.')
  if (read.fault) throw wrong('', read.fault.why, read.fault.line, read.fault.column)
  const placeOf = (keys: readonly PropertyKey[]): { line: number; column: number } => {
    for (let length = keys.length; length >= 0; length--) {
      const node = length ? read.document.getIn(keys.slice(0, length), true) : read.document.contents
      if (!isNode(node) || !node.range) continue
      const { line, col } = read.lines.linePos(node.range[0])
      return { line: Math.max(1, line), column: Math.max(1, col) }
    }
    return { line: 1, column: 1 }
  }
  const checked = shape.safeParse(read.data ?? {})
  if (!checked.success) {
    const [issue] = checked.error.issues
    const keys = issue?.path ?? []
    const { line, column } = placeOf(keys)
    throw wrong(harmless(keys.map(String).join('.'), 200), issue?.message ?? 'cannot be read', line, column)
  }
  const { rules, suppressions, allow } = checked.data
  return {
    file: basename(path),
    rules: Object.entries(rules).map(([rule, given]) => ({ rule, ...rulePolicy(given), ...placeOf(['rules', rule]) })),
    suppressions: suppressions.map(({ rule, file, path: at, until, reason }, index) => ({
      rules: rule,
      reason,
      ...(file === undefined ? {} : { file }),
      ...(at === undefined ? {} : { path: at }),
      ...(until === undefined ? {} : { until }),
      ...placeOf(['suppressions', index]),
    })),
    allow: { ids: allow.ids.map((one) => one.toLowerCase()), uris: allow.uris.map((one) => one.toLowerCase()) },
  }
}

function rulePolicy(given: z.infer<typeof ruleShape>): Omit<RulePolicy, 'rule' | 'line' | 'column'> {
  if (typeof given === 'boolean' || given === 'on' || given === 'off') {
    return { isOff: given === false || given === 'off', files: [] }
  }
  if (typeof given === 'object') {
    const { enabled = true, level, severity, files = [] } = given
    return { isOff: !enabled, files, ...(level ? { level } : {}), ...(severity ? { severity } : {}) }
  }
  const isLevel = (LEVELS as readonly string[]).includes(given)
  return { isOff: false, files: [], ...(isLevel ? { level: given as Level } : { severity: given as Severity }) }
}

/** Whether a path fits a pattern: `*` stands for anything but `/`, `.` and brackets, `**` for anything. */
export function fits(pattern: string, path: string, isBelowToo = false): boolean {
  const source = pattern
    .split(/(\*\*\/?|\*)/)
    .map((part) =>
      part.startsWith('**') ? '.*' : part === '*' ? '[^/]*' : part.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`),
    )
    .join('')
  return new RegExp(`^${source}${isBelowToo ? String.raw`(?:$|[.[])` : '$'}`, 'i').test(path)
}
