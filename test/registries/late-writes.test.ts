import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Put } from '../../src/cache/cache.ts'
import { openCache } from '../../src/cache/open-cache.ts'
import { defaultSettings } from '../../src/config/defaults.ts'
import { LateWrites } from '../../src/registries/late-writes.ts'
import { askUnderPolicy, type Memory } from '../../src/registries/policy.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem } from '../support/test-system.ts'

/** One program that asks, and what is on the disk it shares with others. */
async function program(part: { maxBytes?: number } = {}) {
  const clock = testClock()
  const system = testSystem({ clock })
  const settings = { ...defaultSettings().cache, ...part }
  const cache = await openCache({ system, settings, path: join(tempFolder(), 'cache.sqlite'), emit: () => {} })
  onTestFinished(() => cache.close())
  const writes = new LateWrites(clock, cache)
  const memory: Memory = new Map()
  let asked = 0
  const ask = async () => ({ value: ++asked })
  const question = { ttl: 'search', key: 'web', lifetimeMs: undefined, ask } as const
  const tools = { cache, writes, registry: 'sample', now: clock.now }
  return {
    clock,
    writes,
    ask: () => askUnderPolicy(question, {}, tools, memory),
    onDisk: () => cache.get<number>('search', 'sample', 'web'),
  }
}

it('hands an answer out first and writes it a moment later, with the moment it was learned', async () => {
  const { ask, clock, onDisk } = await program()
  expect(await ask()).toMatchObject({ value: 1, state: 'fresh' })
  expect(await onDisk()).toBeUndefined()
  await clock.advance(1000)
  expect(await onDisk()).toMatchObject({ value: 1, ageMs: 1000 })
})

it('writes what waits when it is closed, and what comes after that at once', async () => {
  const { ask, writes, onDisk } = await program()
  await ask()
  await writes.close()
  expect(await onDisk()).toMatchObject({ value: 1 })
  const late = { ttl: 'search', registry: 'sample', key: 'web' } as const
  writes.add({ ...late, value: 7 })
  await writes.done(late)
  expect(await onDisk()).toMatchObject({ value: 7 })
})

it('writes in one step what several registries answered within a moment', async () => {
  const clock = testClock()
  const steps: string[][] = []
  const putAll = async (all: readonly Put[]) => void steps.push(all.map(({ registry, key }) => `${registry}/${key}`))
  const writes = new LateWrites(clock, { putAll })
  for (const registry of ['one', 'two']) writes.add({ ttl: 'search', registry, key: 'web', value: registry })
  await clock.advance(300)
  writes.add({ ttl: 'search', registry: 'one', key: 'net', value: 3 })
  await clock.advance(300)
  expect(steps).toEqual([['one/web', 'two/web', 'one/net']])
})

it('answers the same question again from what was written, without asking', async () => {
  const { ask } = await program()
  await ask()
  expect(await ask()).toMatchObject({ value: 1, state: 'cached' })
})

it('calls nothing cached that the cache could not keep: it asks again', async () => {
  const { ask } = await program({ maxBytes: 64 })
  expect(await ask()).toMatchObject({ value: 1, state: 'fresh' })
  expect(await ask()).toMatchObject({ value: 2, state: 'fresh' })
})
