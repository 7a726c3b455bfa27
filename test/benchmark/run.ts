// npm run benchmark: every size class in a process of its own, a JSON and a Markdown report in a dated folder below
// bench-results; exit 1 when a floor or a budget is missed.
// npm run benchmark -- compare A B: what became slower by more than a tenth from report A to report B; exit 1 then.
// npm run benchmark -- synth --size large --out FILE [--seed N]: a template of exactly that size class.
// npm run benchmark -- load [--concurrency 50] [--count 500]: many analyses at once.
import { parseArgs } from 'node:util'
import { compareReports } from './compare.ts'
import { runLoad } from './load.ts'
import { runSizes } from './report.ts'
import { SIZE_NAMES, synthesize, type Size } from './sizes.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: 'large' },
    out: { type: 'string', default: 'template.json' },
    seed: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '50' },
    count: { type: 'string', default: '500' },
  },
})
const [what = 'sizes', before = '', after = ''] = positionals
const seed = Number(values.seed)

if (what === 'sizes') process.exitCode = runSizes(seed) ? 0 : 1
else if (what === 'compare') process.exitCode = compareReports(before, after) ? 0 : 1
else if (what === 'load') await runLoad({ concurrency: Number(values.concurrency), count: Number(values.count), seed })
else if (what === 'synth') {
  if (!SIZE_NAMES.includes(values.size as Size)) throw new Error(`--size takes one of ${SIZE_NAMES.join(', ')}`)
  console.log(JSON.stringify({ file: values.out, ...synthesize(values.out, values.size as Size, seed) }))
} else {
  console.error(`There is no "${what}". Known: compare, synth, load; without a word all sizes are measured.`)
  process.exitCode = 2
}
