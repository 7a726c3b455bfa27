import { describe, expect, it } from 'vitest'
import type { Doors } from '../../src/commands/command.ts'
import { cellWidth } from '../../src/model/cells.ts'
import { tableOf } from '../../src/validation/reports/table.ts'
import { testOutput, testSystem } from '../support/test-system.ts'
import { listing, scene, souk, source } from './stand-in.ts'

/** Every command that prints data, with arguments that name something there is. */
const READING = [
  ['search', 'web'],
  ['list', '--limit', '0'],
  ['browse'],
  ['show', 'web-app'],
  ['versions', 'web-app'],
  ['deps', 'web-app'],
  ['which', 'web-app'],
  ['install', 'web-app', '--dry-run'],
  ['update', '--all', '--plan'],
  ['outdated'],
  ['installed'],
  ['registries'],
  ['registries', 'show', 'official'],
  ['registries', 'test', 'official'],
  ['validate', 'a.json'],
  ['jobs'],
  ['jobs', 'show', 'j1'],
  ['jobs', 'follow', 'j1'],
  ['cache'],
  ['cache', 'stats'],
  ['cache', 'prune'],
  ['cache', 'warm'],
  ['config', 'path'],
  ['config', 'check'],
  ['commands'],
  ['completion', 'fish'],
  ['doctor'],
  ['doctor', 'paths'],
  ['--version'],
]

describe('--json', () => {
  it.each(READING)('%s %s prints one JSON value without escape bytes', async (...line) => {
    const words = line.filter((word) => word !== undefined)
    // Text from outside is made harmless at the door; a receipt that somebody edited by hand is not.
    const wild = listing('web-app', { description: 'wild \u001b[31m \u009b2J text' })
    const told = await souk([...words, '--json'], { world: scene({ listings: [wild] }) })
    expect([0, 1]).toContain(told.exit)
    expect(() => told.json()).not.toThrow()
    expect(told.out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/) // oxlint-disable-line no-control-regex
  })

  it('puts the error of a command on standard output too, and one sentence on standard error', async () => {
    const told = await souk(['show', 'nothing-like-it', '--json'], { world: scene({ sources: [] }) })
    expect(told.exit).toBe(2)
    expect(told.json()).toMatchObject({ error: { code: 'item.notFound', exit: 2, details: { nearest: ['web-app'] } } })
    expect(told.err).toContain('Did you mean web-app?')
  })
})

