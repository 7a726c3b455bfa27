/** Prints how far our rules agree with a corpus of fixtures: `npm run conformance -- PATH`. Exits 1 on a difference. */
import { runConformance, type Verdict } from './conformance.ts'

const folder = process.argv[2]
if (!folder) {
  console.error('Give the folder that holds manifest.json: npm run conformance -- PATH')
  process.exit(2)
}
const { verdicts, missing } = await runConformance(folder)
const share = (of: readonly Verdict[]): string => `${of.filter((one) => one.agrees).length}/${of.length}`
const byExpectation = (of: readonly Verdict[], expect: string): string =>
  share(of.filter(({ fixture }) => fixture.expect === expect))

console.log(`passes ${byExpectation(verdicts, 'pass')}, fails ${byExpectation(verdicts, 'fail')}`)
for (const [rule, own] of Map.groupBy(verdicts, ({ fixture }) => fixture.rule)) {
  console.log(`  ${rule}: passes ${byExpectation(own, 'pass')}, fails ${byExpectation(own, 'fail')}`)
  for (const { fixture, why } of own.filter((one) => !one.agrees)) {
    console.log(`    ${fixture.expect} ${fixture.path} (${fixture.errorId ?? 'any id'}): ${why}`)
  }
}
if (missing.length) console.log(`no such rule yet: ${missing.join(', ')}`)
if (missing.length || verdicts.some((one) => !one.agrees)) process.exitCode = 1
