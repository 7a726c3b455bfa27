import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { judgeGoods, type Strictness } from '../../src/install/judge.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
/** A template that no rule can like: secrets with defaults, old versions, places written out. */
const BAD = JSON.stringify({
  $schema: SCHEMA,
  contentVersion: '1.0.0.0',
  parameters: Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [`secret${at}`, { type: 'secureString', defaultValue: 'hunter2' }]),
  ),
  resources: Array.from({ length: 12 }, (_, at) => ({
    type: 'Microsoft.Storage/storageAccounts',
    apiVersion: '2012-01-01',
    name: `store${at}`,
    location: 'westus',
  })),
})
const GOOD = JSON.stringify({ $schema: SCHEMA, contentVersion: '1.0.0.0', parameters: {}, resources: [] })

async function judged(strictness: Strictness, files: Record<string, string>): Promise<string[]> {
  const folder = join(tempFolder(), 'files')
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const told: string[] = []
  const { signal } = new AbortController()
  await judgeGoods(testSystem(), { id: 'team/app', folder, strictness, signal, log: (text) => told.push(text) })
  return told
}

test('by default no rule is asked', async () => {
  expect(await judged('scan', { 'mainTemplate.json': BAD })).toEqual([])
})

test('full and required refuse what fails its validation, and say how badly', async () => {
  for (const strictness of ['full', 'required'] as const) {
    await expect(judged(strictness, { 'mainTemplate.json': BAD })).rejects.toMatchObject({
      code: 'item.unsafe',
      exit: 1,
      message: expect.stringMatching(/"team\/app" is refused: it failed its validation \(score \d+, \d+ findings\)/),
    })
  }
})

test('what passes is let through, and the log says so', async () => {
  expect(await judged('required', { 'mainTemplate.json': GOOD })).toEqual([
    expect.stringMatching(/^team\/app was validated: \w+, score \d+, \d+ rules$/),
  ])
})

test('what no rule can look at has not passed: full notes it, required refuses it', async () => {
  const files = { 'notes.txt': 'nothing to validate' }
  expect(await judged('full', files)).toEqual([expect.stringMatching(/^team\/app was not validated/)])
  await expect(judged('required', files)).rejects.toMatchObject({ code: 'item.unsafe', exit: 1 })
})