describe('search', () => {
  it('answers the members that scripts rely on', async () => {
    const told = await souk(['search', 'web', '--json'])
    const answer = told.json()
    expect(Object.keys(answer)).toEqual(
      expect.arrayContaining([
        'query',
        'results',
        'facets',
        'recommendations',
        'pagination',
        'sortOptions',
        'viewMode',
        'cached',
        'sources',
      ]),
    )
    expect(answer['results']).toEqual([
      expect.objectContaining({
        id: 'official/web-app',
        kind: 'template',
        name: 'web-app',
        version: '1.2.0',
        description: expect.any(String) as unknown,
        registries: ['official'],
        tags: ['azure'],
        categories: ['Machine Learning'],
        installed: true,
        registryType: 'official',
        fetchedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown,
        fromCache: false,
        stale: false,
      }),
    ])
    expect(answer['sources']).toEqual([
      expect.objectContaining({ registry: 'official', state: 'fresh', items: 2, ms: 12 }),
      expect.objectContaining({ registry: 'team', state: 'failed', items: 0, reason: 'connection refused' }),
    ])
  })

  it('goes on when a registry fails, says so on standard error, and exits 3 only with --strict', async () => {
    const lenient = await souk(['search', 'web'])
    expect(lenient.exit).toBe(0)
    expect(lenient.out).toContain('official/web-app')
    expect(lenient.err).toContain('team: failed: connection refused')
    expect((await souk(['search', 'web', '--strict'])).exit).toBe(3)
    expect((await souk(['search', 'web', '--quiet'])).err).toBe('')
  })

  it.each([
    ['slow', { state: 'slow', code: 'registry.timeout' }, 3],
    ['stale because it failed', { state: 'stale', code: 'registry.status', ageMs: 1000 }, 3],
    ['stale and not asked', { state: 'stale', code: 'registry.offline', ageMs: 1000 }, 0],
    ['answered from the cache', { state: 'cached', ageMs: 1000 }, 0],
  ] as const)('with --strict and a registry that is %s ends accordingly', async (_what, part, exit) => {
    const world = scene({ sources: [source('official'), source('team', part)] })
    expect((await souk(['search', 'web', '--strict'], { world })).exit).toBe(exit)
    expect((await souk(['search', 'web'], { world })).exit).toBe(0)
  })

  it('says with --explain what each registry was asked and which filters only this side applied', async () => {
    const requests = [
      { registry: 'official', method: 'GET', url: 'https://example.com/api/v1/search?q=web&category=x&limit=100' },
      { registry: 'official', method: 'GET', url: 'https://example.com/api/v1/search?q=web&category=x&limit=100' },
    ]
    const line = ['search', 'web', '--category', 'x', '--tag', 't', '--min-score', '80', '--explain']
    const sources = [source('official'), source('team', { state: 'cached', ageMs: 1 })]
    const told = await souk(line, { world: scene({ sources, requests }) })
    expect(told.out).toContain('official: GET https://example.com/api/v1/search?q=web&category=x&limit=100\n')
    expect(told.out).toContain('  applied on this side: tag:t, min-score:80\n')
    expect(told.out).toContain('team: nothing was sent: answered from the cache\n')
    const { asked } = (await souk([...line, '--json'], { world: scene({ sources, requests }) })).json()
    expect(asked).toEqual([
      { registry: 'official', requests: [`GET ${requests[0]?.url}`], appliedHere: ['tag:t', 'min-score:80'] },
      { registry: 'team', requests: [], appliedHere: ['category:x', 'tag:t', 'min-score:80'] },
    ])
  })

  it('that is interrupted is cancelled, which is no fault of the program', async () => {
    const stop = new AbortController()
    stop.abort()
    const told = await souk(['search', 'web'], { signal: stop.signal, failure: stop.signal.reason as Error })
    expect(told.exit).toBe(5)
    expect(told.err).toContain('was cancelled')
    expect((await souk(['search', 'web'], { failure: new Error('a fault') })).exit).toBe(6)
  })

  it('exits 3 when every registry failed', async () => {
    const told = await souk(['search', 'web'], { world: scene({ sources: [source('team', { state: 'failed' })] }) })
    expect(told.exit).toBe(3)
    expect(told.err).toContain('No registry answered')
  })

  it('turns every flag into the question', async () => {
    const { world } = await souk(
      'search a b --category x --category y --tag t --all-tags --author me --registry r --kind k --license MIT --verified --language l --service s --sort name --order desc --page 3 --page-size 7 --updated-since 2026-01-01 --updated-before 2026-02-01 --min-downloads 1 --max-downloads 9 --min-score 80 --installed --exclude old --no-merge --offline --refresh'.split(
        ' ',
      ),
    )
    expect(world.asked[0]?.with).toMatchObject({
      options: { offline: true, refresh: true },
      query: {
        text: 'a b',
        filters: {
          category: ['x', 'y'],
          tag: ['t'],
          author: ['me'],
          registry: ['r'],
          kind: ['k'],
          license: ['MIT'],
          verified: ['true'],
          language: ['l'],
          service: ['s'],
        },
        allTags: true,
        sort: 'name',
        order: 'desc',
        offset: 14,
        limit: 7,
        updatedSince: '2026-01-01',
        updatedBefore: '2026-02-01',
        minDownloads: 1,
        maxDownloads: 9,
        minScore: 80,
        installedOnly: true,
        exclude: ['old'],
        noMerge: true,
      },
    })
  })

  it('that finds nothing names the filter to drop and the nearest name', async () => {
    const { out } = await souk(['search', 'zzz'])
    expect(out).toContain('The filter category:x keeps out 2 rows.')
    expect(out).toContain('web-app')
  })

  it('explains each row when asked', async () => {
    expect((await souk(['search', 'web', '--explain'])).out).toContain('web in name (exact)')
    const [row] = (await souk(['search', 'web', '--explain', '--json'])).json()['results'] as Record<string, unknown>[]
    expect(row?.['reasons']).toEqual([{ field: 'name', term: 'web', how: 'exact', score: 1 }])
  })
})

