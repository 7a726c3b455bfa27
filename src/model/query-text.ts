import type { FacetName, Query } from './query.ts'
import { FACETS } from './vocabulary.ts'

/** What a line typed into the search box means: plain words, filters, words to keep out. */
export interface TypedQuery {
  text: string
  filters: Query['filters']
  exclude: string[]
  installedOnly: boolean
}

const ALIASES: Record<string, FacetName> = {
  ...Object.fromEntries(FACETS.map((name) => [name, name])),
  cat: 'category',
  tags: 'tag',
  licence: 'license',
  lang: 'language',
  services: 'service',
  from: 'registry',
}
const MOST_TOKENS = 200
// A token is a run of bare characters and quoted parts; a quote that is never closed ends with the line.
const TOKEN = /(?:[^\s"]|"[^"]*(?:"|$))+/g

const facetOf = (key: string): FacetName | undefined =>
  Object.hasOwn(ALIASES, key.toLowerCase()) ? ALIASES[key.toLowerCase()] : undefined
const bare = (token: string): string => token.replaceAll('"', '').replaceAll(/\s+/g, ' ').trim()

/** Reads `category:ml license:"Apache 2" verified:true is:installed !beta vector store`. Unknown keys stay plain words. */
export function parseQueryText(line: string): TypedQuery {
  const words: string[] = []
  const typed: TypedQuery = { text: '', filters: {}, exclude: [], installedOnly: false }
  for (const token of (line.match(TOKEN) ?? []).slice(0, MOST_TOKENS)) {
    const colon = token.startsWith('"') ? -1 : token.indexOf(':')
    const value = bare(token.slice(colon + 1))
    const facet = colon > 0 ? facetOf(token.slice(0, colon)) : undefined
    const isWord = colon > 0 ? token.slice(0, colon).toLowerCase() === 'is' : false
    if (facet && value) addFilter(typed.filters, facet, value)
    else if (isWord && value.toLowerCase() === 'installed') typed.installedOnly = true
    else if (isWord && value.toLowerCase() === 'verified') addFilter(typed.filters, 'verified', 'true')
    else if (token.startsWith('!') && bare(token.slice(1))) typed.exclude.push(bare(token.slice(1)))
    else if (bare(token)) words.push(bare(token))
  }
  typed.text = words.join(' ')
  return typed
}

function addFilter(filters: Query['filters'], facet: FacetName, value: string): void {
  const values = (filters[facet] ??= [])
  if (!values.includes(value)) values.push(value)
}

/** The line a person would have typed for this; reading it again gives the same meaning. */
export function formatQueryText(typed: Partial<TypedQuery>): string {
  const quoted = (value: string): string => {
    const plain = value.replaceAll('"', '')
    return /\s/.test(plain) ? `"${plain}"` : plain
  }
  const parts = FACETS.flatMap((facet) => (typed.filters?.[facet] ?? []).map((value) => `${facet}:${quoted(value)}`))
  if (typed.installedOnly) parts.push('is:installed')
  parts.push(...(typed.exclude ?? []).map((word) => `!${quoted(word)}`))
  for (const word of (typed.text ?? '').split(/\s+/).filter(Boolean)) {
    parts.push(/^!|:/.test(word) ? `"${word.replaceAll('"', '')}"` : word.replaceAll('"', ''))
  }
  return parts.join(' ')
}
