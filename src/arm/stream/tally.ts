import type { NestedCounts, TemplateCounts } from '../../model/analysis.ts'
import { MAX_NAMES } from './assembly/codes.ts'
import { decoded } from './decoded.ts'
import type { Engine } from './engine.ts'

/** Numbers of one group of counts of `assembly/counts.ts`; after two groups come two more numbers of nested templates. */
const GROUP = 6
/** Where its tallies begin, and how long one is: how many types, their counts by number, their numbers in order. */
const TALLIES = 20
const COUNTS = 4
const ORDER = COUNTS + MAX_NAMES + 2
const TALLY = ORDER + MAX_NAMES + 2

/** What the outer template declares, and the templates nested in it. */
export function readCounts(engine: Engine): TemplateCounts & { nested: NestedCounts } {
  const level = engine.LEVEL_LIST.value >> 2
  const templates = level + (engine.TEMPLATES_AT.value >> 2)
  const { numbers } = engine
  const nested = { templates: numbers[templates] ?? 0, depth: numbers[templates + 1] ?? 0 }
  return {
    ...readGroup(engine, level, level + TALLIES),
    nested: { ...nested, ...readGroup(engine, level + GROUP, level + TALLIES + TALLY) },
  }
}

function readGroup(engine: Engine, at: number, tally: number): TemplateCounts {
  const [functions = 0, parameters = 0, variables = 0, outputs = 0, resources = 0, children = 0] =
    engine.numbers.subarray(at, at + GROUP)
  return { parameters, variables, outputs, functions, resources, children, types: readTypes(engine, tally) }
}

/** Without regard to case, by the name written first; the most frequent first, equal ones by name. */
function readTypes(engine: Engine, tally: number): { type: string; count: number }[] {
  const { numbers } = engine
  const all = new Map<string, { type: string; count: number }>()
  for (const number of numbers.subarray(tally + ORDER, tally + ORDER + (numbers[tally] ?? 0))) {
    const type = typeName(engine, number)
    const count = numbers[tally + COUNTS + number] ?? 0
    const known = all.get(type.toLowerCase())
    if (known) known.count += count
    else all.set(type.toLowerCase(), { type, count })
  }
  return [...all.values()].toSorted((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1))
}

function typeName({ bytes, nameEnd, nameLength, TYPE_TABLE }: Engine, number: number): string {
  if (number === 0) return '(none)'
  if (number > MAX_NAMES) return '(other)'
  const end = nameEnd(TYPE_TABLE.value, number)
  return decoded(bytes, end - nameLength(TYPE_TABLE.value, number), end)
}
