/**
 * The architecture as its document has it, written down here by itself: nothing of the templates is read for it. A
 * cell that differs from what is generated is a fault of one of the two.
 */

export const ENVS = ['dev', 'qa', 'staging', 'prod'] as const
export type Env = (typeof ENVS)[number]
export type Row<T> = readonly [dev: T, qa: T, staging: T, prod: T]

/** Regions and address ranges. West Europe is for later, so it is in none of them by itself. */
export const REGIONS: Row<string> = ['westus2', 'westus2', 'westus2', 'westus2']
export const ADDRESSES: Row<string> = ['10.0.0.0/16', '10.3.0.0/16', '10.1.0.0/16', '10.2.0.0/16']

export const SETTINGS = {
  'DDoS Protection': [false, false, false, true],
  Firewall: [false, false, false, true],
  'Private Endpoints': [false, false, true, true],
  'Purge Protection': [false, false, false, true],
  'Soft Delete (days)': [7, 14, 30, 90],
  'Log Retention (days)': [30, 30, 60, 365],
  'Daily Quota (GB)': [1, 2, 5, 'Unlimited'],
} as const satisfies Record<string, Row<boolean | number | string>>

export const FEATURES = {
  'Container Apps': [true, true, true, true],
  Functions: [true, true, true, true],
  'Service Bus': [true, true, true, true],
  'SQL Database': [true, true, true, true],
  'API Management': [true, false, true, true],
  CDN: [false, false, true, true],
  'Data Factory': [true, false, false, false],
  'Redis Cache': [true, false, false, true],
  'Cosmos DB': [true, false, false, false],
} as const satisfies Record<string, Row<boolean>>

/** Tiers asked for: development and staging have one column, which stands for quality assurance too. */
export const TIERS = {
  'API Management': ['Developer', 'Developer', 'Developer', 'Standard'],
  'Container Apps': ['Consumption', 'Consumption', 'Consumption', 'Consumption'],
  Functions: ['Consumption', 'Consumption', 'Consumption', 'Premium'],
  'SQL Database': ['Basic', 'Basic', 'Basic', 'S2'],
  'Service Bus': ['Basic', 'Basic', 'Basic', 'Standard'],
} as const satisfies Record<string, Row<string>>

/**
 * What is made of it: topics need Standard and private endpoints Premium; a virtual network needs Flex Consumption and
 * the second version of API Management.
 */
export const SKUS = {
  'API Management': ['Developer', '-', 'Developer', 'StandardV2'],
  'Container Apps': ['Consumption', 'Consumption', 'Consumption', 'Consumption'],
  Functions: ['FC1', 'FC1', 'FC1', 'EP1'],
  'SQL Database': ['Basic', 'Basic', 'Basic', 'S2'],
  'Service Bus': ['Standard', 'Standard', 'Premium', 'Premium'],
} as const satisfies Record<keyof typeof TIERS, Row<string>>

/** Subnets in their order; each is a /24 of the range. */
export const SUBNETS = ['gateway', 'app', 'functions', 'integration', 'data', 'management'] as const
export const SUBNET_BITS = 24

export const ACCESS = [
  ['Internet', 'Static Web App', 'Public (CDN)'],
  ['Internet', 'API Management', 'Public (with auth)'],
  ['API Management', 'Microservices', 'Private (VNet)'],
  ['Microservices', 'Service Bus', 'Private Endpoint'],
  ['Microservices', 'SQL Database', 'Private Endpoint'],
  ['Functions', 'Service Bus', 'Private Endpoint'],
  ['Functions', 'Third-party APIs', 'Outbound (NAT Gateway)'],
] as const

export const SERVICES = ['users-api', 'orders-api', 'products-api', 'payments-api'] as const
export const QUEUES = ['orders-queue', 'etl-queue', 'thirdparty-queue'] as const
export const TOPICS = ['events-topic', 'notifications-topic'] as const

/** The order of deployment: what must have ended before each step. */
export const ORDER = [
  ['core', []],
  ['networking', ['core']],
  ['security', ['networking']],
  ['observability', ['security']],
  ['database', ['security']],
  ['messaging', ['security']],
  ['functions', ['observability', 'database', 'messaging']],
  ['microservices', ['functions']],
  ['gateway', ['microservices']],
  ['frontend', ['gateway']],
] as const

/** The folders of the project in Python, and the modules in each. */
export const FOLDERS = {
  core: ['naming', 'tags', 'resource_group'],
  networking: ['vnet', 'subnets', 'nsg', 'private_endpoints', 'nat_gateway'],
  frontend: ['static_web_app', 'cdn', 'dns'],
  gateway: ['apim', 'apis', 'products', 'policies'],
  microservices: ['environment', 'container_app', 'dapr'],
  messaging: ['servicebus', 'queues', 'topics'],
  functions: ['function_app', 'app_service_plan', 'storage'],
  etl: ['storage', 'data_factory'],
  database: ['sql_server', 'sql_database', 'firewall'],
  security: ['keyvault', 'managed_identity', 'rbac'],
  observability: ['log_analytics', 'app_insights', 'alerts'],
} as const

export const MODELS = [
  'AppSecrets',
  'NetworkSettings',
  'SecuritySettings',
  'MonitoringSettings',
  'FeatureFlags',
  'EnvironmentSettings',
] as const

/** What every environment is deployed with. */
export const COMMANDS = (env: Env): string[] => [`pulumi stack select ${env} && pulumi up`, `pulumi up --stack ${env}`]

export const STATE = { account: 'pulumistateonelasha', group: 'rg-infra', location: 'westus2' } as const
