import type { Intel, IntelOffer, IntelPeer } from '../model/intel.ts'
import type { Listing } from '../model/listing.ts'
import { similar } from './similar.ts'

/** Alike goods that are told. */
const PEERS = 10

const known = <T extends object>(part: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as never

function offerOf(one: Listing): IntelOffer {
  const { id, registry, registryType, version, updatedAt, downloads, rating, ratingCount, license, verified } = one
  const versions = one.releases.filter((release) => release.version !== '').length
  const facts = known({ version, updatedAt, downloads, rating, ratingCount, license, verified })
  return { id, registry, registryType, versions, ...facts }
}

const marksOf = ({ tags, categories, services }: Listing): string[] => [
  ...new Set([...categories, ...tags, ...services]),
]

function peerOf(one: Listing, lead: Listing): IntelPeer {
  const { id, version, downloads, rating, ratingCount } = one
  const marks = new Set(marksOf(lead).map((mark) => mark.toLowerCase()))
  const shared = marksOf(one).filter((mark) => marks.has(mark.toLowerCase()))
  return { id, shared, ...known({ version, downloads, rating, ratingCount }) }
}

function demandOf(offers: readonly Listing[], kind: readonly Listing[]): Intel['demand'] {
  const counted = offers.filter((one) => one.downloads !== undefined)
  const rated = offers.filter((one) => one.rating !== undefined)
  const total = counted.reduce((sum, one) => sum + (one.downloads ?? 0), 0)
  const ratings = rated.reduce((sum, one) => sum + (one.ratingCount ?? 1), 0)
  const weighed = rated.reduce((sum, one) => sum + (one.rating ?? 0) * (one.ratingCount ?? 1), 0)
  const names = new Set(offers.map((one) => one.name))
  const others = kind.filter((one) => one.downloads !== undefined && !names.has(one.name))
  const most = Math.max(...counted.map((one) => one.downloads ?? 0))
  return {
    ...(counted.length > 0
      ? {
          downloads: { total, registries: counted.length },
          place: { place: 1 + others.filter((one) => (one.downloads ?? 0) > most).length, of: others.length + 1 },
        }
      : {}),
    ...(ratings > 0 ? { rating: { mean: weighed / ratings, count: ratings, registries: rated.length } } : {}),
  }
}

/** An account of an item out of its offers (leading one first) and of all goods that the registries listed. */
export function intelOf(
  offers: readonly [Listing, ...Listing[]],
  goods: readonly Listing[],
): Omit<Intel, 'askedAt' | 'sources'> {
  const [lead] = offers
  const ids = new Set(offers.map((one) => one.id))
  const kind = goods.filter((one) => one.kind === lead.kind)
  const others = goods.filter((one) => !ids.has(one.id) && one.name !== lead.name)
  return {
    id: lead.id,
    name: lead.name,
    kind: lead.kind,
    offers: offers.map(offerOf),
    demand: demandOf(offers, kind),
    field: {
      goods: kind.length,
      registries: new Set(kind.map((one) => one.registry)).size,
      categories: lead.categories.map((name) => ({
        name,
        goods: kind.filter((one) => one.categories.includes(name)).length,
      })),
    },
    similar: similar(lead, others, PEERS).map((one) => peerOf(one, lead)),
  }
}
