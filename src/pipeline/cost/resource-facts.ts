import type { ArmResource } from '../generators/arm-template.ts'
import { memberOf, textOf } from '../middleware/edit-template.ts'
import type { Price } from './price-table.ts'
import type { Read } from './scoped-resources.ts'

/** What a resource is priced by, read with the parameters of its environment. */
export interface ResourceFacts {
  sku: string
  /** How many of what a price of this kind is for. Undefined where the template does not tell. */
  units(per: Price['per']): number | undefined
}

const skuName = (one: ArmResource, read: Read): string =>
  textOf(read(memberOf(one, 'sku.name') ?? memberOf(one, 'properties.sku.name')))

/** Types whose price does not go by the name of their SKU alone. */
const SKUS: Record<string, (one: ArmResource, read: Read) => string> = {
  'microsoft.cache/redis'(one, read) {
    const [name, family, capacity] = ['name', 'family', 'capacity'].map((part) =>
      textOf(read(memberOf(one, `properties.sku.${part}`))),
    )
    return `${name} ${family}${capacity}`
  },
  'microsoft.network/azurefirewalls': (one, read) => textOf(read(memberOf(one, 'properties.sku.tier'))),
  'microsoft.documentdb/databaseaccounts'(one) {
    const capabilities = memberOf(one, 'properties.capabilities')
    const names = Array.isArray(capabilities) ? capabilities.map((each) => textOf(memberOf(each, 'name'))) : []
    return names.includes('EnableServerless') ? 'Serverless' : 'Provisioned'
  },
  'microsoft.keyvault/vaults': (one, read) => textOf(read(memberOf(one, 'properties.sku.name'))),
}

/** Cores that the least number of replicas of a container app keeps. */
function readyCores(one: ArmResource, read: Read): number | undefined {
  const least = read(memberOf(one, 'properties.template.scale.minReplicas')) ?? 0
  const containers = memberOf(one, 'properties.template.containers')
  const cores = (Array.isArray(containers) ? containers : []).map((each) => coresOf(read, each))
  if (typeof least !== 'number' || cores.includes(undefined)) return undefined
  return least * cores.reduce<number>((sum, one) => sum + (one ?? 0), 0)
}

/** Templates write the cores as `[json('0.25')]`, since the language has no fractions. */
function coresOf(read: Read, container: unknown): number | undefined {
  const given = read(memberOf(container, 'resources.cpu'))
  const [, text] = /^\[json\('([\d.]+)'\)\]$/.exec(typeof given === 'string' ? given : '') ?? []
  const cores = Number(text ?? given)
  return Number.isFinite(cores) ? cores : undefined
}

/** Times a resource is made: its `copy`, where that is a number or the length of a list parameter. */
function copies(one: ArmResource, read: Read): number | undefined {
  const count = memberOf(one, 'copy.count')
  if (count === undefined) return 1
  const [, list] = /^\[length\((parameters\('[^']+'\))\)\]$/.exec(typeof count === 'string' ? count : '') ?? []
  const value = read(list === undefined ? count : `[${list}]`)
  if (Array.isArray(value)) return value.length
  return typeof value === 'number' ? value : undefined
}

/** What decides the price of a resource, with what it names read where it stands. */
export function factsOf(one: ArmResource, read: Read): ResourceFacts {
  const sku = (SKUS[one.type.toLowerCase()] ?? skuName)(one, read)
  return {
    sku,
    units(per) {
      const times = copies(one, read)
      if (times === undefined || per === undefined) return times
      if (per === 'ready core') {
        const cores = readyCores(one, read)
        return cores === undefined ? undefined : times * cores
      }
      const capacity = read(memberOf(one, 'sku.capacity'))
      return times * (typeof capacity === 'number' && capacity > 0 ? capacity : 1)
    },
  }
}
