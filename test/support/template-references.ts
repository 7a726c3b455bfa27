import type { Placed } from './read-template.ts'

/** A resource that says the id of another; `to` is missing where the template makes none of that id. */
interface Reference {
  from: Placed
  id: string
  to?: Placed
}

const idOf = (type: string, name: string): string => `${type}/${name.replace(/^\['(.*)'\]$/, '$1')}`.toLowerCase()

/** Every id that can be told from a template, with what makes it: subnets are made by their network. */
function madeIn(all: readonly Placed[]): Map<string, Placed> {
  const made = new Map(all.map((one) => [idOf(one.type, one.name), one]))
  for (const one of all) {
    for (const { name } of (one.properties['subnets'] ?? []) as { name: string }[])
      made.set(idOf(`${one.type}/subnets`, `${one.name}/${name}`), one)
    if (one.type.endsWith('/storageAccounts')) made.set(idOf(`${one.type}/blobServices`, `${one.name}/default`), one)
  }
  return made
}

/** All `resourceId('type', 'name', ...)` of a template. Roles that Azure brings along are left out. */
export function references(all: readonly Placed[]): Reference[] {
  const made = madeIn(all)
  return all.flatMap((from) => {
    const { template: _inner, ...properties } = from.properties
    const text = JSON.stringify({ ...from, properties, dependsOn: [] })
    return [...text.matchAll(/(?<![a-zA-Z])resourceId\('([^']+)'((?:, '[^']*')+)\)/g)].flatMap(
      ([, type = '', names = '']) => {
        if (type.endsWith('/sqlRoleDefinitions')) return []
        const id = idOf(type, [...names.matchAll(/'([^']*)'/g)].map(([, name]) => name).join('/'))
        const to = made.get(id)
        return [to ? { from, id, to } : { from, id }]
      },
    )
  })
}

/** What has ended before a resource begins: all it waits for, and all that the deployments around it wait for. */
export function endedBefore(one: Placed, all: readonly Placed[], seen = new Set<Placed>()): Set<Placed> {
  const beside = all.filter(({ within }) => within.join('/') === one.within.join('/'))
  for (const other of beside.filter(({ symbol }) => one.dependsOn?.includes(symbol))) {
    if (seen.has(other)) continue
    seen.add(other)
    endedBefore(other, all, seen)
  }
  const around = all.find(({ symbol, within }) => [...within, symbol].join('/') === one.within.join('/'))
  return around ? endedBefore(around, all, seen) : seen
}

/** References to what may not be there yet. */
export const early = (all: readonly Placed[]): string[] =>
  references(all).flatMap(({ from, id, to }) => {
    if (!to) return []
    const ended = endedBefore(from, all)
    const around = (one: Placed): Placed[] =>
      all.filter(({ symbol, within }) => `${one.within.join('/')}/`.startsWith(`${[...within, symbol].join('/')}/`))
    return [to, ...around(to)].some((one) => ended.has(one)) ? [] : [`${from.symbol} -> ${id}`]
  })
