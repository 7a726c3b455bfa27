import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { MIB, openTestCache } from '../contracts/cache-store.ts'
import { tempFolder } from '../support/temp.ts'

const CHILD = fileURLToPath(new URL('writer-child.ts', import.meta.url))

function writer(path: string, name: string, limit = 0): ChildProcess {
  return spawn(process.execPath, [CHILD, path, name, String(limit)], { stdio: ['ignore', 'pipe', 'pipe'] })
}

const integrity = (path: string): unknown => {
  const database = new DatabaseSync(path)
  try {
    return database.prepare('PRAGMA integrity_check').get()?.['integrity_check']
  } finally {
    database.close()
  }
}

const folderBytes = (path: string): number =>
  readdirSync(dirname(path)).reduce((sum, file) => sum + statSync(join(dirname(path), file)).size, 0)

/** Reads each entry through the cache; answers how many were whole. */
async function readAll(path: string): Promise<{ whole: number; entries: number; dropped: number }> {
  const database = new DatabaseSync(path)
  const keys = database
    .prepare('SELECT key FROM entry')
    .all()
    .map((row) => String(row['key']).split(':'))
  database.close()
  const { cache, clock } = await openTestCache({ maxBytes: 8 * MIB }, path)
  await clock.advance(Math.max(0, Date.now() - clock.now()))
  let whole = 0
  for (const [, registry = '', key = ''] of keys) {
    const found = await cache.get<{ index: number; text: string }>('search', registry, key)
    if (found?.value.text.startsWith(`${registry} `) && key === `k${found.value.index}`) whole++
  }
  const { entries, dropped } = await cache.stats()
  await cache.close()
  return { whole, entries, dropped }
}

test('nothing is opened before the first use', async () => {
  const { cache, path } = await openTestCache()
  await cache.close()
  expect(existsSync(path)).toBe(false)
})

test('entries and figures outlive the process that wrote them', async () => {
  const first = await openTestCache()
  await first.cache.put('search', 'r', 'k', 'v')
  await first.cache.get('search', 'r', 'k')
  await first.cache.get('search', 'r', 'missing')
  await first.cache.close()
  const second = await openTestCache({}, first.path)
  expect((await second.cache.get('search', 'r', 'k'))?.value).toBe('v')
  expect(await second.cache.stats()).toMatchObject({ hits: 2, misses: 1, entries: 1, store: 'disk', path: first.path })
  await second.cache.close()
})

test('filled far beyond the cap, the folder stays within 105 percent of it', async () => {
  for (const [maxBytes, size] of [
    [MIB, 900],
    [2 * MIB, 100_000],
    [2 * MIB, 400_000],
  ] as const) {
    const { cache, path } = await openTestCache({ maxBytes, compressAboveBytes: 100 * MIB })
    // The index of the log in memory (-shm, 32 KiB at any cap) is left out of the account.
    let most = 0
    const count = Math.ceil((maxBytes * 2.5) / size)
    for (let index = 0; index < count; index++) {
      await cache.put('artifact', 'r', `k${index % 7 === 0 ? index * 31 : index}`, 'x'.repeat(size))
      if (index % 10 === 0 || size > 1000) most = Math.max(most, folderBytes(path) - statSync(`${path}-shm`).size)
    }
    expect([size, most <= maxBytes * 1.05, most / maxBytes]).toMatchObject([size, true, expect.any(Number)])
    expect((await cache.stats()).storedBytes).toBeGreaterThan(maxBytes * 0.4)
    await cache.close()
    expect(folderBytes(path)).toBeLessThanOrEqual(maxBytes)
  }
})

test('a smaller cap shrinks the file when it is next used', async () => {
  const first = await openTestCache({ maxBytes: 8 * MIB, compressAboveBytes: 100 * MIB })
  for (let index = 0; index < 60; index++) await first.cache.put('artifact', 'r', `k${index}`, 'x'.repeat(100_000))
  await first.cache.close()
  expect(folderBytes(first.path)).toBeGreaterThan(5 * MIB)
  const second = await openTestCache({ maxBytes: MIB }, first.path)
  await second.cache.stats()
  await second.cache.close()
  expect(folderBytes(first.path)).toBeLessThanOrEqual(MIB * 1.05)
})

test('two processes write at once and nothing is lost or broken', async () => {
  const path = join(tempFolder(), 'cache.db')
  const children = [writer(path, 'one', 300), writer(path, 'two', 300)]
  let complaints = ''
  for (const child of children) {
    child.stderr?.on('data', (text) => (complaints += String(text)))
    child.stdout?.resume()
  }
  const codes = await Promise.all(children.map((child) => once(child, 'exit')))
  expect([codes.map(([code]) => code), complaints]).toEqual([[0, 0], ''])
  expect(integrity(path)).toBe('ok')
  expect(await readAll(path)).toEqual({ whole: 600, entries: 600, dropped: 0 })
})

test('a writer that never ends costs the entry, not the run, and nobody is told of an error', async () => {
  const { cache, clock, path, heard } = await openTestCache()
  await cache.put('search', 'r', 'before', 1)
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  const whilePatient = async <T>(work: Promise<T>): Promise<T> => {
    for (let pause = 0; pause < 4; pause++) await clock.advance(1000)
    return work
  }
  await whilePatient(cache.put('search', 'r', 'lost', 1))
  expect(await cache.get('search', 'r', 'lost')).toBeUndefined()
  expect(await cache.get('search', 'r', 'before')).toMatchObject({ value: 1 })
  const putting = cache.put('search', 'r', 'patient', 1)
  await clock.advance(1)
  other.exec('COMMIT')
  await whilePatient(putting)
  other.close()
  expect(await cache.get('search', 'r', 'patient')).toMatchObject({ value: 1 })
  expect(heard.filter((one) => one.name === 'warning')).toEqual([])
  await cache.close()
})

