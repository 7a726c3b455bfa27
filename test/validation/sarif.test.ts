import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Finding, Report } from '../../src/model/report.ts'
import { sarifOf } from '../../src/validation/reports/sarif.ts'
import { UNJUDGED } from './samples.ts'

/**
 * What the SARIF 2.1.0 schema demands of the objects we write: the required members, their types and ranges, and no
 * member it does not know (it says additionalProperties: false everywhere but in property bags).
 */
const text = z.strictObject({ text: z.string().min(1) })
const uri = z.string().regex(/^(?:file:\/\/\/)?(?:[\w\-.~!$&'()*+,;=:@/]|%[0-9A-F]{2})+$/)
const region = z.strictObject({ startLine: z.int().min(1), startColumn: z.int().min(1) })
const location = z.strictObject({
  physicalLocation: z.strictObject({ artifactLocation: z.strictObject({ uri }), region }),
  logicalLocations: z.array(z.strictObject({ fullyQualifiedName: z.string() })).optional(),
})
const level = z.enum(['none', 'note', 'warning', 'error'])
const suppression = z.strictObject({
  kind: z.enum(['inSource', 'external']),
  status: z.enum(['accepted', 'underReview', 'rejected']),
  justification: z.string(),
})
const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(-1),
  level,
  message: text,
  locations: z.array(location).min(1),
  // Code scanning reads no other one.
  partialFingerprints: z.strictObject({ primaryLocationLineHash: z.string().regex(/^[0-9a-f]{32}:\d+$/) }),
  suppressions: z.array(suppression).optional(),
  baselineState: z.enum(['new', 'unchanged', 'updated', 'absent']).optional(),
  properties: z.looseObject({ tags: z.array(z.string()).optional() }),
})
const rule = z.strictObject({
  id: z.string(),
  name: z.string(),
  shortDescription: text,
  fullDescription: text,
  help: text,
  defaultConfiguration: z.strictObject({ level }),
  properties: z.looseObject({ 'security-severity': z.string(), tags: z.array(z.string()).max(10) }),
})
const run = z.strictObject({
  tool: z.strictObject({
    driver: z.strictObject({
      name: z.string().min(1),
      version: z.string().min(1),
      rules: z.array(rule).refine((all) => new Set(all.map((one) => one.id)).size === all.length, 'unique rules'),
    }),
  }),
  columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
  results: z.array(result),
})
const log = z.strictObject({ $schema: z.url(), version: z.literal('2.1.0'), runs: z.array(run) })

const finding = (more: Partial<Finding>): Finding => ({
  rule: 'Parameters-Must-Be-Referenced',
  level: 'error',
  severity: 'high',
  file: 'mainTemplate.json',
  line: 3,
  column: 5,
  message: 'Unreferenced parameter: "a"',
  ...more,
})

const report = (target: string, findings: Finding[]): Report => ({
  target,
  files: ['mainTemplate.json'],
  rules: [],
  findings,
  ...UNJUDGED,
  score: 50,
  status: 'failed',
  digest: '',
  cached: false,
})

describe('SARIF', () => {
  it('of several targets is one run with one list of rules that the schema accepts', () => {
    const reports = [
      report('/work/out/dev', [finding({}), finding({ rule: 'Template-Should-Not-Contain-Blanks', level: 'note' })]),
      report('/work/main.json', [finding({ file: 'main.json', level: 'warning', severity: 'low' })]),
      report('official/web-app', [finding({ file: 'nested/a b#.json' })]),
      report('/elsewhere/x.zip', [finding({ file: 'ü.json' })]),
    ]
    const { runs } = log.parse(JSON.parse(sarifOf(reports, '/work')))
    expect(runs).toHaveLength(1)
    const { results = [], tool } = runs[0] ?? {}
    expect(results.map((one) => one.locations[0]?.physicalLocation.artifactLocation.uri)).toEqual([
      'out/dev/mainTemplate.json',
      'out/dev/mainTemplate.json',
      'main.json',
      'official/web-app/nested/a%20b%23.json',
      'file:///elsewhere/x.zip/%C3%BC.json',
    ])
    for (const one of results) expect(tool?.driver.rules[one.ruleIndex]?.id).toBe(one.ruleId)
    const severity = tool?.driver.rules.map((one) => Number(one.properties['security-severity']))
    expect(severity?.every((one) => one >= 0 && one <= 10)).toBe(true)
  })

  it('says why something does not count, and gives twins fingerprints of their own', () => {
    const inline = { kind: 'inline', reason: 'a fixture' } as const
    const known = { kind: 'baseline', reason: 'known from the baseline' } as const
    const one = report('/work/a', [finding({}), finding({ line: 9 })])
    one.suppressed = [
      { ...finding({ line: 20, path: 'resources[0].x' }), suppression: inline },
      { ...finding({ line: 30 }), suppression: known },
    ]
    const { results = [] } = log.parse(JSON.parse(sarifOf([one], '/work'))).runs[0] ?? {}
    expect(results.map(({ suppressions }) => suppressions?.[0]?.kind)).toEqual([
      undefined,
      undefined,
      'inSource',
      'external',
    ])
    expect(results[3]?.baselineState).toBe('unchanged')
    const marks = results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash)
    expect(new Set(marks).size).toBe(4)
    // Three lines further down it is the same finding still.
    const moved = sarifOf([report('/work/a', [finding({ line: 6 })])], '/work')
    expect(moved).toContain(marks[0])
  })

  it('of nothing found is a run without results', () => {
    const { runs } = log.parse(JSON.parse(sarifOf([report('/work/a', [])], '/work')))
    expect(runs[0]?.results).toEqual([])
  })
})
