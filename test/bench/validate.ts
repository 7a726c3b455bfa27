// Prints one JSON line: how long all rules take on the largest real module, next to JSON.parse and a walk of the same
// text in the same run. Needs the shared corpus; says so when it is absent.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeSystem } from '../../src/system/node-system.ts'
import { validateFiles } from '../../src/validation/validator.ts'
import { corpus } from '../support/corpus.ts'

const ROUNDS = 7
const folder = corpus('avm')

function walk(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, one) => sum + walk(one), 1)
}

/** Median time of some rounds, ms. */
async function median(work: () => unknown): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    await work()
    times.push(performance.now() - started)
  }
  return Math.round(times.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0)
}

if (folder) {
  const texts = readdirSync(folder)
    .filter((name) => name.startsWith('avm-'))
    .map((name) => readFileSync(join(folder, name, 'main.json'), 'utf8'))
  const text = texts.toSorted((a, b) => b.length - a.length)[0] ?? '{}'
  const system = nodeSystem()
  const files = [{ path: 'main.json', text }]
  const parseAndWalkMs = await median(() => walk(JSON.parse(text)))
  const validateMs = await median(() => validateFiles(files, { system, target: 'main.json' }))
  const started = performance.now()
  for (const one of texts) await validateFiles([{ path: 'main.json', text: one }], { system, target: 'main.json' })
  const allMs = Math.round(performance.now() - started)
  const bytes = Buffer.byteLength(text)
  console.log(JSON.stringify({ bench: 'validate', bytes, parseAndWalkMs, validateMs, modules: texts.length, allMs }))
}
