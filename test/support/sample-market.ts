import { openTemplates } from '../../src/engine/open-templates.ts'
import { toolsOf } from './run-pipeline.ts'
import { noFigures } from './no-figures.ts'
import { join } from 'node:path'
import type { Catalog, Row } from '../../src/model/catalog.ts'
import { makeQuery, FACETS, SORTS, type FacetName, type Query } from '../../src/model/query.ts'
import { itemNotFound } from '../../src/model/errors.ts'
import type { Listing } from '../../src/model/listing.ts'
import type { Change, Installation, Plan } from '../../src/model/plan.ts'
import type { JobSnapshot, Jobs } from '../../src/jobs/job.ts'
import type { Marketplace } from '../../src/marketplace.ts'
import { makeListing } from '../../src/registries/shapes/shape.ts'
import { pathsOf } from '../../src/system/paths.ts'
import { tempFolder } from './temp.ts'
import { testSystem, type TestSystem } from './test-system.ts'

/** A listing as a registry would show it. */
export function sampleListing(part: Partial<Listing> & { name: string }): Listing {
  const registry = part.registry ?? 'acme'
  const context = { registry, registryType: 'community', address: '' } as const
  const plain = { kind: 'template', name: part.name, version: '1.0.0', description: `What ${part.name} does.` }
  return { ...makeListing(context, plain), ...part }
}

const valuesOf: Record<FacetName, (listing: Listing) => string[]> = {
  category: (one) => one.categories,
  tag: (one) => one.tags,
  author: (one) => (one.author === undefined ? [] : [one.author]),
  registry: (one) => [one.registry],
  kind: (one) => [one.kind],
  license: (one) => (one.license === undefined ? [] : [one.license]),
  verified: (one) => (one.verified === undefined ? [] : [String(one.verified)]),
  language: (one) => one.languages,
  service: (one) => one.services,
}

/** A registry of the sample market whose answer a test lets through when it likes. */
export interface SampleRegistry {
  name: string
  listings: Listing[]
  /** Settles when the registry answers; at once when left out. */
  answers?: Promise<void>
}

function catalogOf(
  query: Query,
  registries: SampleRegistry[],
  settled: Set<SampleRegistry>,
  have: Set<string>,
): Catalog {
  const known = registries.filter((one) => settled.has(one)).flatMap((one) => one.listings)
  const text = query.text.toLowerCase()
  const rows = known
    .filter((one) => `${one.name} ${one.description}`.toLowerCase().includes(text))
    .filter((one) =>
      Object.entries(query.filters).every(([facet, values]) =>
        values.some((value) => valuesOf[facet as FacetName](one).includes(value)),
      ),
    )
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map((listing): Row => ({ listing, offers: [listing], score: 1, reasons: [], installed: have.has(listing.id) }))
  const facet = (name: FacetName) => {
    const counts = new Map<string, number>()
    for (const row of rows)
      for (const value of valuesOf[name](row.listing)) counts.set(value, (counts.get(value) ?? 0) + 1)
    const chosen = query.filters[name] ?? []
    return [...counts].map(([value, count]) => ({ value, count, selected: chosen.includes(value) }))
  }
  const end = query.limit === 0 ? undefined : query.offset + query.limit
  return {
    query,
    rows: rows.slice(query.offset, end),
    total: rows.length,
    totalUnfiltered: known.length,
    facets: Object.fromEntries(FACETS.map((name) => [name, facet(name)])) as Catalog['facets'],
    sorts: SORTS.map((id) => ({ id, label: id })),
    sources: registries.map((one) => ({
      registry: one.name,
      registryType: 'community',
      state: settled.has(one) ? 'fresh' : 'pending',
      items: settled.has(one) ? one.listings.length : 0,
      ms: 5,
      skipped: [],
    })),
    complete: settled.size === registries.length,
  }
}

export interface SampleMarket extends Marketplace {
  /** Puts a job's snapshot before whoever watches. */
  tell(job: JobSnapshot): void
  started: { type: string; title: string; input: Record<string, unknown> }[]
  asked: Query[]
}

/**
 * An engine whose jobs a test tells as it likes, over the same types as the real one: for stories of long work, whose
 * processes no test could stop at the right moment. Searches and plans are told over the real engine (real-market.ts).
 */
