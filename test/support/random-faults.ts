import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultSettings } from '../../src/config/defaults.ts'
import type { Marketplace } from '../../src/marketplace.ts'
import type { Catalog, Source } from '../../src/model/catalog.ts'
import { makeQuery } from '../../src/model/query.ts'
import type { RegistryEntry } from '../../src/model/registry-entry.ts'
import { openMarketplace } from '../../src/engine/open-marketplace.ts'
import { faultModes } from './fault-registry.ts'
import { collectGarbage, held, SECRET, unprintable } from './fault-run.ts'
import { MOST_BYTES } from './faults/content.ts'
import type { FaultMode } from './faults/mode.ts'
import { type FickleRegistry, openFickleRegistry, WORDS } from './fickle-registry.ts'
import { seededRandom } from './mutate.ts'
import { testSystem, type TestSystem } from './test-system.ts'

/** What a run brought. */
export interface RandomRun {
  seed: number
  searches: number
  /** Sentences that begin with the seed and the step; empty when all went well. */
  mistakes: string[]
  /** How often registries stood how, how often each fault was met. */
  states: Record<string, number>
  faultsMet: number
  rowsChecked: number
  reopened: number
  aborted: number
  /** What is held after a tenth of the searches and at the end, garbage apart, and the largest resident size, MiB. */
  heldMiB: { early: number; end: number }
  residentMiB: number
}

const FICKLE = ['fickle-1', 'fickle-2', 'fickle-3', 'fickle-4'] as const
const GOOD = ['good-1', 'good-2'] as const
const TIMEOUT_MS = 1500
/** A mode needs an address of plain HTTP, for all modes share one. */
const usable = faultModes.filter((one) => one.door === undefined || one.door === 'http' || one.door === 'raw')
const late = usable.filter((one) => one.timeoutMs !== undefined)
const large = usable.filter((one) => one.maxGrowth !== undefined)
const quick = usable.filter((one) => one.timeoutMs === undefined && one.maxGrowth === undefined)

const entryOf = ({ name, url }: FickleRegistry, at: number): RegistryEntry => ({
  name,
  url,
  type: 'community',
  protocol: 'rest',
  enabled: true,
  priority: at,
  options: {},
  timeoutMs: TIMEOUT_MS,
  credentials: { type: 'token', token: SECRET },
})

function open(home: string, system: TestSystem, registries: readonly FickleRegistry[]): Promise<Marketplace> {
  const settings = defaultSettings()
  Object.assign(settings.http, { retryBaseMs: 1, maxBodyBytes: MOST_BYTES, breakerOpenMs: 150 })
  settings.cache.ttlMs.search = 400
  settings.registries = registries.map(entryOf)
  mkdirSync(join(home, 'builtin'), { recursive: true })
  const loaded = { settings, problems: [], origins: {} }
  const program = { name: 'souk', version: '0.0.0' }
  return openMarketplace({ system, loaded, program, goods: join(home, 'builtin'), environment: {} })
}

/** One search: what is asked, and how. */
interface Step {
  text: string
  isRefresh: boolean
  isOffline: boolean
  isAborted: boolean
}

const pick = <T>(random: () => number, all: readonly T[]): T => all[Math.floor(random() * all.length)] as T

function modeOf(random: () => number): FaultMode | undefined {
  const what = random()
  if (what < 0.45) return undefined
  if (what < 0.46) return pick(random, late)
  if (what < 0.475) return pick(random, large)
  return pick(random, quick)
}

function stepOf(random: () => number): Step {
  const text = random() < 0.15 ? '' : pick(random, WORDS)
  const how = random()
  return { text, isRefresh: how < 0.35, isOffline: how > 0.96, isAborted: how > 0.9 && how <= 0.96 }
}

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20)
const heldNow = (): number => {
  collectGarbage()
  return mebibytes(held())
}

