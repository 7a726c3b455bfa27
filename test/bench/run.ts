// npm run bench [-- NAME ... [--FLAG VALUE ...]]: runs the scripts beside this one, one after another, and writes what each printed as
// its last line to bench-results/NAME.json with the facts of the machine.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const folder = new URL('.', import.meta.url)
const root = fileURLToPath(new URL('../..', folder))
const all = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && name !== 'run.ts')
  .map((name) => name.slice(0, -3))
// Flags and what follows them are for the scripts themselves.
const words = process.argv.slice(2)
const firstFlag = words.findIndex((word) => word.startsWith('--'))
const asked = firstFlag < 0 ? words : words.slice(0, firstFlag)
const flags = firstFlag < 0 ? [] : words.slice(firstFlag)
const unknown = asked.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. Known: ${all.join(', ')}.`)
  process.exit(2)
}

const machine = {
  node: process.version,
  processor: cpus()[0]?.model,
  processors: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
}
mkdirSync(`${root}/bench-results`, { recursive: true })
let failed = 0
for (const name of asked.length > 0 ? asked : all) {
  console.error(`bench ${name} ...`)
  const script = fileURLToPath(new URL(`${name}.ts`, folder))
  const ran = await execa(process.execPath, [script, ...flags], {
    cwd: root,
    reject: false,
    stderr: 'inherit',
    stdin: 'ignore',
  })
  const last = ran.stdout.trim().split('\n').at(-1) ?? ''
  if (ran.exitCode !== 0) {
    failed++
    console.error(`bench ${name} failed with exit code ${String(ran.exitCode)}`)
    continue
  }
  const result = { bench: name, at: new Date().toISOString(), machine, figures: JSON.parse(last) as unknown }
  writeFileSync(`${root}/bench-results/${name}.json`, `${JSON.stringify(result, undefined, 2)}\n`)
  console.log(JSON.stringify(result.figures, undefined, 2))
}
process.exitCode = failed > 0 ? 1 : 0