export function sampleMarket(facts: {
  registries: SampleRegistry[]
  installed?: Installation[]
  system?: TestSystem
  /** Whether details of the row one rests on are fetched ahead. */
  prefetch?: boolean
}): SampleMarket {
  const { registries } = facts
  const home = tempFolder()
  const settled = new Set<SampleRegistry>()
  const watchers = new Set<(job: JobSnapshot) => void>()
  const jobs = new Map<string, JobSnapshot>()
  const asked: Query[] = []
  const started: SampleMarket['started'] = []
  const installed = [...(facts.installed ?? [])]
  const have = (): Set<string> => new Set(installed.map((one) => one.id))
  const find = (id: string): Listing | undefined =>
    registries.flatMap((one) => one.listings).find((one) => one.id === id)
  const tell = (job: JobSnapshot): void => {
    jobs.set(job.id, job)
    for (const call of watchers) call(job)
  }
  const jobDesk: Jobs = {
    async start(type, title, input) {
      started.push({ type, title, input })
      const id = `job${started.length}`
      tell(sampleJob({ id, type, title }))
      return id
    },
    runHere: async () => sampleJob({}),
    runStarted: async () => sampleJob({}),
    list: async () => [...jobs.values()],
    get: async (id) => jobs.get(id) ?? sampleJob({ id }),
    follow: async function* () {},
    watch(call) {
      watchers.add(call)
      return () => void watchers.delete(call)
    },
    async cancel(id) {
      const job = { ...(jobs.get(id) ?? sampleJob({ id })), state: 'cancelled' as const }
      tell(job)
      return job
    },
    rerun: async (id) => id,
    async remove(id) {
      jobs.delete(id)
    },
    close: async () => {},
  }
  const paths = pathsOf({ ...testSystem().env, get: (name) => (name === 'SOUK_HOME' ? home : undefined) })
  const market: Partial<SampleMarket> = {
    program: { name: 'souk', version: '0.0.0' },
    paths: { ...paths, state: join(home, 'state') },
    loaded: {
      settings: {
        registries: [],
        cache: { prefetch: facts.prefetch ?? false },
        ui: { color: true, mouse: false, reader: false, theme: 'dark' },
      },
      problems: [],
      origins: {},
    } as unknown as Marketplace['loaded'],
    async *search(query, options) {
      asked.push(query)
      const waiting = registries.map(async (one) => {
        await one.answers
        settled.add(one)
        return one
      })
      for (const one of waiting) {
        await one
        if (options?.signal?.aborted) return
        yield catalogOf(query, registries, settled, have())
      }
    },
    peek: (query) => catalogOf(query, registries, settled, have()),
    prepare: async () => {},
    templates: openTemplates({
      tools: async () => toolsOf(testSystem()),
      prices: undefined,
      cwd: home,
      emit: () => {},
    }),
    suggest(typed) {
      const names = registries.flatMap((one) => one.listings).map((one) => one.name)
      return typed.length < 2 ? [] : names.filter((name) => name.startsWith(typed)).slice(0, 8)
    },
    async details(id) {
      const listing = find(id)
      if (!listing) throw itemNotFound(id, [])
      const installation = installed.find((one) => one.id === id)
      return {
        listing,
        offers: [listing],
        state: 'fresh',
        ageMs: 0,
        sources: catalogOf(makeQuery(), registries, settled, have()).sources,
        ...(installation ? { installation } : {}),
      }
    },
    categories: async () => ({ categories: [], sources: [] }),
    registries: {
      status: () =>
        registries.map((one) => ({
          entry: {
            name: one.name,
            type: 'community',
            protocol: 'rest',
            url: `https://${one.name}.example`,
            enabled: true,
            priority: 0,
            options: {},
          },
          health: {
            state: 'up',
            skipped: [],
            items: one.listings.length,
          },
        })),
      test: async (name) => ({
        registry: name,
        registryType: 'community',
        state: 'fresh',
        items: 1,
        ms: 7,
        skipped: [],
      }),
      survey: async () => [],
      watch: () => () => {},
      edit: async () => ({ file: '/c/registries.yaml', diff: [] }),
      probe: () => Promise.reject(new Error('the sample market looks at no address')),
      reload: async () => {},
      suggested: async () => [],
    },
    metrics: noFigures(),
    noteError: () => {},
    async plan(request): Promise<Plan> {
      const changes = request.ids.map((id): Change => ({
        action: request.action === 'uninstall' ? 'remove' : 'add',
        id,
        registry: 'acme',
        name: id,
        kind: 'template',
        version: '1.0.0',
        why: ['asked for'],
        dependencies: [],
        size: 1_400_000,
      }))
      return {
        roots: request.ids,
        changes,
        conflicts: [],
        missing: [],
        warnings: [],
        bytes: 1_400_000 * changes.length,
      }
    },
    installed: async () => [...installed],
    outdated: async () => installed.map((one) => ({ id: one.id, newest: '2.0.0' })),
    recover: async () => [],
    jobs: jobDesk,
    on: () => () => {},
    onAny: () => () => {},
    close: async () => {},
    tell,
    started,
    asked,
  }
  return market as SampleMarket
}

/** A job as its journal would fold. */
export function sampleJob(part: Partial<JobSnapshot>): JobSnapshot {
  return {
    id: 'job1',
    type: 'install',
    title: 'Install acme/alpha',
    state: 'running',
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:00.000Z',
    steps: [
      { id: 'resolve', title: 'Resolve dependencies', state: 'done', done: 0, ms: 20 },
      {
        id: 'download',
        title: 'Download',
        state: 'running',
        done: 700_000,
        total: 1_400_000,
        unit: 'bytes',
        rate: 100_000,
      },
      { id: 'place', title: 'Place', state: 'waiting', done: 0 },
    ],
    percent: 50,
    log: [{ at: '2026-01-01T00:00:01.000Z', level: 'info', text: 'fetching from acme' }],
    torn: 0,
    ...part,
  }
}

/** An installed item. */
export function sampleInstallation(listing: Listing): Installation {
  return {
    id: listing.id,
    registry: listing.registry,
    registryType: listing.registryType,
    name: listing.name,
    title: listing.title,
    kind: listing.kind,
    ...(listing.version === undefined ? {} : { version: listing.version }),
    description: listing.description,
    installedAt: '2026-01-01T00:00:00.000Z',
    isRoot: true,
    source: 'test',
    digest: '',
    files: [],
    bytes: 1000,
    dependencies: [],
    path: '/store/x',
    listing,
  }
}
