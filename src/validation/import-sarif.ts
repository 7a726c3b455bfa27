import { readFile } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { fileProblem, reasonOf, type Severity } from '../model/errors.ts'
import type { Finding, Level } from '../model/report.ts'
import { harmless } from '../model/text.ts'

const MAX_BYTES = 32 * 1024 * 1024
const MAX_RESULTS = 10_000

const properties = z.looseObject({ 'security-severity': z.union([z.string(), z.number()]).optional() }).optional()
const message = z.looseObject({ text: z.string().optional() }).optional()
const rule = z.looseObject({ id: z.string(), shortDescription: message, properties })
const region = z
  .looseObject({ startLine: z.int().min(1).optional(), startColumn: z.int().min(1).optional() })
  .optional()
const location = z.looseObject({
  physicalLocation: z
    .looseObject({ artifactLocation: z.looseObject({ uri: z.string().optional() }).optional(), region })
    .optional(),
})
const result = z.looseObject({
  ruleId: z.string().optional(),
  ruleIndex: z.int().optional(),
  level: z.enum(['none', 'note', 'warning', 'error']).optional(),
  kind: z.string().optional(),
  message,
  locations: z.array(location).optional(),
  suppressions: z.array(z.unknown()).optional(),
  properties,
})
const log = z.looseObject({
  version: z.string().startsWith('2.'),
  runs: z.array(
    z.looseObject({
      tool: z.looseObject({ driver: z.looseObject({ name: z.string(), rules: z.array(rule).optional() }) }),
      results: z.array(result).nullish(),
    }),
  ),
})

type Run = z.infer<typeof log>['runs'][number]
type Result = z.infer<typeof result>

/**
 * What another scanner found, from its SARIF 2.x log, as findings of the security step under the scanner's own name.
 * Files below `target`, an absolute path, are named from it. What the log suppresses or says has passed is left out.
 * Throws `file.problem` for what is no such log.
 */
export async function importSarif(path: string, target: string): Promise<Finding[]> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileProblem(path, reasonOf(error), error)
  })
  if (content.length > MAX_BYTES) throw fileProblem(path, `it is larger than ${MAX_BYTES / 1024 / 1024} MiB`)
  const checked = log.safeParse(parsed(content, path))
  if (!checked.success) {
    const [issue] = checked.error.issues
    const where = issue?.path.join('.') ?? ''
    throw fileProblem(path, `it is no SARIF log of version 2 (${where ? `${where}: ` : ''}${issue?.message ?? ''})`)
  }
  const found = checked.data.runs.flatMap((run) =>
    (run.results ?? []).flatMap((one) => findingOf(one, run, target) ?? []),
  )
  if (found.length > MAX_RESULTS) throw fileProblem(path, `it holds more than ${MAX_RESULTS} results`)
  return found
}

function parsed(content: string, path: string): unknown {
  try {
    return JSON.parse(content.replace(/^\u{feff}/u, ''))
  } catch (error) {
    throw fileProblem(path, 'it is no JSON', error)
  }
}

function findingOf(one: Result, run: Run, target: string): Finding | undefined {
  const { level = 'warning' } = one
  if (level === 'none') return undefined
  const isPassed = one.kind !== undefined && one.kind !== 'fail'
  if (isPassed || (one.suppressions?.length ?? 0) > 0) return undefined
  const { driver } = run.tool
  const rule = driver.rules?.find(({ id }) => id === one.ruleId) ?? driver.rules?.[one.ruleIndex ?? -1]
  const score = one.properties?.['security-severity'] ?? rule?.properties?.['security-severity']
  const place = one.locations?.[0]?.physicalLocation
  const name = one.ruleId ?? rule?.id ?? 'unnamed'
  return {
    rule: harmless(name, 120),
    level,
    severity: severityOf(score, level),
    file: harmless(fileOf(place?.artifactLocation?.uri ?? '', target), 500),
    line: place?.region?.startLine ?? 1,
    column: place?.region?.startColumn ?? 1,
    message: harmless(one.message?.text ?? rule?.shortDescription?.text ?? name, 500),
    tool: harmless(driver.name, 60),
    step: 'security',
  }
}

/** By the score of the result or its rule, 0 to 10, in the bounds of CVSS 3 that code scanning uses; else by the level. */
function severityOf(score: string | number | undefined, level: Level): Severity {
  const value = Number(score)
  if (score === undefined || Number.isNaN(value)) {
    return level === 'error' ? 'high' : level === 'warning' ? 'medium' : 'low'
  }
  if (value >= 9) return 'critical'
  if (value >= 7) return 'high'
  if (value >= 4) return 'medium'
  return value > 0 ? 'low' : 'info'
}

/** The file of an address, from the target where it is below it. */
function fileOf(uri: string, target: string): string {
  try {
    const path = uri.startsWith('file:') ? fileURLToPath(uri) : decodeURIComponent(uri)
    const below = path.startsWith(sep) ? relative(target, path) : path
    return (below.startsWith('..') ? path : below).replace(/^\.\//, '').replaceAll('\\', '/') || '.'
  } catch {
    return uri
  }
}
