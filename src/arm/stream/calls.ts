import type { Engine } from './engine.ts'

/** Calls of functions by name in lower case; the most frequent first, equal ones by name. */
export function listCalls(engine: Engine): { name: string; count: number }[] {
  const { bytes, numbers, nameEnd, nameLength, nameCount } = engine
  const table = engine.FUNCTION_TABLE.value
  const all = Array.from({ length: numbers[table >> 2] as number }, (_, index) => {
    const length = nameLength(table, index + 1)
    const name = Buffer.from(bytes.buffer, nameEnd(table, index + 1) - length, length).toString('latin1')
    return { name, count: nameCount(table, index + 1) }
  })
  if (engine.otherCalls.value > 0) all.push({ name: '(other)', count: engine.otherCalls.value })
  return all.toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}
