/** What Azure allows as a name: least and most characters, and a pattern of the whole. */
export interface NameRule {
  least: number
  most: number
  pattern: RegExp
  /** The pattern in words. */
  words: string
}

const rule = (least: number, most: number, pattern: RegExp, words: string): NameRule => ({
  least,
  most,
  pattern,
  words,
})

const NETWORK = /^[a-zA-Z0-9]([\w.-]*\w)?$/
const NETWORK_WORDS = 'letters, digits, "-", "_" and ".", beginning with a letter or digit'
const HYPHENS = /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/
const HYPHENS_WORDS = 'letters, digits and "-" within'
const LETTER_FIRST = /^[a-zA-Z]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/
const LETTER_FIRST_WORDS = 'a letter, then letters, digits and "-" within'
const LOWER = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/
const LOWER_WORDS = 'lower-case letters, digits and "-" within'
const PLAIN = /^[^<>*%&:\\?+/\p{Cc}]*[^<>*%&:\\?+/\p{Cc}. ]$/u
const GUID = rule(36, 36, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a GUID')
const PLAIN_WORDS = 'no < > * % & : \\ ? + / and no "." or blank at the end'

/**
 * Rules by resource type in lower case, from "Naming rules and restrictions for Azure resources"
 * (learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules), read in 2026.
 */
const RULES: Readonly<Record<string, NameRule>> = {
  'microsoft.apimanagement/service': rule(1, 50, LETTER_FIRST, LETTER_FIRST_WORDS),
  'microsoft.app/containerapps': rule(
    2,
    32,
    /^[a-z]([a-z0-9]|-(?!-))*[a-z0-9]$/,
    `${LOWER_WORDS}, never two "-" together`,
  ),
  'microsoft.app/managedenvironments': rule(2, 60, LETTER_FIRST, LETTER_FIRST_WORDS),
  'microsoft.authorization/roleassignments': GUID,
  'microsoft.cache/redis': rule(
    1,
    63,
    /^[a-zA-Z0-9]([a-zA-Z0-9]|-(?!-))*$/,
    `${HYPHENS_WORDS}, never two "-" together`,
  ),
  'microsoft.cdn/profiles': rule(1, 260, HYPHENS, HYPHENS_WORDS),
  'microsoft.cdn/profiles/afdendpoints': rule(1, 46, HYPHENS, HYPHENS_WORDS),
  'microsoft.datafactory/factories': rule(3, 63, HYPHENS, HYPHENS_WORDS),
  'microsoft.documentdb/databaseaccounts': rule(3, 44, LOWER, LOWER_WORDS),
  'microsoft.documentdb/databaseaccounts/sqldatabases': rule(1, 255, /^[^/\\#?]+$/, 'no / \\ # ?'),
  'microsoft.documentdb/databaseaccounts/sqlroleassignments': GUID,
  'microsoft.insights/actiongroups': rule(1, 260, PLAIN, PLAIN_WORDS),
  'microsoft.insights/components': rule(1, 260, PLAIN, PLAIN_WORDS),
  'microsoft.insights/metricalerts': rule(1, 260, PLAIN, PLAIN_WORDS),
  'microsoft.insights/workbooks': GUID,
  'microsoft.keyvault/vaults': rule(
    3,
    24,
    /^[a-zA-Z]([a-zA-Z0-9]|-(?!-))*[a-zA-Z0-9]$/,
    `${LETTER_FIRST_WORDS}, never two "-" together`,
  ),
  'microsoft.managedidentity/userassignedidentities': rule(
    3,
    128,
    /^[a-zA-Z0-9][\w-]*$/,
    'letters, digits, "-" and "_"',
  ),
  'microsoft.network/azurefirewalls': rule(1, 56, NETWORK, NETWORK_WORDS),
  'microsoft.network/frontdoorwebapplicationfirewallpolicies': rule(
    1,
    128,
    /^[a-zA-Z][a-zA-Z0-9]*$/,
    'a letter, then letters and digits',
  ),
  'microsoft.network/privateendpoints': rule(2, 64, NETWORK, NETWORK_WORDS),
  'microsoft.network/virtualnetworks': rule(2, 64, NETWORK, NETWORK_WORDS),
  'microsoft.operationalinsights/workspaces': rule(4, 63, HYPHENS, HYPHENS_WORDS),
  'microsoft.resources/resourcegroups': rule(
    1,
    90,
    /^[\p{L}\p{N}_().-]*[\p{L}\p{N}_()-]$/u,
    'letters, digits and _ ( ) . -, no "." at the end',
  ),
  'microsoft.servicebus/namespaces': rule(
    6,
    50,
    /^[a-zA-Z](?!.*-(sb|mgmt)$)[a-zA-Z0-9-]*[a-zA-Z0-9]$/,
    `${LETTER_FIRST_WORDS}, not ending in -sb or -mgmt`,
  ),
  'microsoft.sql/servers': rule(1, 63, LOWER, LOWER_WORDS),
  'microsoft.sql/servers/databases': rule(1, 128, PLAIN, PLAIN_WORDS),
  'microsoft.storage/storageaccounts': rule(3, 24, /^[a-z0-9]+$/, 'lower-case letters and digits'),
  'microsoft.web/serverfarms': rule(1, 60, HYPHENS, HYPHENS_WORDS),
  'microsoft.web/sites': rule(2, 60, HYPHENS, HYPHENS_WORDS),
  'microsoft.web/staticsites': rule(1, 40, HYPHENS, HYPHENS_WORDS),
}

/** Most types of the network are named alike. */
const NETWORK_RULE = rule(1, 80, NETWORK, NETWORK_WORDS)

/** The rule of a resource type; undefined for a type whose rule is not known here. */
export function nameRule(type: string): NameRule | undefined {
  const key = type.toLowerCase()
  if (Object.hasOwn(RULES, key)) return RULES[key]
  return key.startsWith('microsoft.network/') ? NETWORK_RULE : undefined
}
