import type { Marketplace } from '../marketplace.ts'
import type { Catalog, Source } from '../model/catalog.ts'
import type { Events } from '../model/events.ts'
import type { Query } from '../model/query.ts'

type Request = Pick<Events['http.request'], 'registry' | 'method' | 'url'>

/** What one registry was asked, and which conditions it was not told, so that only this side applied them. */
export interface Asked {
  registry: string
  /** Method and address, each once; empty when nothing was sent. */
  requests: string[]
  appliedHere: string[]
}

/** Listens to what is sent while `work` runs. */
export async function requestsOf<T>(
  market: Pick<Marketplace, 'on'>,
  work: () => Promise<T>,
): Promise<{ done: T; requests: Request[] }> {
  const requests: Request[] = []
  const stop = market.on('http.request', (request) => requests.push(request))
  try {
    return { done: await work(), requests }
  } finally {
    stop()
  }
}

/** Tells the search registry by registry. Every condition is applied here as well, whatever a registry does with it. */
export function askedOf({ query, sources }: Catalog, requests: readonly Request[]): Asked[] {
  const conditions = conditionsOf(query)
  return sources
    .filter((source) => source.state !== 'disabled')
    .map(({ registry }) => {
      const own = requests.filter((request) => request.registry === registry)
      const told = new Set(own.flatMap(({ url }) => (URL.canParse(url) ? [...new URL(url).searchParams.keys()] : [])))
      return {
        registry,
        requests: [...new Set(own.map(({ method, url }) => `${method} ${url}`))],
        appliedHere: conditions.filter(({ name }) => !told.has(name)).map(({ text }) => text),
      }
    })
}

/** The conditions of a query but its text, by the name a registry knows them under. */
function conditionsOf(query: Query): { name: string; text: string }[] {
  const { filters, updatedSince, updatedBefore, minDownloads, maxDownloads, minScore, exclude = [] } = query
  const limits: [string, string | number | boolean | undefined][] = [
    ['updated-since', updatedSince],
    ['updated-before', updatedBefore],
    ['min-downloads', minDownloads],
    ['max-downloads', maxDownloads],
    ['min-score', minScore],
    ['installed', query.installedOnly],
  ]
  return [
    ...Object.entries(filters).map(([name, values]) => ({
      name,
      text: values.map((value) => `${name}:${value}`).join(' '),
    })),
    ...limits.flatMap(([name, value]) => (value === undefined ? [] : [{ name, text: `${name}:${value}` }])),
    ...exclude.map((word) => ({ name: 'exclude', text: `exclude:${word}` })),
  ]
}

/** The same as lines for people. */
export function askedLines(asked: readonly Asked[], sources: readonly Source[]): string[] {
  return asked.flatMap(({ registry, requests, appliedHere }) => {
    const state = sources.find((source) => source.registry === registry)?.state
    const silent = state === 'cached' || state === 'stale' ? 'nothing was sent: answered from the cache' : 'no request'
    return [
      `${registry}: ${requests.length > 0 ? requests.join(', ') : silent}`,
      ...(appliedHere.length > 0 ? [`  applied on this side: ${appliedHere.join(', ')}`] : []),
    ]
  })
}
