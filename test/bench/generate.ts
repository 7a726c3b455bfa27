/**
 * A template of 5,000, 20,000 and 80,000 resources, written as it is made: megabytes a second, the first byte, and the
 * most memory, each in a process of its own; beside it the same as one text. One JSON line; times in ms, memory in MB.
 * `node test/bench/generate.ts`
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { generateArm, mainTemplate, renderLayers } from '../../src/pipeline/generators/arm-template.ts'
import { openAnswers, type Answers } from '../../src/pipeline/generators/answers.ts'
import { streamTemplate } from '../../src/pipeline/generators/stream-template.ts'
import { loadTemplate } from '../../src/pipeline/generators/template-folder.ts'

const template = loadTemplate(fileURLToPath(new URL('../../templates/data-mesh-domain', import.meta.url)))
const rounded = (value: number): number => Math.round(value * 10) / 10

function answersFor(count: number): Answers {
  const products = Array.from({ length: count }, (_, index) => `product-${index}`)
  const rest = { namePrefix: 'dat', owner: 'team', domain: 'sales', replication: 'Standard_LRS', retentionDays: 30 }
  return openAnswers(template, { env: 'dev', parameters: { ...rest, products }, seed: 'bench' })
}

/** The most memory above what the process took before, and times of the first run and of the best of five. */
async function measure(count: number): Promise<Record<string, number>> {
  const answers = answersFor(count)
  const rss = (): number => process.memoryUsage().rss / 1e6
  const before = rss()
  let peak = before
  const once = async (): Promise<{ firstMs: number; ms: number; characters: number }> => {
    const from = performance.now()
    let firstMs = 0
    const sink = (): void => {
      firstMs ||= performance.now() - from
      peak = Math.max(peak, rss())
    }
    const { characters } = await streamTemplate(renderLayers(template, answers), sink, new AbortController().signal)
    return { firstMs, ms: performance.now() - from, characters }
  }
  const cold = await once()
  const overMb = peak - before
  let bestMs = cold.ms
  for (let round = 0; round < 5; round++) bestMs = Math.min(bestMs, (await once()).ms)
  const from = performance.now()
  const text = mainTemplate(generateArm(template, answers).template)
  const wholeMs = performance.now() - from
  if (text.length !== cold.characters) throw new Error('the two differ')
  return {
    resources: count,
    firstByteMs: rounded(cold.firstMs),
    coldMbPerS: rounded(cold.characters / 1000 / cold.ms),
    mbPerS: rounded(cold.characters / 1000 / bestMs),
    wholeMbPerS: rounded(cold.characters / 1000 / wholeMs),
    overMb: rounded(overMb),
  }
}

const [count] = process.argv.slice(2)
if (count === undefined) {
  const script = fileURLToPath(import.meta.url)
  const run = (size: number): unknown =>
    JSON.parse(execFileSync(process.execPath, [script, String(size)], { encoding: 'utf8' }))
  const sizes = [5000, 20_000, 80_000].map(run)
  process.stdout.write(`${JSON.stringify({ bench: 'generate', node: process.version, sizes })}\n`)
} else process.stdout.write(JSON.stringify(await measure(Number(count))))
