import { openTemplates } from '../../src/engine/open-templates.ts'
import { toolsOf } from '../support/run-pipeline.ts'
import { noFigures } from '../support/no-figures.ts'
import type { JobEventBody, JobSnapshot, Jobs } from '../../src/jobs/job.ts'
import type { Marketplace } from '../../src/marketplace.ts'
import type { Catalog, Facets, Source } from '../../src/model/catalog.ts'
import { allRegistriesFailed, itemNotFound, pluginUnknown } from '../../src/model/errors.ts'
import { intelOf } from '../../src/search/intel.ts'
import type { PluginStatus } from '../../src/model/plugin.ts'
import type { Listing } from '../../src/model/listing.ts'
import type { Installation, Plan } from '../../src/model/plan.ts'
import { FACETS } from '../../src/model/vocabulary.ts'
import type { CommandContext, Doors } from '../../src/commands/command.ts'
import { splitGlobalFlags } from '../../src/commands/global-flags.ts'
import { COMMANDS } from '../../src/commands/list.ts'
import { runCommand } from '../../src/commands/run-command.ts'
import { testSystem, type TestSystem } from '../support/test-system.ts'
import { UNJUDGED } from '../validation/samples.ts'

export function listing(name: string, part: Partial<Listing> = {}): Listing {
  const registry = part.registry ?? 'official'
  return {
    id: `${registry}/${name}`,
    registry,
    registryType: 'official',
    kind: 'template',
    name,
    title: name,
    version: '1.2.0',
    description: `What ${name} is for, told in one sentence that is long enough to be cut in a narrow terminal`,
    categories: ['Machine Learning'],
    tags: ['azure'],
    services: ['sql'],
    languages: ['bicep'],
    badges: [],
    releases: [
      {
        version: '1.2.0',
        dependencies: [{ name: 'core', range: '^1.0.0' }],
        artifacts: [{ form: 'archive', url: 'https://example.com/a.zip', size: 2048, digests: [] }],
        requires: [{ name: 'azd', range: '>=1.0.0' }],
        capabilities: [],
      },
    ],
    needs: [{ label: 'access', text: 'a subscription' }],
    scripts: [],
    extra: {},
    ...part,
  }
}

export const source = (registry: string, part: Partial<Source> = {}): Source => ({
  registry,
  registryType: 'official',
  state: 'fresh',
  items: 2,
  ms: 12,
  skipped: [],
  ...part,
})

/** A market of two goods, one of them installed, with one dead registry; whatever a test wants else is put over it. */
export interface Scene {
  listings: Listing[]
  sources: Source[]
  plan: Plan
  installed: Installation[]
  plugins: PluginStatus[]
  /** Events a started job writes. `wait` stops there until the job is cancelled. */
  events: (JobEventBody | 'wait')[]
  /** Requests that a search sends. */
  requests: { registry: string; method: string; url: string }[]
  /** What the market was asked, for tests to look at. */
  asked: { call: string; with: unknown }[]
}

const installation = (one: Listing): Installation => ({
  id: one.id,
  registry: one.registry,
  registryType: one.registryType,
  name: one.name,
  title: one.title,
  kind: one.kind,
  version: '1.0.0',
  description: one.description,
  installedAt: '2026-01-01T00:00:00Z',
  isRoot: true,
  source: 'https://example.com/a.zip',
  digest: 'ab',
  files: [],
  bytes: 2048,
  dependencies: [],
  path: '/tmp/goods',
  listing: one,
})

