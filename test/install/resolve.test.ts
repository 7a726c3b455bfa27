import * as fc from 'fast-check'
import { rsort, satisfies } from 'semver'
import { describe, expect, it } from 'vitest'
import { resolve, splitSpec, type Resolution } from '../../src/install/resolve.ts'
import { isAllowed, solve, type Candidate } from '../../src/install/solve.ts'
import { registryTimeout } from '../../src/model/errors.ts'
import type { Installation } from '../../src/model/plan.ts'
import type { Registry } from '../../src/registries/registry.ts'
import { shelf, type Good } from './market.ts'

const ask = (
  roots: string[],
  registries: Registry[],
  more: { defaultRegistry?: string; installed?: Installation[] } = {},
) => resolve({ roots, registries, installed: [], options: {}, take: (call) => call(), ...more })
const versions = (resolution: Resolution): string[] =>
  resolution.chosen.map((one) => `${one.id}@${one.release.version}`)
const good = (name: string, version: string, needs: Record<string, string> = {}): Good => ({ name, version, needs })

describe('choosing versions', () => {
  it('takes the newest that all ranges allow and goes back from a choice that leads nowhere', async () => {
    const registry = shelf('main', [
      good('app', '1.0.0', { a: '*', b: '*' }),
      good('a', '2.0.0', { c: '^2' }),
      good('a', '1.0.0', { c: '^1' }),
      good('b', '1.0.0', { c: '^1' }),
      good('c', '1.5.0'),
      good('c', '2.0.0'),
    ])
    const answer = await ask(['app'], [registry])
    expect(versions(answer)).toEqual(['main/c@1.5.0', 'main/a@1.0.0', 'main/b@1.0.0', 'main/app@1.0.0'])
    expect(answer.conflicts).toEqual([])
  })

  it('takes pre-releases only where a range names them or nothing stable exists', async () => {
    const registry = shelf('main', [
      good('foundry', '1.0.0-beta.2', { agents: '~1.0.0-beta.7', inspector: '~1.0.0-beta.1', stable: '*' }),
      good('agents', '1.0.0-beta.11', { inspector: '~1.0.0-beta.3' }),
      good('agents', '1.0.0-beta.7'),
      good('agents', '0.1.41-preview'),
      good('inspector', '1.0.0-beta.4'),
      good('inspector', '1.0.0-beta.1'),
      good('stable', '1.0.0'),
      good('stable', '2.0.0-rc.1'),
    ])
    expect(versions(await ask(['foundry'], [registry]))).toEqual([
      'main/inspector@1.0.0-beta.4',
      'main/agents@1.0.0-beta.11',
      'main/stable@1.0.0',
      'main/foundry@1.0.0-beta.2',
    ])
    expect(isAllowed('2.0.0-rc.1', ['*'], true)).toBe(false)
    expect(isAllowed('2.0.0-rc.1', ['*', '>=2.0.0-rc.0'], true)).toBe(true)
    // A later asker that names pre-releases overrules an earlier star.
    const late = shelf('main', [
      good('x', '1.0.0', { p: '*', q: '*' }),
      good('q', '1.0.0', { p: '~2.0.0-beta.1' }),
      good('p', '1.0.0'),
      good('p', '2.0.0-beta.2'),
    ])
    expect(versions(await ask(['x'], [late]))).toContain('main/p@2.0.0-beta.2')
  })

  it('shows both askers of a conflict, the known versions, and a way out', async () => {
    const registry = shelf('main', [
      good('a', '2.0.0', { c: '^2' }),
      good('a', '1.0.0', { c: '^1' }),
      good('b', '1.0.0', { c: '^1' }),
      good('c', '1.5.0'),
      good('c', '2.0.0'),
    ])
    const [conflict] = (await ask(['a@2.0.0', 'b'], [registry])).conflicts
    expect(conflict).toMatchObject({ name: 'main/c', known: ['2.0.0', '1.5.0'] })
    expect(conflict?.ranges).toEqual([
      { by: 'main/a', range: '^2' },
      { by: 'main/b', range: '^1' },
    ])
    expect(conflict?.suggestion).toBe('main/a@1.0.0 would accept main/c@1.5.0.')
  })

  it('does not break what is installed', async () => {
    const registry = shelf('main', [good('c', '1.5.0'), good('c', '2.0.0')])
    const holder = { id: 'main/b', dependencies: [{ id: 'main/c', range: '^1' }] } as Installation
    expect(versions(await ask(['c'], [registry], { installed: [holder] }))).toEqual(['main/c@1.5.0'])
    const { conflicts } = await ask(['c@2.0.0'], [registry], { installed: [holder] })
    expect(conflicts[0]?.ranges).toContainEqual({ by: 'main/b (installed)', range: '^1' })
  })

  it('reports circles and installs them, dependencies first as far as that goes', async () => {
    const registry = shelf('main', [good('a', '1.0.0', { b: '*' }), good('b', '1.0.0', { a: '*' })])
    const answer = await ask(['a'], [registry])
    expect(versions(answer)).toEqual(['main/b@1.0.0', 'main/a@1.0.0'])
    expect(answer.warnings).toEqual(['Circle of dependencies: main/a > main/b > main/a.'])
  })

  it('says who asked for a missing one, where it was looked for, and which place could not be reached', async () => {
    const one = shelf('one', [good('a', '1.0.0', { gone: '*' })])
    const two = shelf('two', [])
    two.down = registryTimeout('two', 100)
    const answer = await ask(['a'], [one, two])
    expect(answer.missing).toEqual([
      { name: 'gone', by: 'one/a', asked: ['one', 'two (unreachable: registry.timeout)'] },
    ])
  })

  it('looks in the own registry first, then the default, then in order; a qualified name only there', async () => {
    const goods = (extra: Good[] = []): Good[] => [good('lib', '1.0.0'), ...extra]
    const one = shelf('one', goods())
    const two = shelf('two', goods([good('app', '1.0.0', { lib: '*' })]))
    const three = shelf('three', goods())
    const all = [one, two, three]
    expect(versions(await ask(['app'], all))).toEqual(['two/lib@1.0.0', 'two/app@1.0.0'])
    expect(versions(await ask(['lib'], all))).toEqual(['one/lib@1.0.0'])
    expect(versions(await ask(['lib'], all, { defaultRegistry: 'three' }))).toEqual(['three/lib@1.0.0'])
    expect(versions(await ask(['two/lib'], all))).toEqual(['two/lib@1.0.0'])
    expect((await ask(['one/app'], all)).missing).toEqual([{ name: 'one/app', by: 'asked for', asked: ['one'] }])
    one.down = registryTimeout('one', 100)
    const answer = await ask(['lib'], all)
    expect(versions(answer)).toEqual(['two/lib@1.0.0'])
    expect(answer.warnings[0]).toContain('not reachable: one')
  })

  it('reads names with versions and scopes', () => {
    expect(splitSpec('a@^1')).toEqual({ name: 'a', range: '^1' })
    expect(splitSpec('@scope/a')).toEqual({ name: '@scope/a', range: '*' })
    expect(splitSpec('@scope/a@2')).toEqual({ name: '@scope/a', range: '2' })
  })
})