test('kill -9 in the middle of writing, ten times, leaves every entry readable', async () => {
  const path = join(tempFolder(), 'cache.db')
  const kill = async (round: number): Promise<number> => {
    const child = writer(path, `w${round}`)
    let told = 0
    // Killed at a different point of the work each time: after so many lines, without waiting for a quiet moment.
    const lines = 1 + (round % 5)
    let seen = 0
    for await (const text of child.stdout as AsyncIterable<Buffer>) {
      told = Number(text.toString().trim().split('\n').at(-1))
      seen++
      if (seen >= lines) break
    }
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    expect((await gone)[1]).toBe('SIGKILL')
    return told
  }
  const told: number[] = []
  for (let round = 0; round < 10; round += 2) told.push(...(await Promise.all([kill(round), kill(round + 1)])))
  expect(integrity(path)).toBe('ok')
  const { whole, entries, dropped } = await readAll(path)
  expect(dropped).toBe(0)
  expect(whole).toBe(entries)
  // What a writer said was written is there, unless it had to go for the cap.
  expect(entries).toBeGreaterThan(Math.max(...told))
}, 60_000)

test('an entry that cannot be read is a miss, is dropped and is counted', async () => {
  const first = await openTestCache()
  for (const key of ['cut', 'garbage', 'foreign', 'good']) await first.cache.put('search', 'r', key, 'x '.repeat(2000))
  await first.cache.close()
  const database = new DatabaseSync(first.path)
  database.exec(`UPDATE entry SET value = substr(value, 1, 20) WHERE key LIKE '%cut';
    UPDATE entry SET value = x'00ff00ff', raw_size = 4, packed = 0 WHERE key LIKE '%garbage';
    UPDATE entry SET value = CAST('null' AS BLOB), raw_size = 4, packed = 0 WHERE key LIKE '%foreign'`)
  database.close()
  const { cache } = await openTestCache({}, first.path)
  for (const key of ['cut', 'garbage', 'foreign']) expect(await cache.get('search', 'r', key)).toBeUndefined()
  expect(await cache.get('search', 'r', 'good')).toBeDefined()
  expect(await cache.stats()).toMatchObject({ dropped: 3, entries: 1 })
  await cache.close()
})

test('a damaged file is moved aside with a warning, and the cache works on', async () => {
  const path = join(tempFolder(), 'cache.db')
  writeFileSync(path, 'this was never a database'.repeat(1000))
  const { cache, heard } = await openTestCache({}, path)
  await cache.put('search', 'r', 'k', 'v')
  expect((await cache.get('search', 'r', 'k'))?.value).toBe('v')
  expect(heard.filter((one) => one.name === 'warning')).toHaveLength(1)
  expect(readFileSync(`${path}.broken`, 'utf8')).toContain('this was never')
  expect((await cache.stats()).store).toBe('disk')
  await cache.close()
})

test('a file damaged in the middle is found out while reading, and the cache works on', async () => {
  const first = await openTestCache({ compressAboveBytes: 100 * MIB })
  for (let index = 0; index < 200; index++) await first.cache.put('search', 'r', `k${index}`, 'x'.repeat(3000))
  await first.cache.close()
  const bytes = readFileSync(first.path)
  bytes.fill(0x5a, 5 * 4096, bytes.length - 4096)
  writeFileSync(first.path, bytes)
  const { cache, heard } = await openTestCache({}, first.path)
  for (let index = 0; index < 200; index++) await cache.get('search', 'r', `k${index}`)
  expect(heard.filter((one) => one.name === 'warning')).toHaveLength(1)
  await cache.put('search', 'r', 'k', 'v')
  expect((await cache.get('search', 'r', 'k'))?.value).toBe('v')
  await cache.close()
  expect(integrity(first.path)).toBe('ok')
})

test('where nothing can be written, this run keeps it in memory and says so', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'file'), '')
  const { cache, heard } = await openTestCache({}, join(folder, 'file', 'cache.db'))
  await cache.put('search', 'r', 'k', 'v')
  expect((await cache.get('search', 'r', 'k'))?.value).toBe('v')
  expect(await cache.stats()).toMatchObject({ store: 'memory', entries: 1 })
  expect(heard.filter((one) => one.name === 'warning')).toHaveLength(1)
  await cache.close()
})

test('the folder is for its owner alone', async () => {
  const folder = tempFolder()
  const { cache, path } = await openTestCache({}, join(folder, 'deep', 'cache.db'))
  await cache.put('search', 'r', 'k', 'v')
  expect(statSync(dirname(path)).mode & 0o077).toBe(0)
  await cache.close()
})

test('a process that leaves does not wait for the disk, and the next one finds all it wrote', async () => {
  const path = join(tempFolder(), 'cache.sqlite')
  const first = await openTestCache({ maxBytes: 8 * MIB }, path)
  await first.cache.put('search', 'acme', 'kept', { goods: 3 })
  await first.cache.get('search', 'acme', 'kept')
  await first.cache.close(true)
  expect(existsSync(`${path}-wal`)).toBe(true)
  const second = await openTestCache({ maxBytes: 8 * MIB }, path)
  expect((await second.cache.get('search', 'acme', 'kept'))?.value).toEqual({ goods: 3 })
  expect((await second.cache.stats()).hits).toBe(2)
  await second.cache.close()
  expect(integrity(path)).toBe('ok')
})