export function scene(part: Partial<Scene> = {}): Scene {
  const listings = part.listings ?? [listing('web-app'), listing('event-hub', { tags: ['events'], kind: 'module' })]
  const [first = listing('web-app')] = listings
  return {
    listings,
    sources: [source('official'), source('team', { state: 'failed', items: 0, reason: 'connection refused' })],
    plan: {
      roots: [first.id],
      changes: [
        {
          action: 'add',
          id: first.id,
          registry: first.registry,
          name: first.name,
          kind: first.kind,
          version: '1.2.0',
          why: ['asked for'],
          size: 2048,
          listing: first,
          dependencies: [],
        },
      ],
      conflicts: [],
      missing: [],
      warnings: [],
      bytes: 2048,
    },
    installed: [installation(first)],
    events: [
      { type: 'started', pid: 1, mark: 'x', steps: [{ id: 'fetch', title: 'Download' }] },
      { type: 'step', step: 'fetch', state: 'running' },
      { type: 'progress', step: 'fetch', done: 1024, total: 2048, unit: 'bytes' },
      { type: 'step', step: 'fetch', state: 'done', ms: 40 },
      { type: 'finished', state: 'succeeded', ms: 50, result: { files: 3 } },
    ],
    plugins: [],
    requests: [],
    asked: [],
    ...part,
  }
}

function catalogOf(world: Scene, query: Catalog['query']): Catalog {
  const found = world.listings.filter((one) => one.name.includes(query.text))
  const facets = Object.fromEntries(FACETS.map((name) => [name, []])) as unknown as Facets
  facets.category = [{ value: 'Machine Learning', count: found.length, selected: false }]
  facets.kind = [{ value: 'template', count: 1, selected: false }]
  const page = query.limit === 0 ? found : found.slice(query.offset, query.offset + query.limit)
  return {
    query,
    rows: page.map((one) => ({
      listing: one,
      offers: [one],
      score: 1,
      reasons: [{ field: 'name', term: query.text, how: 'exact', score: 1 }],
      installed: world.installed.some((here) => here.id === one.id),
    })),
    total: found.length,
    totalUnfiltered: world.listings.length,
    facets,
    sorts: [{ id: 'relevance', label: 'Best match' }],
    sources: world.sources,
    complete: true,
    ...(found.length === 0 ? { nothing: { excluded: [{ filter: 'category:x', rows: 2 }], nearest: ['web-app'] } } : {}),
  }
}

function jobsOf(world: Scene): Jobs {
  const cancelled = new Set<string>()
  const job = (id: string): JobSnapshot => {
    const end = world.events.find((event) => event !== 'wait' && event.type === 'finished')
    const finished = typeof end === 'object' && end.type === 'finished' ? end : undefined
    const state = cancelled.has(id) ? 'cancelled' : (finished?.state ?? 'running')
    const result = finished?.result
    const step = {
      id: 'fetch',
      title: 'Download',
      state: 'done',
      done: 2048,
      total: 2048,
      unit: 'bytes',
      ms: 40,
    } as const
    return {
      id,
      type: 'install',
      title: 'Install web-app',
      state,
      createdAt: '2026-01-01T00:00:00Z',
      steps: [step],
      percent: 100,
      log: [],
      torn: 0,
      ...(result ? { result } : {}),
    }
  }
  const note = (call: string, facts: unknown): void => void world.asked.push({ call, with: facts })
  return {
    start: async (type, title, input) => {
      note('start', { type, title, input })
      return 'j1'
    },
    runHere: async () => job('j1'),
    runStarted: async (id) => job(id),
    list: async () => [job('j1')],
    get: async (id) => job(id),
    async *follow(_id, signal) {
      let seq = 0
      for (const event of world.events) {
        if (event === 'wait') {
          if (!signal?.aborted) await new Promise((end) => signal?.addEventListener('abort', end, { once: true }))
          return
        }
        yield { ...event, seq: ++seq, at: '2026-01-01T00:00:00Z' }
      }
    },
    watch: () => () => {},
    cancel: async (id) => {
      cancelled.add(id)
      note('cancel', id)
      return job(id)
    },
    rerun: async () => 'j2',
    remove: async (id) => note('remove', id),
    close: async () => {},
  }
}

