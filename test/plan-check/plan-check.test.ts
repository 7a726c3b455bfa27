import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Cell } from './check.ts'
import { planCells } from './plan-cells.ts'

const home = mkdtempSync(join(tmpdir(), 'souk-test-'))
let made: { cells: Cell[]; notes: string[] }
beforeAll(async () => {
  made = await planCells(undefined, home)
}, 60_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('every cell of the document is what is generated', async (context) => {
  const tables = new Set(made.cells.map((one) => one.table))
  for (const table of [
    'Settings',
    'Features',
    'Subnets',
    'Access control',
    'Tiers that are made',
    'Deployment order',
  ]) {
    expect(tables).toContain(table)
  }
  expect(made.cells.length).toBeGreaterThan(180)
  expect(made.cells.filter((one) => !one.isRight)).toEqual([])
  for (const note of made.notes) await context.annotate(note)
})

test('one wrong value is found, cell and all', async () => {
  const copy = join(home, 'copy')
  cpSync(join(home, 'out'), copy, { recursive: true })
  const file = join(copy, 'staging', 'mainTemplate.json')
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text
      .replace('"softDeleteRetentionInDays": 30', '"softDeleteRetentionInDays": 31')
      .replaceAll('10.1.4.0/24', '10.1.9.0/24'),
  )
  const wrong = (await planCells(copy, home)).cells.filter((one) => !one.isRight)
  expect(wrong.map((one) => [one.table, one.cell, one.found])).toEqual([
    ['Subnets', 'data, staging', '10.1.9.0/24'],
    ['Settings', 'Soft Delete (days), staging', 31],
  ])
})
