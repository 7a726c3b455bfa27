import { member } from '../../../arm/node.ts'
import type { Fault, TemplateRule, TemplateSubject } from '../../rule.ts'
import { resourcesIn, usualText, type ResourceSpot } from './resources-in.ts'

/** Types that keep data, in lower case. */
const STORES: readonly string[] = [
  'microsoft.storage/storageaccounts',
  'microsoft.sql/servers',
  'microsoft.documentdb/databaseaccounts',
  'microsoft.dbforpostgresql/flexibleservers',
  'microsoft.dbforpostgresql/servers',
  'microsoft.dbformysql/flexibleservers',
  'microsoft.dbformysql/servers',
  'microsoft.cache/redis',
  'microsoft.keyvault/vaults',
  'microsoft.search/searchservices',
  'microsoft.synapse/workspaces',
]

export const dataStoresShouldNotBePublic: TemplateRule = {
  name: 'Data-Stores-Should-Not-Be-Public',
  family: 'template',
  step: 'security',
  section: 'configuration',
  since: 2,
  summary: 'What keeps data is reached over private networks, or by those who may read it only.',
  severity: 'medium',
  *inspect(subject) {
    for (const spot of resourcesIn(subject)) {
      if (spot.type === 'microsoft.storage/storageaccounts')
        yield* anonymous(subject, spot, 'allowBlobPublicAccess', 'true')
      if (spot.type.endsWith('/blobservices/containers')) {
        yield* anonymous(subject, spot, 'publicAccess', 'blob')
        yield* anonymous(subject, spot, 'publicAccess', 'container')
      }
      if (STORES.includes(spot.type)) yield* reachable(subject, spot)
    }
  },
}

/** Anybody may read it, without a name. */
function* anonymous(
  { root }: TemplateSubject,
  { properties, path }: ResourceSpot,
  name: string,
  value: string,
): Iterable<Fault> {
  const node = member(properties, name)
  if (!node || usualText(root, node) !== value) return
  const message = `${name} is ${value}: anybody may read what is in it.`
  yield { id: 'Public.Anonymous', at: node.start, severity: 'high', path: `${path}.properties.${name}`, message }
}

/** What makes a store take identities alone and no keys or passwords, which can be guessed or leak. */
const KEYLESS: readonly (readonly [value: string, path: readonly string[]])[] = [
  ['false', ['allowSharedKeyAccess']],
  ['true', ['disableLocalAuth']],
  ['true', ['disableAccessKeyAuthentication']],
  ['true', ['enableRbacAuthorization']],
  ['true', ['azureADOnlyAuthentication']],
  ['true', ['administrators', 'azureADOnlyAuthentication']],
  ['disabled', ['authConfig', 'passwordAuth']],
]

/** It is open to the whole Internet, and whoever has a key or a password is let in. */
function* reachable({ root }: TemplateSubject, { type, properties, path }: ResourceSpot): Iterable<Fault> {
  const node = member(properties, 'publicNetworkAccess')
  if (!node || usualText(root, node) !== 'enabled') return
  // Rules that let nobody in but those they name close what is open here.
  const rules = ['networkAcls', 'networkRuleSet'].map((name) => member(properties, name, 'defaultAction'))
  if (rules.some((action) => usualText(root, action) === 'deny')) return
  if (KEYLESS.some(([value, names]) => usualText(root, member(properties, ...names)) === value)) return
  const at = { at: node.start, path: `${path}.properties.publicNetworkAccess` }
  const message = `${type.split('/').at(-1) ?? type}: publicNetworkAccess is Enabled, and keys or passwords let in; take identities alone, or Disabled and a private endpoint.`
  yield { id: 'Public.Network', level: 'warning', ...at, message }
}
