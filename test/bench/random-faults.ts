/**
 * A thousand searches beside registries that go wrong at random, the same ones for the same seed: no crash, no loose
 * rejection, no row that its registry never served, every state right, no secret anywhere, memory bounded. Prints one
 * JSON line; exits 1 on any mistake, each of which names the seed and the search that repeat it.
 * `node test/bench/random-faults.ts [--seed N] [--searches N]`
 */
import { parseArgs } from 'node:util'
import { runRandomFaults } from '../support/random-faults.ts'

/** Up to 5,000 goods of each registry are remembered; more than this over the first tenth is a leak, MiB. */
const MOST_GROWTH = 128

const { values } = parseArgs({ options: { seed: { type: 'string' }, searches: { type: 'string' } } })
const seed = Number(values.seed ?? 2026)
const searches = Number(values.searches ?? 1000)
const loose: string[] = []
process.on('unhandledRejection', (reason) => void loose.push(String(reason)))
const started = performance.now()
const run = await runRandomFaults(seed, searches, (so, step) => {
  if (step % 100 === 0) console.error(`${step} searches, ${so.mistakes.length} mistakes, ${so.residentMiB} MiB`)
})
for (const mistake of run.mistakes.slice(0, 20)) console.error(mistake)
if (run.mistakes.length > 0) console.error(`npm run bench -- random-faults --seed ${seed} repeats this.`)
const grown = run.heldMiB.end - run.heldMiB.early
const { mistakes, ...figures } = run
const seconds = Math.round((performance.now() - started) / 1000)
const facts = {
  bench: 'random-faults',
  ...figures,
  mistakes: mistakes.length,
  unhandled: loose.length,
  grownMiB: grown,
}
process.stdout.write(`${JSON.stringify({ ...facts, seconds })}\n`)
process.exitCode = mistakes.length + loose.length > 0 || grown > MOST_GROWTH ? 1 : 0
