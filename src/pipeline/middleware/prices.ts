/**
 * Monthly costs for planning, in US dollars for West US 2: pay-as-you-go, 730 hours, rounded. They are no quote; Azure's
 * own calculator is. `watts` is an estimate of the mean power a running unit takes, its share of cooling included.
 */
export const PRICES_OF = '2026-11'

export interface Price {
  usd: number
  watts?: number
  /** What is paid besides, by use. */
  use?: string
}

/** By resource type in lower case, then by SKU; `*` is for any or none. */
export const PRICES: Readonly<Record<string, Readonly<Record<string, Price>>>> = {
  'microsoft.app/containerapps': { '*': { usd: 0, use: 'by second of use' } },
  'microsoft.app/managedenvironments': { '*': { usd: 0, use: 'by second of use' } },
  'microsoft.cognitiveservices/accounts': { S0: { usd: 0, use: 'by token' }, F0: { usd: 0 } },
  'microsoft.documentdb/databaseaccounts': { '*': { usd: 24, watts: 4, use: 'by request unit' } },
  'microsoft.keyvault/vaults': { standard: { usd: 0, use: 'by operation' }, premium: { usd: 0, use: 'by operation' } },
  'microsoft.network/ddosprotectionplans': { '*': { usd: 2944 } },
  'microsoft.network/natgateways': { Standard: { usd: 33, watts: 3, use: 'by GB' } },
  'microsoft.network/privatednszones': { '*': { usd: 0.5 } },
  'microsoft.network/privateendpoints': { '*': { usd: 7.3, use: 'by GB' } },
  'microsoft.network/publicipaddresses': { Standard: { usd: 3.65 }, Basic: { usd: 2.6 } },
  'microsoft.operationalinsights/workspaces': { PerGB2018: { usd: 0, use: '2.76 a GB taken in' } },
  'microsoft.servicebus/namespaces': {
    Basic: { usd: 0, use: 'by operation' },
    Standard: { usd: 10, watts: 2 },
    Premium: { usd: 677, watts: 30 },
  },
  'microsoft.sql/servers/databases': {
    Basic: { usd: 5, watts: 2 },
    S0: { usd: 15, watts: 3 },
    S1: { usd: 30, watts: 5 },
    S2: { usd: 75, watts: 8 },
    S3: { usd: 150, watts: 14 },
  },
  'microsoft.storage/storageaccounts': {
    Standard_LRS: { usd: 0, use: '0.02 a GB' },
    Standard_ZRS: { usd: 0, use: '0.025 a GB' },
    Standard_GRS: { usd: 0, use: '0.04 a GB' },
    Standard_GZRS: { usd: 0, use: '0.045 a GB' },
  },
  'microsoft.databricks/workspaces': { '*': { usd: 0, use: 'by unit of processing' } },
  'microsoft.web/serverfarms': {
    Y1: { usd: 0, use: 'by execution' },
    FC1: { usd: 0, use: 'by execution' },
    F1: { usd: 0 },
    B1: { usd: 13, watts: 6 },
    S1: { usd: 70, watts: 12 },
    P1v3: { usd: 115, watts: 18 },
    EP1: { usd: 150, watts: 18 },
    EP2: { usd: 300, watts: 36 },
  },
  'microsoft.web/staticsites': { Free: { usd: 0 }, Standard: { usd: 9, watts: 1 } },
}

/** Types that cost nothing by themselves: they are part of another one, or a setting. */
export const FREE: readonly string[] = [
  'microsoft.authorization/',
  'microsoft.insights/',
  'microsoft.consumption/',
  'microsoft.managedidentity/',
  'microsoft.network/networksecuritygroups',
  'microsoft.network/virtualnetworks',
  'microsoft.web/sites',
  'microsoft.sql/servers',
]

/** Grams of CO2 a kWh, from yearly means that grid operators publish, rounded; by region. */
export const GRID_GRAMS: Readonly<Record<string, number>> = {
  westus2: 290,
  westus: 230,
  eastus: 380,
  eastus2: 380,
  westeurope: 330,
  northeurope: 320,
  swedencentral: 30,
  francecentral: 60,
  uksouth: 220,
}