/** The person who searches, and what they remember of every registry. */
class Sitting {
  readonly run: RandomRun
  readonly #random: () => number
  readonly #registries: FickleRegistry[]
  readonly #home = mkdtempSync(join(tmpdir(), 'souk-random-'))
  readonly #system = testSystem({ env: { SOUK_HOME: this.#home, HOME: this.#home } })
  #market: Marketplace | undefined
  /** Registries that goods have come from, and those of which that is not sure, for the search was given up. */
  readonly #known = new Set<string>()
  readonly #unsure = new Set<string>()
  #step = 0

  constructor(seed: number, searches: number, registries: FickleRegistry[]) {
    this.#random = seededRandom(seed)
    this.#registries = registries
    const counts = { faultsMet: 0, rowsChecked: 0, reopened: 0, aborted: 0, residentMiB: 0 }
    this.run = { seed, searches, mistakes: [], states: {}, ...counts, heldMiB: { early: 0, end: 0 } }
  }

  #wrong(what: string): void {
    const { seed } = this.run
    this.run.mistakes.push(`seed ${seed}, search ${this.#step}: ${what}`)
  }

  async #opened(): Promise<Marketplace> {
    if (this.#market) return this.#market
    this.#market = await open(this.#home, this.#system, this.#registries)
    this.#market.onAny((name, payload) => {
      if (JSON.stringify(payload).includes(SECRET)) this.#wrong(`the event ${name} tells the secret`)
    })
    return this.#market
  }

  async #close(): Promise<void> {
    await this.#market?.close()
    this.#market = undefined
  }

  async step(): Promise<void> {
    this.#step += 1
    const random = this.#random
    const step = stepOf(random)
    for (const registry of this.#registries) {
      const isFickle = FICKLE.some((name) => name === registry.name)
      // Drawn for all, so that a step is the same whoever is looked at.
      const [mode, isNew] = [modeOf(random), random() < 0.3]
      registry.begin(isNew)
      registry.mode = isFickle ? mode : undefined
    }
    const market = await this.#opened()
    const started = performance.now()
    const last = await this.#search(market, step)
    if (last) this.#check(step, last, performance.now() - started)
    if (random() < 0.03) {
      await this.#close()
      this.run.reopened += 1
    }
    if (this.#step === Math.ceil(this.run.searches / 10)) this.run.heldMiB.early = heldNow()
    this.run.residentMiB = Math.max(this.run.residentMiB, mebibytes(process.memoryUsage().rss))
  }

  /** The last catalog; undefined when the search was given up, or was not to be had. */
  async #search(market: Marketplace, step: Step): Promise<Catalog | undefined> {
    const control = new AbortController()
    const query = makeQuery({ text: step.text, limit: 0, noMerge: true })
    const flags = { refresh: step.isRefresh, offline: step.isOffline, signal: control.signal }
    let last: Catalog | undefined
    try {
      for await (const catalog of market.search(query, flags)) {
        last = catalog
        if (step.isAborted) control.abort(new DOMException('enough', 'AbortError'))
      }
    } catch (error) {
      for (const { name } of this.#registries) this.#unsure.add(name)
      if (step.isAborted && error instanceof DOMException && error.name === 'AbortError') this.run.aborted += 1
      else this.#wrong(`it threw ${String(error)}`)
      return undefined
    }
    return last
  }

  #check(step: Step, catalog: Catalog, ms: number): void {
    for (const where of unprintable(catalog)) this.#wrong(`what no terminal should get: ${where}`)
    if (!catalog.complete) this.#wrong('the last catalog is not complete')
    for (const registry of this.#registries) {
      const source = catalog.sources.find((one) => one.registry === registry.name)
      if (!source) {
        this.#wrong(`${registry.name} is not told of`)
        continue
      }
      const rows = catalog.rows.map((row) => row.listing).filter((one) => one.registry === registry.name)
      const what = `${registry.name} (${registry.mode?.name ?? 'well'}, "${step.text}", ${registry.asked} requests)`
      this.run.states[source.state] = (this.run.states[source.state] ?? 0) + 1
      if (registry.mode && registry.asked > 0) this.run.faultsMet += 1
      const expected = this.#expected(step, registry, ms)
      if (!expected.includes(source.state))
        this.#wrong(`${what} is ${source.state} (${source.reason ?? 'no reason'}), not ${expected.join(' or ')}`)
      if (source.items !== rows.length && source.state !== 'pending' && step.text === '')
        this.#wrong(`${what} is said to have ${source.items} items and shows ${rows.length}`)
      if (source.state !== 'fresh' && source.state !== 'cached' && !source.reason && !step.isOffline)
        this.#wrong(`${what} is ${source.state} without a reason`)
      for (const { name, description } of rows) {
        this.run.rowsChecked += 1
        const isNew = source.state === 'fresh' && source.code === undefined
        if (!registry.hasServed(name, description, isNew)) this.#wrong(`${what} never served ${name}: ${description}`)
      }
      if (source.state === 'fresh' && registry.mode === undefined) {
        const names = new Set(rows.map((row) => row.name))
        const lost = registry.namesFor(step.text).filter((name) => !names.has(name))
        if (lost.length > 0) this.#wrong(`${what} served ${lost.join(', ')}, not among the rows`)
      }
      if (source.items > 0) this.#known.add(registry.name)
      if (registry.leaked.length > 0) this.#wrong(`${what} leaked ${registry.leaked.join()}`)
    }
  }

  /** How a registry may stand, from what it was asked and what it did. */
  #expected({ isRefresh, isOffline }: Step, registry: FickleRegistry, ms: number): Source['state'][] {
    const { name, mode, asked } = registry
    const kept: Source['state'][] = this.#known.has(name) ? ['stale'] : ['failed']
    const either: Source['state'][] = this.#unsure.has(name) ? ['stale', 'failed'] : kept
    if (isOffline) return asked > 0 ? [] : ['cached', ...either]
    // A machine that is too busy to answer in time is no mistake of the program.
    const slow: Source['state'][] = ms >= TIMEOUT_MS ? ['slow'] : []
    // Nothing was sent: there was a fresh answer, or it failed too often just before.
    if (asked === 0) return isRefresh ? slow : ['cached', ...either, ...slow]
    if (!mode) return ['fresh', ...slow]
    // Pages that came are the answer, filled up where more is known.
    if (mode.state === 'fresh') return mode.says ? ['fresh', 'stale', ...slow] : ['fresh', ...slow]
    if (mode.state === 'slow') return ['slow']
    const bare = this.#known.has(name) ? [] : [mode.state]
    return [...bare, ...(this.#known.has(name) || this.#unsure.has(name) ? (['stale'] as const) : []), ...slow]
  }

  /** Everything the run left on disk and said, looked through for the secret. */
  async end(): Promise<RandomRun> {
    this.run.heldMiB.end = heldNow()
    await this.#close()
    for (const file of readdirSync(this.#home, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue
      const path = join(file.parentPath, file.name)
      if (readFileSync(path).includes(SECRET)) this.#wrong(`the secret is in ${path}`)
    }
    const { out, err } = this.#system.io
    if (`${out.text}${err.text}`.includes(SECRET)) this.#wrong('the secret was said')
    rmSync(this.#home, { recursive: true, force: true })
    return this.run
  }
}

/**
 * The same searches for the same seed, beside four registries that go wrong at random in every way the tests know and
 * two good ones: real servers on loopback, the engine itself in this process, closed and opened again now and then.
 */
export async function runRandomFaults(
  seed: number,
  searches: number,
  tell: (run: RandomRun, step: number) => void = () => {},
): Promise<RandomRun> {
  const registries = await Promise.all([...FICKLE, ...GOOD].map(openFickleRegistry))
  const sitting = new Sitting(seed, searches, registries)
  try {
    for (let step = 1; step <= searches; step++) {
      await sitting.step()
      tell(sitting.run, step)
    }
    return await sitting.end()
  } finally {
    await Promise.all(registries.map((one) => one.close()))
  }
}
