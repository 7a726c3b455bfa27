import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { apiVersionTable, type ApiVersionTable } from '../../src/arm/api-versions.ts'
import type { Finding } from '../../src/model/report.ts'
import { validatePath } from '../../src/validation/validator.ts'
import { builtinRules } from '../../src/validation/rules/builtin.ts'
import { ruleKey } from '../../src/validation/rule.ts'
import { testSystem } from '../support/test-system.ts'

/** One case of a corpus manifest. */
interface Fixture {
  rule: string
  expect: 'pass' | 'fail' | 'warn'
  kind: 'file' | 'folder'
  path: string
  entry: string
  errorId?: string
  scored?: boolean
}

interface CorpusManifest {
  apiVersions: { table: string; testDate: string }
  fixtures: Fixture[]
}

/** A case with what our rule said about it. */
export interface Verdict {
  fixture: Fixture
  agrees: boolean
  errors: Finding[]
  why: string
}

function tableOf(folder: string, file: string, madeAt: number): ApiVersionTable {
  const raw = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, { apiVersions: string[] }[]>
  const types = Object.entries(raw).map(([type, entries]): [string, string[]] => [
    type,
    entries.flatMap((entry) => entry.apiVersions),
  ])
  return apiVersionTable(types, { madeAt })
}

/** Runs every scored case of the corpus in a folder with its one rule, for the rules that exist. */
export async function runConformance(folder: string): Promise<{ verdicts: Verdict[]; missing: string[] }> {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as CorpusManifest
  const now = Date.parse(manifest.apiVersions.testDate)
  const apiVersions = tableOf(folder, manifest.apiVersions.table, now)
  const known = new Set(builtinRules.map((rule) => ruleKey(rule.name)))
  const verdicts: Verdict[] = []
  const missing = new Set<string>()
  for (const fixture of manifest.fixtures) {
    if (fixture.scored === false) continue
    if (!known.has(ruleKey(fixture.rule))) {
      missing.add(fixture.rule)
      continue
    }
    const path = join(folder, fixture.kind === 'file' ? fixture.path : dirname(fixture.entry))
    const report = await validatePath({ system: testSystem(), path, rule: fixture.rule, apiVersions, now })
    verdicts.push(judge(fixture, report.findings))
  }
  return { verdicts, missing: [...missing] }
}

function judge(fixture: Fixture, findings: readonly Finding[]): Verdict {
  const errors = findings.filter((one) => one.level === 'error' && ruleKey(one.rule) === ruleKey(fixture.rule))
  const unread = findings.find((one) => one.id === 'Invalid.JSON' && ruleKey(fixture.rule) !== ruleKey(one.rule))
  const verdict = (agrees: boolean, why: string): Verdict => ({ fixture, agrees, errors, why })
  const failed = errors.find((one) => one.id === 'Rule.Failed')
  if (failed) return verdict(false, failed.message)
  if (unread) return verdict(false, `cannot be read: ${unread.file}:${unread.line} ${unread.message}`)
  if (fixture.expect === 'pass') {
    return verdict(
      !errors.length,
      errors.map((one) => `${one.file}:${one.line} ${one.id ?? ''} ${one.message}`).join('; '),
    )
  }
  if (!errors.length) return verdict(false, 'nothing was found')
  const others = errors.filter((one) => fixture.errorId && one.id?.toLowerCase() !== fixture.errorId.toLowerCase())
  return verdict(!others.length, `wrong ids: ${others.map((one) => `${one.line} ${one.id ?? 'none'}`).join(', ')}`)
}
