import { isMarketError } from '../../src/model/errors.ts'
import { makeQuery } from '../../src/model/query.ts'
import type { RegistryEntry } from '../../src/model/registry-entry.ts'
import { connectRest } from '../../src/registries/protocols/connect-rest.ts'
import type { ProtocolTools } from '../../src/registries/registry.ts'
import { SAMPLES, wrongWith } from './hostile-goods.ts'
import { mutateBytes, mutateJson, mutateText } from './mutate.ts'

const ENTRY: RegistryEntry = {
  name: 'r',
  type: 'community',
  protocol: 'rest',
  url: 'http://127.0.0.1:9',
  enabled: true,
  priority: 0,
  options: {},
}

const ITEM = JSON.parse(SAMPLES.find(([name]) => name === 'rest.json')?.[1] ?? '') as Record<string, unknown>
/** One good answer to each question of the protocol. */
const ANSWERS = {
  search: JSON.stringify({
    templates: [ITEM, { ...ITEM, name: 'api', tags: ['b'] }, { ...ITEM, name: 'core' }],
    total_count: 3,
    page: 1,
  }),
  item: JSON.stringify({ ...ITEM, versions: ['0.9.0', '1.0.0', { version: '1.1.0', published_at: '2025-01-01' }] }),
  categories: JSON.stringify([{ name: 'web', count: 3 }, 'data', { name: 'ml' }]),
}
const QUESTIONS = ['search', 'item', 'categories'] as const
/** What the program asks for next, if it does: the last page of a search, an older version of an item. */
const FURTHER = { search: '{"templates":[],"total_count":0}', item: JSON.stringify(ITEM), categories: '[]' }

export interface Answers {
  answers: number
  /** Those of which something was read. */
  answersTaken: number
  slowestMs: number
  faults: string[]
}

/** Answers with random faults in their text, bytes or values, read as the program reads them. */
export async function readAnswers(count: number, random: () => number): Promise<Answers> {
  let next = ''
  let further = ''
  const http = {
    request: async () => {
      const text = next
      next = further
      return { status: 200, headers: {}, text }
    },
  }
  const connection = connectRest(ENTRY, { http } as unknown as ProtocolTools)
  const ask = {
    search: () => connection.search?.(makeQuery({}), {}),
    item: () => connection.item?.('web', undefined, {}),
    categories: () => connection.categories?.({}),
  }
  const seen: Answers = { answers: count, answersTaken: 0, slowestMs: 0, faults: [] }
  for (let nth = 0; nth < count; nth++) {
    const question = QUESTIONS[nth % QUESTIONS.length] ?? 'search'
    const kind = random()
    const sound = ANSWERS[question]
    if (kind < 0.6) next = mutateJson(sound, random)
    else if (kind < 0.8) next = mutateText(sound, random)
    else next = new TextDecoder().decode(mutateBytes(Buffer.from(sound), random))
    further = FURTHER[question]
    const text = next
    const tell = (what: string): void =>
      void seen.faults.push(`answer ${nth} (${question}) ${what}: ${text.slice(0, 300)}`)
    const started = performance.now()
    try {
      const wrong = wrongWith(await ask[question]())
      seen.answersTaken++
      if (wrong !== undefined) tell(wrong)
    } catch (error) {
      if (!isMarketError(error)) tell(`threw ${String(error)}`)
    }
    const ms = performance.now() - started
    seen.slowestMs = Math.max(seen.slowestMs, ms)
    if (ms > 2000) tell(`took ${Math.round(ms)} ms`)
  }
  return seen
}