describe('tables', () => {
  const onTerminal = (columns: number): ReturnType<typeof testSystem> => {
    const system = testSystem({ env: { TERM: 'xterm', NO_COLOR: '1' }, isTTY: true })
    system.io.out = testOutput({ isTTY: true, columns })
    return system
  }
  const wide = scene({
    listings: [
      listing('a', { description: '日本語の説明 '.repeat(20), version: '10.0.0-preview.20260101' }),
      listing('long-'.repeat(30)),
      listing('e\u0301', { description: '👩‍🔬 research' }),
    ],
  })

  it.each([40, 60, 80, 120, 200])('fit %i columns, cut with an ellipsis, one row a line', async (columns) => {
    for (const line of [['list'], ['registries'], ['installed'], ['jobs'], ['commands'], ['list', '--view', 'grid']]) {
      const { out } = await souk(line, { world: wide, system: onTerminal(columns) })
      for (const row of out.split('\n'))
        expect(cellWidth(row), `${line.join(' ')}: ${row}`).toBeLessThanOrEqual(columns)
    }
    const { out } = await souk(['list'], { world: wide, system: onTerminal(columns) })
    expect(out).toContain('…')
    expect(out.trim().split('\n')).toHaveLength(1 + 3 + 2)
  })

  it('are not cut in a pipe, where no width is known', async () => {
    const { out } = await souk(['list'], { world: wide })
    expect(out).toContain('long-'.repeat(30))
    expect(out).not.toContain('…')
  })

  it('are strong on a colour terminal only', async () => {
    const color = testSystem({ env: { TERM: 'xterm' }, isTTY: true })
    expect((await souk(['list'], { system: color })).out).toContain('\u001b[1m')
    for (const env of [{ TERM: 'dumb' }, { TERM: 'xterm', NO_COLOR: '1' }])
      expect((await souk(['list'], { system: testSystem({ env, isTTY: true }) })).out).not.toContain('\u001b')
    const flag = testSystem({ env: { TERM: 'xterm' }, isTTY: true })
    expect((await souk(['list', '--no-color'], { system: flag })).out).not.toContain('\u001b')
    expect((await souk(['list'])).out).not.toContain('\u001b')
  })
})

describe('registries', () => {
  it('are told with their skipped entries and without passwords', async () => {
    const told = await souk(['registries'])
    expect(told.out).toContain('bad.yml: not YAML')
    expect(told.out).not.toContain('secret')
    const [row] = (await souk(['registries', '--json'])).json() as unknown as Record<string, unknown>[]
    expect(row).toMatchObject({
      name: 'official',
      type: 'official',
      protocol: 'rest',
      url: 'https://me:***@example.com',
      enabled: true,
      state: 'fresh',
      items: 2,
      skipped: [{ item: 'bad.yml', reason: 'not YAML' }],
    })
  })

  it('that do not exist exit 2 and name the nearest', async () => {
    const told = await souk(['registries', 'show', 'oficial'])
    expect(told.exit).toBe(2)
    expect(told.err).toContain('Did you mean official?')
  })

  it('are changed through the settings file', async () => {
    const line = ['registries', 'add', 'team', 'https://m.example.com', '--type', 'private', '--set']
    const added = await souk([...line, 'branch=main', '--token-env', 'T'])
    const refused = await souk([...line, '__proto__.x=1'])
    const disabled = await souk(['registries', 'disable', 'team'])
    expect(refused.exit).toBe(2)
    const done = [added, disabled].flatMap(({ world }) => world.asked.filter((one) => one.call === 'edit').slice(-1))
    expect(done.map((one) => one.with)).toEqual([
      {
        action: 'add',
        name: 'team',
        url: 'https://m.example.com',
        isDefault: false,
        members: {
          branch: 'main',
          type: 'private',
          protocol: 'rest',
          credentials: { type: 'token', token: '${T}' },
        },
      },
      { action: 'disable', name: 'team' },
    ])
  })
})

