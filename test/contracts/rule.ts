import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/model/report.ts'
import type { Rule } from '../../src/validation/rule.ts'
import { validateFiles } from '../../src/validation/validator.ts'
import { testSystem } from '../support/test-system.ts'
import { parameters, README, template, ui } from '../validation/samples.ts'

/** A package as path and text. */
export type Package = Record<string, string>

export const CLEAN: Package = {
  'createUiDefinition.json': ui(),
  'mainTemplate.json': template(),
  'mainTemplate.parameters.json': parameters(),
  'README.md': README,
}

/** The findings of one rule on a package that is clean but for some files. */
async function findingsOf(rule: Rule, change: Package = {}): Promise<Finding[]> {
  const files = Object.entries({ ...CLEAN, ...change }).map(([path, text]) => ({ path, text }))
  const now = Date.parse('2026-02-13T00:00:00Z')
  const report = await validateFiles(files, {
    system: testSystem(),
    target: 'sample',
    rules: [rule],
    now,
    known: async () => [],
  })
  return report.findings.filter((finding) => finding.rule === rule.name)
}

/** What every rule keeps: a name of the toolkit's kind, silence on clean goods, a place for each finding, no throw. */
export function ruleContract(rule: Rule, failing: Package | undefined): void {
  describe(rule.name, () => {
    it('has a name and says what must hold', () => {
      expect(rule.name).toMatch(/^[A-Za-z]+(?:[-_][A-Za-z]+)+$/)
      expect(rule.summary.length).toBeGreaterThan(20)
    })

    it('finds nothing in a clean package', async () => {
      expect(await findingsOf(rule)).toEqual([])
    })

    it.runIf(failing)('finds the fault and says where it is', async () => {
      const findings = await findingsOf(rule, failing)
      const isTold = (level: Finding['level']): boolean => level === 'error' || rule.family === 'package'
      expect(findings.filter((finding) => isTold(finding.level))).not.toEqual([])
      for (const { file, line, column } of findings) {
        const lines = (failing?.[file] ?? '').split('\n')
        expect(line).toBeLessThanOrEqual(lines.length)
        expect(column).toBeGreaterThanOrEqual(1)
        expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1)
      }
    })

    it('never throws, whatever the JSON', async () => {
      const hostile = fc.record(
        {
          $schema: fc.constantFrom('deploymentTemplate', 'CreateUIDefinition', 'deploymentParameters'),
          parameters: fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...WORDS), fc.jsonValue())),
          variables: fc.jsonValue(),
          outputs: fc.jsonValue(),
          resources: fc.oneof(fc.jsonValue(), fc.array(fc.dictionary(fc.constantFrom(...WORDS), fc.jsonValue()))),
        },
        { requiredKeys: ['$schema'] },
      )
      await fc.assert(
        fc.asyncProperty(hostile, async (tree) => {
          const text = JSON.stringify(tree)
          const found = await findingsOf(rule, {
            'mainTemplate.json': text,
            'createUiDefinition.json': text,
            'x.json': text,
          })
          // What a rule throws becomes such a finding.
          expect(found.filter(({ id }) => id === 'Rule.Failed')).toEqual([])
        }),
        { numRuns: 15 },
      )
    })
  })
}

const WORDS = [
  'type',
  'properties',
  'location',
  'apiVersion',
  'template',
  'parameters',
  'outputs',
  'basics',
  'steps',
  'name',
  'dependsOn',
  'vmSize',
  'copy',
  'allowedValues',
  'validations',
  'constraints',
  '__proto__',
  'id',
]