const CACHE: Marketplace['cache'] = {
  get: async () => undefined,
  peek: async () => undefined,
  put: async () => {},
  putAll: async () => {},
  touch: async () => {},
  noteStale: () => {},
  clear: async () => 3,
  clearWhere: async () => 0,
  prune: async () => ({ entries: 1, bytes: 10 }),
  stats: async () => ({
    hits: 1,
    misses: 1,
    staleServed: 0,
    rate: 0.5,
    entries: 1,
    rawBytes: 1,
    storedBytes: 1,
    maxBytes: 100,
    evicted: 0,
    dropped: 0,
    byClass: { search: { hits: 1, misses: 1, staleServed: 0, entries: 1 } },
    byRegistry: { official: { hits: 1, misses: 1, staleServed: 0 } },
    store: 'memory',
  }),
  close: async () => {},
}

const noApiVersions = (): Marketplace['apiVersions'] => {
  const known = { date: '2026-02-13', ageDays: 3, types: 2, source: 'shipped' }
  return { status: async () => known, update: async () => known }
}

function changedPlugin(world: Scene, name: string, state: PluginStatus['state']): PluginStatus {
  world.asked.push({ call: state, with: name })
  const found = world.plugins.find((one) => one.name === name)
  if (!found) throw pluginUnknown(name, [])
  return { ...found, state }
}

/** The market of a scene. It keeps to the facade's types and does nothing clever. */
function standIn(world: Scene): Marketplace {
  const note = (call: string, facts: unknown): void => void world.asked.push({ call, with: facts })
  const listeners: ((payload: never) => void)[] = []
  const entry = { name: 'official', type: 'official', protocol: 'rest', url: 'https://me:secret@example.com' } as const
  return {
    program: { name: 'souk', version: '0.1.0' },
    loaded: {
      settings: {
        registries: [],
        concurrency: { validation: 4, downloads: 4 },
        validation: { armTtk: 'none' },
        memory: { warnBytes: 2 ** 40 },
      },
      problems: [],
      origins: {},
    } as unknown as Marketplace['loaded'],
    paths: { config: '/c', cache: '/c', state: '/s', data: '/d', jobs: '/j', store: '/t', audit: '/a' },
    templates: openTemplates({
      tools: async () => toolsOf(testSystem()),
      prices: undefined,
      cwd: '/',
      emit: (call, told) => world.asked.push({ call, with: told }),
    }),
    streamTemplate: async () => ({ resources: 0, characters: 0 }),
    publication: async ({ registry }) => ({
      id: 'web-app',
      version: '1.0.0',
      registry,
      bytes: 1,
      sha256: 'ab',
      left: [],
    }),
    plugins: {
      list: async () => world.plugins,
      trust: async (name) => changedPlugin(world, name, 'trusted'),
      untrust: async (name) => changedPlugin(world, name, 'untrusted'),
    },
    audit: {
      read: async () => ({ entries: [], unreadable: 0 }),
      verify: async () => ({ entries: 0, files: 0, notes: [] }),
    },
    async *search(query, options) {
      note('search', { query, options })
      for (const request of world.requests) for (const call of listeners) call(request as never)
      const catalog = catalogOf(world, query)
      if (world.sources.every((one) => one.state === 'failed'))
        throw allRegistriesFailed(world.sources.map(({ registry, reason = '' }) => ({ registry, reason })))
      yield { ...catalog, rows: [], complete: false }
      yield catalog
    },
    prepare: async () => {},
    peek: (query) => catalogOf(world, query),
    suggest: () => [],
    async details(id) {
      const found = world.listings.find((one) => one.name === id || one.id === id)
      const failed = world.sources.filter((one) => one.state === 'failed').map((one) => one.registry)
      if (!found) throw itemNotFound(id, ['web-app'], failed)
      return { listing: found, offers: [found], state: 'cached', ageMs: 60_000, sources: world.sources }
    },
    intel: async (id) => {
      note('intel', id)
      const found = world.listings.find((one) => one.name === id || one.id === id)
      if (!found) throw itemNotFound(id, ['web-app'])
      const asked = { askedAt: '2026-01-01T00:00:00.000Z', sources: world.sources }
      return { ...intelOf([found], world.listings), ...asked, cached: true, state: 'cached', ageMs: 60_000 }
    },
    categories: async () => ({
      categories: [{ name: 'Machine Learning', count: 2, registries: ['official'] }],
      sources: world.sources,
    }),
    registries: {
      status: () => [
        {
          entry: { ...entry, enabled: true, priority: 0, options: {} },
          health: { state: 'up', skipped: [{ item: 'bad.yml', reason: 'not YAML' }] },
        },
      ],
      test: async (name) => source(name),
      survey: async () => world.sources,
      watch: () => () => {},
      async edit(edit) {
        note('edit', edit)
        return { file: '/c/registries.yaml', diff: ['+ x'] }
      },
      async probe(address) {
        note('probe', address)
        return {
          address,
          name: 'm.example.com',
          protocol: 'rest',
          items: 3,
          skipped: 0,
          kinds: { template: 3 },
          shapes: {},
          needsCredentials: false,
          tried: [],
          ms: 5,
        }
      },
      reload: async () => {},
      suggested: async () => [],
    },
    metrics: noFigures(),
    apiVersions: noApiVersions(),
    noteError: () => {},
    async plan(request) {
      note('plan', request)
      return world.plan
    },
    installed: async () => world.installed,
    outdated: async () => [{ id: 'official/web-app', installed: '1.0.0', wanted: '1.2.0', newest: '2.0.0' }],
    recover: async () => [],
    async *watchValidation() {},
    async validate(request) {
      note('validate', request)
      const { path } = request
      return {
        target: path,
        files: [path],
        rules: [{ rule: 'No-Blanks', state: 'run' }],
        findings: [
          {
            rule: 'No-Blanks',
            level: 'error',
            severity: 'critical',
            file: 'a.json',
            line: 3,
            column: 5,
            message: 'blank',
          },
        ],
        ...UNJUDGED,
        score: 50,
        status: 'failed',
        digest: 'ab',
        cached: false,
      }
    },
    jobs: jobsOf(world),
    cache: CACHE,
    on: (name, call) => {
      if (name === 'http.request') listeners.push(call)
      return () => {}
    },
    onAny: () => () => {},
    close: async () => {},
  }
}