describe('validate', () => {
  it('exits 1 when the status is failed and names the place of each finding', async () => {
    const formatReports: Doors['formatReports'] = async ([report], _format, width) =>
      report ? tableOf(report, width).join('\n') : ''
    const told = await souk(['validate', 'a.json'], { doors: { formatReports } })
    expect(told.exit).toBe(1)
    expect(told.out).toContain('a.json:3:5')
    expect((await souk(['validate', 'a.json', '--json'])).json()).toMatchObject({
      findings: [{ rule: 'No-Blanks', level: 'error', severity: 'critical', file: 'a.json', line: 3, column: 5 }],
      score: 50,
      status: 'failed',
    })
  })
})

describe('validate', () => {
  it('lets the files of the user say what counts, and not those of goods by id', async () => {
    const formatReports = async (): Promise<string> => ''
    const own = await souk(['validate', 'a.json'], { doors: { formatReports } })
    const theirs = await souk(['validate', 'official/web-app'], { doors: { formatReports } })
    const asked = [own, theirs].map(({ world }) => world.asked.find((one) => one.call === 'validate')?.with)
    expect(asked).toEqual([
      expect.not.objectContaining({ isStrict: true }),
      expect.objectContaining({ isStrict: true }),
    ])
  })
})

describe('slow work', () => {
  it('shows a line after 300 ms on a terminal and takes it away again', async () => {
    const { testClock } = await import('../support/test-system.ts')
    const { withProgress } = await import('../../src/commands/output.ts')
    const { global } = (await import('../../src/commands/global-flags.ts')).splitGlobalFlags([])
    for (const isTTY of [true, false]) {
      const clock = testClock()
      const system = testSystem({ clock, isTTY, env: { TERM: 'xterm' } })
      let end = (): void => {}
      const work = withProgress({ system, global }, 'Asking ...', () => new Promise<void>((done) => (end = done)))
      await clock.advance(299)
      expect(system.io.err.text).toBe('')
      await clock.advance(1)
      expect(system.io.err.text).toBe(isTTY ? '\r\u001b[2KAsking ...' : '')
      end()
      await work
      expect(system.io.err.text.endsWith('\r\u001b[2K')).toBe(isTTY)
    }
  })
})

describe('which', () => {
  it('says that a built-in item answers to a name, and what it hides', async () => {
    const goods = [listing('web-app', { id: 'builtin/web-app', registry: 'builtin' })]
    const told = await souk(['which', 'web-app'], { world: scene({ listings: goods, installed: [] }) })
    expect(told.exit).toBe(0)
    expect(told.out).toBe('builtin/web-app 1.2.0: it is built in, and none of that name is installed\n')
    expect((await souk(['which', 'nothing-like-it'], { world: scene({ sources: [] }) })).exit).toBe(2)
    // One registry did not answer: it may be there.
    expect((await souk(['which', 'nothing-like-it'])).exit).toBe(3)
  })
})

describe('doctor paths', () => {
  it('moves every place with SOUK_HOME', async () => {
    const told = await souk(['doctor', 'paths', '--json'], { system: testSystem({ env: { SOUK_HOME: '/elsewhere' } }) })
    const places = Object.values(told.json())
    expect(places.length).toBeGreaterThan(5)
    for (const place of places) expect(place).toMatch(/^\/elsewhere\//)
  })
})
