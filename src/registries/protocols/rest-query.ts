import type { Query } from '../../model/query.ts'
import { PAGE_ROWS } from './pages.ts'

const SORTS: Partial<Record<Query['sort'], string>> = {
  name: 'name',
  rating: 'rating',
  updated: 'updated',
  downloads: 'popularity',
}

/** What of a question goes over the wire, from a row on; also what its cached answer is filed under. */
export function restQuery(query: Query, offset = 0): [string, string][] {
  const sort = SORTS[query.sort]
  return [
    ['q', query.text],
    ...(query.filters.category ?? []).map((one): [string, string] => ['category', one]),
    ...((query.filters.verified ?? []).join() === 'true' ? ([['verified', 'true']] as [string, string][]) : []),
    ...(sort ? ([['sort_by', sort]] as [string, string][]) : []),
    ...(sort && query.order ? ([['sort_order', query.order]] as [string, string][]) : []),
    ['limit', String(PAGE_ROWS)],
    ['offset', String(offset)],
  ]
}