export interface Outcome {
  exit: number
  out: string
  err: string
  /** Standard output as JSON. */
  json: () => Record<string, unknown>
  opened: number
  world: Scene
}

export interface Sitting {
  world?: Scene
  system?: TestSystem
  signal?: AbortSignal
  doors?: Partial<Doors>
  /** What opening the market fails with. */
  failure?: Error
}

/** Runs one command line against a scene, the way the front door does. */
export async function souk(line: readonly string[], sitting: Sitting = {}): Promise<Outcome> {
  const world = sitting.world ?? scene()
  const system = sitting.system ?? testSystem({ env: { HOME: '/tmp' } })
  const { global, rest } = splitGlobalFlags(line)
  let opened = 0
  const market = async (): Promise<Marketplace> => {
    opened++
    if (sitting.failure) throw sitting.failure
    return standIn(world)
  }
  const context: CommandContext = {
    system,
    program: { name: 'souk', version: '0.1.0' },
    global,
    signal: sitting.signal ?? new AbortController().signal,
    market,
    jobs: async () => (await market()).jobs,
    doors: sitting.doors ?? {},
    commands: COMMANDS,
  }
  const exit = await runCommand(rest, context)
  const { out, err } = system.io
  return {
    exit,
    out: out.text,
    err: err.text,
    opened,
    world,
    json: () => JSON.parse(out.text) as Record<string, unknown>,
  }
}
