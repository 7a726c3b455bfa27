import type { Made, Resource } from './generated.ts'
import {
  ACCESS,
  ADDRESSES,
  ENVS,
  FEATURES,
  ORDER,
  QUEUES,
  REGIONS,
  SERVICES,
  SETTINGS,
  SKUS,
  SUBNET_BITS,
  SUBNETS,
  TIERS,
  TOPICS,
  type Env,
} from './plan.ts'

/** A cell of the document, and what is generated in its place. */
export interface Cell {
  table: string
  cell: string
  says: unknown
  found: unknown
  isRight: boolean
}

type Look = (made: Made) => unknown

export const cell = (table: string, name: string, says: unknown, found: unknown): Cell => ({
  table,
  cell: name,
  says,
  found,
  isRight: JSON.stringify(says) === JSON.stringify(found),
})

const ofType = ({ resources }: Made, type: string): Resource[] =>
  resources.filter((one) => one.type.toLowerCase() === `microsoft.${type}`.toLowerCase())
const one = (made: Made, type: string): Resource | undefined => ofType(made, type)[0]
const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((from, part) => (from as Record<string, unknown> | undefined)?.[part], value)
const has =
  (type: string): Look =>
  (made) =>
    ofType(made, type).length > 0
const property =
  (type: string, path: string): Look =>
  (made) =>
    at(one(made, type)?.properties, path)

const SETTING_LOOKS: Record<keyof typeof SETTINGS, Look> = {
  'DDoS Protection': (made) =>
    has('Network/ddosProtectionPlans')(made) &&
    property('Network/virtualNetworks', 'enableDdosProtection')(made) === true,
  Firewall: has('Network/azureFirewalls'),
  'Private Endpoints': has('Network/privateEndpoints'),
  // The vault takes no false: where it is off, it is left out.
  'Purge Protection': (made) => property('KeyVault/vaults', 'enablePurgeProtection')(made) === true,
  'Soft Delete (days)': property('KeyVault/vaults', 'softDeleteRetentionInDays'),
  'Log Retention (days)': property('OperationalInsights/workspaces', 'retentionInDays'),
  'Daily Quota (GB)': (made) => {
    const quota = property('OperationalInsights/workspaces', 'workspaceCapping.dailyQuotaGb')(made)
    return quota === -1 ? 'Unlimited' : quota
  },
}

const FEATURE_TYPES: Record<keyof typeof FEATURES, string> = {
  'Container Apps': 'App/containerApps',
  Functions: 'Web/sites',
  'Service Bus': 'ServiceBus/namespaces',
  'SQL Database': 'Sql/servers/databases',
  'API Management': 'ApiManagement/service',
  CDN: 'Cdn/profiles',
  'Data Factory': 'DataFactory/factories',
  'Redis Cache': 'Cache/redis',
  'Cosmos DB': 'DocumentDB/databaseAccounts',
}

const skus = (made: Made, type: string): unknown => {
  const names = [...new Set(ofType(made, type).map((each) => each.sku?.name))]
  return names.length === 0 ? '-' : names.join(', ')
}
const SKU_LOOKS: Record<keyof typeof SKUS, Look> = {
  'API Management': (made) => skus(made, 'ApiManagement/service'),
  'Container Apps': (made) =>
    (property('App/managedEnvironments', 'workloadProfiles')(made) as { name?: string }[] | undefined)
      ?.map((each) => each.name)
      .join(', '),
  Functions: (made) => skus(made, 'Web/serverfarms'),
  'SQL Database': (made) => skus(made, 'Sql/servers/databases'),
  'Service Bus': (made) => skus(made, 'ServiceBus/namespaces'),
}

interface Subnet {
  name: string
  properties: { addressPrefix: string; natGateway?: object }
}
const subnetsOf = (made: Made): Subnet[] => (property('Network/virtualNetworks', 'subnets')(made) ?? []) as Subnet[]
const prefixOf = (made: Made, name: string): string | undefined =>
  subnetsOf(made).find((each) => each.name === name)?.properties.addressPrefix

/** Ports that a security group lets in from one subnet to another. */
function portsBetween(made: Made, from: string, to: string): string[] {
  const group = ofType(made, 'Network/networkSecurityGroups').find((each) => each.name.startsWith(`nsg-${to}-`))
  const rules = (group?.properties?.['securityRules'] ?? []) as { properties: Record<string, unknown> }[]
  return rules
    .map((rule) => rule.properties)
    .filter((rule) => rule['access'] === 'Allow' && rule['sourceAddressPrefix'] === prefixOf(made, from))
    .flatMap((rule) => (rule['destinationPortRanges'] ?? [rule['destinationPortRange']]) as string[])
}

const hasEndpoint = (made: Made, group: string): boolean =>
  ofType(made, 'Network/privateEndpoints').some((each) => JSON.stringify(each.properties).includes(`"${group}"`))

/** Private endpoints stand where the settings have them; elsewhere the service is reached from the same subnets. */
const overEndpoint = (group: string, from: string, to: string, port: string): ((made: Made, env: Env) => unknown) => {
  return (made, env) => {
    const isWanted = SETTINGS['Private Endpoints'][ENVS.indexOf(env)] === true
    const isLetIn = portsBetween(made, from, to).includes(port)
    return hasEndpoint(made, group) === isWanted && isLetIn
  }
}

