/**
 * Prints every cell of the architecture's document with what is generated in its place: `npm run plan-check`. Exits 1
 * when one differs. With `-- DIR` the files in DIR are looked at; without, they are generated first.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cell } from './check.ts'
import { planCells } from './plan-cells.ts'

const word = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '-'))
const lineOf = ({ cell, says, found, isRight }: Cell): string => {
  const mark = isRight ? 'ok  ' : 'DIFF'
  return isRight
    ? `  ${mark} ${cell}: ${word(says)}`
    : `  ${mark} ${cell}: the document says ${word(says)}, found ${word(found)}`
}

const given = process.argv[2]
const home = mkdtempSync(join(tmpdir(), 'souk-plan-'))
try {
  const { cells, notes } = await planCells(given, home)
  for (const [table, own] of Map.groupBy(cells, (one) => one.table)) {
    console.log(`${table}: ${own.filter((one) => one.isRight).length} of ${own.length}`)
    for (const one of own) console.log(lineOf(one))
  }
  for (const note of notes) console.log(note)
  const wrong = cells.filter((one) => !one.isRight)
  console.log(`${cells.length} cells, ${wrong.length} differ`)
  if (wrong.length > 0 || cells.length === 0) process.exitCode = 1
} finally {
  rmSync(home, { recursive: true, force: true })
}