/* ---- against a solver that tries everything ---- */

const RANGES = ['*', '^1.0.0', '^2.0.0', '>=1.1.0', '~1.0.0', '1.0.0']
const VERSIONS = ['1.0.0', '1.1.0', '2.0.0']
const NAMES = ['a', 'b', 'c', 'd']
type Graph = Record<string, Record<string, Record<string, string>>>

const graphs: fc.Arbitrary<Graph> = fc
  .tuple(
    ...NAMES.map(() =>
      fc.uniqueArray(
        fc.tuple(
          fc.constantFrom(...VERSIONS),
          fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...RANGES), { maxKeys: 3 }),
        ),
        { minLength: 1, maxLength: 3, selector: ([version]) => version },
      ),
    ),
  )
  .map((items) => Object.fromEntries(items.map((item, i) => [NAMES[i] ?? '', Object.fromEntries(item)])))

/** Whether a choice is whole, allowed, and free of what nobody needs. */
function isGood(graph: Graph, root: { id: string; range: string }, chosen: Map<string, string>): boolean {
  if (!satisfies(chosen.get(root.id) ?? '', root.range)) return false
  const needed = new Set([root.id])
  for (const id of needed)
    for (const [need, range] of Object.entries(graph[id]?.[chosen.get(id) ?? ''] ?? {})) {
      if (!satisfies(chosen.get(need) ?? '', range)) return false
      needed.add(need)
    }
  return needed.size === chosen.size
}

function* everyChoice(graph: Graph, names: string[]): Generator<Map<string, string>> {
  const [name, ...rest] = names
  if (name === undefined) return yield new Map()
  for (const others of everyChoice(graph, rest)) {
    yield others
    for (const version of Object.keys(graph[name] ?? {})) yield new Map(others).set(name, version)
  }
}

describe('the solver', () => {
  it('finds a choice exactly when one exists, a good one, with the newest root', () => {
    const property = fc.property(graphs, fc.constantFrom(...RANGES), (graph, range) => {
      const root = { id: 'a', range }
      const candidates = new Map(
        Object.entries(graph).map(([id, all]): [string, Candidate[]] => [
          id,
          Object.entries(all).map(([version, needs]) => ({
            version,
            needs: Object.entries(needs).map(([need, wanted]) => ({ id: need, name: need, range: wanted })),
          })),
        ]),
      )
      const answer = solve({ roots: [root], candidates, held: [] })
      const all = [...everyChoice(graph, NAMES)].filter((chosen) => isGood(graph, root, chosen))
      expect(answer.state).toBe(all.length > 0 ? 'solved' : 'conflict')
      if (answer.state !== 'solved') return
      expect(isGood(graph, root, answer.chosen)).toBe(true)
      const best = rsort(all.map((chosen) => chosen.get('a') ?? ''))[0]
      expect(answer.chosen.get('a')).toBe(best)
      expect(solve({ roots: [root], candidates, held: [] })).toEqual(answer)
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('gives up on a tangle instead of trying for ever', () => {
    const many = (id: string, needs: Record<string, string>): [string, Candidate[]] => [
      id,
      Array.from({ length: 12 }, (_, i) => ({
        version: `1.${i}.0`,
        needs: Object.entries(needs).map(([need, range]) => ({ id: need, name: need, range })),
      })),
    ]
    const chain = Array.from({ length: 8 }, (_, i) => many(`p${i}`, { [`p${i + 1}`]: '*' }))
    const candidates = new Map([...chain, many('p8', { bad: '^9' }), many('bad', {})])
    const answer = solve({ roots: [{ id: 'p0', range: '*' }], candidates, held: [] })
    expect(answer).toMatchObject({ state: 'conflict', isExhausted: true, clash: { id: 'bad' } })
  })
})
