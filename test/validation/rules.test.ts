import { expect, it } from 'vitest'
import { ruleContract } from '../contracts/rule.ts'
import { builtinRules } from '../../src/validation/rules/builtin.ts'
import { ruleKey } from '../../src/validation/rule.ts'
import { FAULTY } from './faulty.ts'

/** Rules that the toolkit has switched off: they have no failing case. */
const SILENT = ['Resources-Should-Not-Be-Ambiguous', 'VM-Images-Should-Use-Latest-Version']

it('has a failing package for every rule, and no two rules of one name', () => {
  const names = builtinRules.map((rule) => rule.name)
  expect(names.filter((name) => !FAULTY[name]).toSorted()).toEqual(SILENT)
  expect(new Set(names.map(ruleKey)).size).toBe(names.length)
})

for (const rule of builtinRules) ruleContract(rule, FAULTY[rule.name])
