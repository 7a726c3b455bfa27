import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { openCache } from '../../src/cache/open-cache.ts'
import { defaultSettings } from '../../src/config/defaults.ts'
import { nodeSystem } from '../../src/system/node-system.ts'

const WRITER = fileURLToPath(new URL('../cache/writer-child.ts', import.meta.url))
/** A writer is killed at the latest so long after its first entry, ms. */
const LIVES_MS = 60

export interface Killed {
  kills: number
  entries: number
  /** Entries that the database names and the cache cannot give. */
  lost: number
  /** Entries that were found broken and dropped. */
  dropped: number
  /** What SQLite says of the file: `ok`. */
  integrity: unknown
  /** What writers said, such as that they had to begin anew. */
  complaints: string
}

interface Writer {
  child: ChildProcess
  said: () => string
}

/** A writer that has stored its first entries. */
async function startWriter(path: string, name: string): Promise<Writer> {
  const child = spawn(process.execPath, [WRITER, path, name], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text) => (said += String(text)))
  await once(child.stdout, 'data')
  child.stdout.resume()
  return { child, said: () => said }
}

async function kill({ child }: Writer): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Kills two writers of one cache by turns at moments of chance, `seed` deciding them, and looks at what is left. */
export async function killWriters(kills: number, seed: number): Promise<Killed> {
  const folder = mkdtempSync(join(tmpdir(), 'souk-kills-'))
  const path = join(folder, 'cache.db')
  let state = seed
  const chance = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
  let complaints = ''
  const pair: Writer[] = []
  try {
    pair.push(...(await Promise.all(['one', 'two'].map((name) => startWriter(path, name)))))
    for (let count = 0; count < kills; count++) {
      await sleep(chance() * LIVES_MS)
      const at = count % 2
      const writer = pair[at]
      if (!writer) break
      await kill(writer)
      complaints += writer.said()
      pair[at] = await startWriter(path, at === 0 ? 'one' : 'two')
    }
    for (const writer of pair) {
      await kill(writer)
      complaints += writer.said()
    }
    return { kills: kills + pair.length, ...(await lookAt(path)), complaints }
  } finally {
    for (const { child } of pair) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The whole file by SQLite, and every entry by the cache. */
async function lookAt(path: string): Promise<Pick<Killed, 'entries' | 'lost' | 'dropped' | 'integrity'>> {
  const database = new DatabaseSync(path)
  const integrity = database.prepare('PRAGMA integrity_check').get()?.['integrity_check']
  const keys = database
    .prepare('SELECT key FROM entry')
    .all()
    .map((row) => String(row['key']).split(':'))
  database.close()
  const settings = { ...defaultSettings().cache, maxBytes: 8 * 1024 * 1024 }
  const cache = await openCache({ system: nodeSystem(), settings, path, emit: () => {} })
  let lost = 0
  for (const [, registry = '', key = ''] of keys) {
    const found = await cache.get<{ index: number; text: string }>('search', registry, key)
    if (!found?.value.text.startsWith(`${registry} `) || key !== `k${found.value.index}`) lost++
  }
  const { dropped } = await cache.stats()
  await cache.close()
  return { entries: keys.length, lost, dropped, integrity }
}