const ACCESS_LOOKS: Record<string, (made: Made, env: Env) => unknown> = {
  'Internet > Static Web App': (made, env) =>
    has('Web/staticSites')(made) === true &&
    has('Cdn/profiles/originGroups/origins')(made) === FEATURES.CDN[ENVS.indexOf(env)],
  'Internet > API Management': (made, env) => {
    if (!FEATURES['API Management'][ENVS.indexOf(env)]) return !has('ApiManagement/service')(made)
    const policy = JSON.stringify(ofType(made, 'ApiManagement/service/policies').map((each) => each.properties))
    const isKeyed = property('ApiManagement/service/products', 'subscriptionRequired')(made) === true
    return isKeyed && /authorization/i.test(policy)
  },
  // Where there is no gateway nothing is let in from its subnet.
  'API Management > Microservices': (made, env) =>
    property('App/managedEnvironments', 'vnetConfiguration.internal')(made) === true &&
    portsBetween(made, 'gateway', 'app').includes('443') === FEATURES['API Management'][ENVS.indexOf(env)],
  'Microservices > Service Bus': overEndpoint('namespace', 'app', 'integration', '5671'),
  'Microservices > SQL Database': overEndpoint('sqlServer', 'app', 'data', '1433'),
  'Functions > Service Bus': overEndpoint('namespace', 'functions', 'integration', '5671'),
  'Functions > Third-party APIs': (made) => {
    const ways = subnetsOf(made).filter((each) => each.properties.natGateway !== undefined)
    return ways.map((each) => each.name).join() === 'functions' && has('Network/natGateways')(made)
  },
}

const tableOf = <T extends string>(
  table: string,
  rows: Readonly<Record<T, readonly unknown[]>>,
  look: (name: T, env: Env) => unknown,
): Cell[] =>
  (Object.keys(rows) as T[]).flatMap((name) =>
    ENVS.map((env, index) => cell(table, `${name}, ${env}`, rows[name][index], look(name, env))),
  )

const lastName = (each: Resource): string => each.name.split('/').at(-1) ?? ''

function networkCells(all: Record<Env, Made>): Cell[] {
  return ENVS.flatMap((env, index) => {
    const range = ADDRESSES[index] ?? ''
    const own = subnetsOf(all[env]).filter((each) => (SUBNETS as readonly string[]).includes(each.name))
    const network = range.split('.', 2).join('.')
    return [
      cell('Environments', `region, ${env}`, REGIONS[index], all[env].location),
      cell(
        'Network isolation',
        `addresses, ${env}`,
        [range],
        property('Network/virtualNetworks', 'addressSpace.addressPrefixes')(all[env]),
      ),
      cell(
        'Subnets',
        `names in order, ${env}`,
        SUBNETS,
        own.map((each) => each.name),
      ),
      ...SUBNETS.map((name, number) =>
        cell('Subnets', `${name}, ${env}`, `${network}.${number}.0/${SUBNET_BITS}`, prefixOf(all[env], name)),
      ),
    ]
  })
}

const contentCells = (all: Record<Env, Made>): Cell[] =>
  ENVS.flatMap((env) => {
    const names = (type: string): string[] => ofType(all[env], type).map(lastName)
    return [
      cell('Components', `services, ${env}`, SERVICES, names('App/containerApps')),
      cell('Components', `queues, ${env}`, QUEUES, names('ServiceBus/namespaces/queues')),
      cell('Components', `topics, ${env}`, TOPICS, names('ServiceBus/namespaces/topics')),
      cell('Components', `workers, ${env}`, 4, names('Web/sites').length),
    ]
  })

/** What a step must wait for, where that step is made in this environment; what is not made is waited through. */
function orderCells(env: Env, made: Made): Cell[] {
  const isMade = (step: string): boolean => made.steps[step] !== undefined
  const through = (steps: readonly string[]): string[] =>
    steps.flatMap((step) => (isMade(step) ? [step] : through(ORDER.find(([name]) => name === step)?.[1] ?? [])))
  return ORDER.filter(([step]) => isMade(step)).map(([step, needs]) => {
    const found = made.steps[step] ?? []
    const missing = through(needs).filter((need) => !found.includes(need))
    return cell('Deployment order', `${step} after ${needs.join(', ') || 'nothing'}, ${env}`, [], missing)
  })
}

/** Every cell of the tables against the templates for Azure. */
export function checkArm(all: Record<Env, Made>): Cell[] {
  return [
    ...networkCells(all),
    ...tableOf('Settings', SETTINGS, (name, env) => SETTING_LOOKS[name](all[env])),
    ...tableOf('Features', FEATURES, (name, env) => has(FEATURE_TYPES[name])(all[env])),
    ...tableOf('Cost optimization, tiers asked for', TIERS, (name, env) => {
      const found = Object.entries(all[env].asked).find(([title]) => title.startsWith(name))
      // A component that is not made has no tier to tell.
      return found?.[1] ?? (has(FEATURE_TYPES[name])(all[env]) ? '-' : TIERS[name][ENVS.indexOf(env)])
    }),
    ...tableOf('Tiers that are made', SKUS, (name, env) => SKU_LOOKS[name](all[env])),
    ...ACCESS.flatMap(([from, to, access]) =>
      ENVS.map((env) => {
        const found = ACCESS_LOOKS[`${from} > ${to}`]?.(all[env], env)
        return cell('Access control', `${from} to ${to}: ${access}, ${env}`, true, found)
      }),
    ),
    ...contentCells(all),
    ...ENVS.flatMap((env) => orderCells(env, all[env])),
  ]
}
