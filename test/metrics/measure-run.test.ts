import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { measureRun } from '../../src/metrics/measure-run.ts'
import { client, serve } from '../http/loopback.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem } from '../support/test-system.ts'

it('writes memory, processor time and timings of a run, the last of them at its end', async () => {
  const file = join(tempFolder(), 'run.ndjson')
  const clock = testClock()
  const end = measureRun(testSystem({ clock }), file)
  const server = await serve((_request, response) => void response.end('{}'))
  await client(server.url).http.request({ url: '/x', kind: 'search' })
  await clock.advance(500)
  end()
  await clock.advance(500)
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const samples = lines.filter((one) => one['kind'] === 'sample')
  expect(samples).toHaveLength(4)
  for (const sample of samples)
    for (const name of ['rssBytes', 'heapUsedBytes', 'externalBytes', 'cpuUserMs'])
      expect(sample[name], name).toBeGreaterThan(0)
  const timings = lines.filter((one) => one['kind'] === 'timing')
  expect(timings.map((one) => one['type'])).toEqual(expect.arrayContaining(['net', 'measure']))
  expect(timings.every((one) => Number(one['durationMs']) >= 0)).toBe(true)
  expect(lines.at(-1)).toMatchObject({ kind: 'sample' })
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

it('says where it cannot write', () => {
  const file = join(tempFolder(), 'none', 'run.ndjson')
  expect(() => measureRun(testSystem(), file)).toThrow(`${file}: measurements cannot be written there`)
})
