import type { PriceTable } from './price-table.ts'

/**
 * Figures for planning, after Azure's public list prices as they were known when the table was written down, rounded and
 * not looked up again on its date; they are no quote, Azure's own calculator is. Watts are estimates of the mean power a
 * running unit takes. The grams of a region are yearly means that grid operators publish, rounded. A file in
 * `cost.prices` takes the place of all of it.
 */
export const SHIPPED_PRICES: PriceTable = {
  date: '2026-11-30',
  region: 'West US 2',
  currency: 'USD',
  basis: 'pay-as-you-go, 730 hours a month, rounded; no quote',
  prices: {
    'Microsoft.ApiManagement/service': {
      Consumption: { monthly: 0, use: '3.50 a million calls after the first' },
      Developer: { monthly: 48, watts: 8, per: 'capacity', basis: '0.0658 an hour and unit, no service level' },
      Basic: { monthly: 147, watts: 12, per: 'capacity', basis: '0.2016 an hour and unit' },
      Standard: { monthly: 687, watts: 24, per: 'capacity', basis: '0.9407 an hour and unit' },
      Premium: { monthly: 2795, watts: 60, per: 'capacity', basis: '3.829 an hour and unit' },
      BasicV2: { monthly: 150, watts: 10, per: 'capacity', use: '3 a million calls after ten', basis: 'a unit' },
      StandardV2: {
        monthly: 700,
        watts: 24,
        per: 'capacity',
        use: '2.50 a million calls after fifty',
        basis: 'a unit',
      },
    },
    'Microsoft.App/containerApps': {
      '*': {
        monthly: 23.65,
        watts: 3,
        per: 'ready core',
        use: 'by second of use: 0.000024 a core, 0.000003 a GiB',
        basis: 'a core with 2 GiB of the least replicas, idle',
      },
    },
    'Microsoft.App/managedEnvironments': { '*': { monthly: 0, use: 'by second of use of its apps' } },
    'Microsoft.Cache/redis': {
      'Basic C0': { monthly: 16, watts: 2, basis: '250 MB, one node' },
      'Basic C1': { monthly: 40, watts: 3, basis: '1 GB, one node' },
      'Standard C0': { monthly: 40, watts: 4, basis: '250 MB, two nodes' },
      'Standard C1': { monthly: 101, watts: 6, basis: '1 GB, two nodes' },
      'Standard C2': { monthly: 164, watts: 8, basis: '2.5 GB, two nodes' },
      'Premium P1': { monthly: 404, watts: 20, basis: '6 GB, two nodes' },
    },
    'Microsoft.Cache/redisEnterprise': {
      Balanced_B0: { monthly: 19, watts: 2, basis: '0.5 GB, two nodes' },
      Balanced_B1: { monthly: 38, watts: 4, basis: '1 GB, two nodes' },
      Balanced_B3: { monthly: 76, watts: 6, basis: '3 GB, two nodes' },
      Balanced_B5: { monthly: 153, watts: 10, basis: '6 GB, two nodes' },
    },
    'Microsoft.Cdn/profiles': {
      Standard_AzureFrontDoor: { monthly: 35, watts: 4, use: 'by GB and request', basis: 'a profile' },
      Premium_AzureFrontDoor: {
        monthly: 330,
        watts: 8,
        use: 'by GB and request',
        basis: 'a profile, its WAF rules included',
      },
    },
    'Microsoft.CognitiveServices/accounts': { S0: { monthly: 0, use: 'by token' }, F0: { monthly: 0 } },
    'Microsoft.ContainerRegistry/registries': {
      Basic: { monthly: 5, watts: 1 },
      Standard: { monthly: 20, watts: 1 },
      Premium: { monthly: 50, watts: 2 },
    },
    'Microsoft.DataFactory/factories': { '*': { monthly: 0, use: 'by run and hour of data movement' } },
    'Microsoft.Databricks/workspaces': { '*': { monthly: 0, use: 'by unit of processing' } },
    'Microsoft.DocumentDB/databaseAccounts': {
      Serverless: { monthly: 0, use: '0.25 a million request units, 0.25 a GB' },
      Provisioned: { monthly: 24, watts: 4, use: 'by GB', basis: '400 request units a second, the least there is' },
    },
    'Microsoft.Insights/metricAlerts': { '*': { monthly: 0.1, basis: 'a signal that is watched' } },
    'Microsoft.KeyVault/vaults': {
      standard: { monthly: 0, use: '0.03 for 10,000 operations' },
      premium: { monthly: 0, use: '0.03 for 10,000 operations, 1 a key in hardware' },
    },
    'Microsoft.Network/azureFirewalls': {
      Basic: { monthly: 288, watts: 20, use: '0.065 a GB', basis: '0.395 an hour' },
      Standard: { monthly: 912, watts: 40, use: '0.016 a GB', basis: '1.25 an hour' },
      Premium: { monthly: 1277, watts: 60, use: '0.016 a GB', basis: '1.75 an hour' },
    },
    'Microsoft.Network/bastionHosts': {
      Developer: { monthly: 0 },
      Basic: { monthly: 139, watts: 10, basis: '0.19 an hour' },
      Standard: { monthly: 212, watts: 14, basis: '0.29 an hour' },
    },
    'Microsoft.Network/ddosProtectionPlans': { '*': { monthly: 2944, basis: 'a plan, up to 100 addresses' } },
    'Microsoft.Network/dnsZones': { '*': { monthly: 0.5, use: '0.40 a million queries' } },
    'Microsoft.Network/natGateways': {
      Standard: { monthly: 33, watts: 3, use: '0.045 a GB', basis: '0.045 an hour' },
      StandardV2: { monthly: 33, watts: 3, use: '0.045 a GB', basis: '0.045 an hour' },
    },
    'Microsoft.Network/privateDnsZones': { '*': { monthly: 0.5, use: '0.40 a million queries' } },
    'Microsoft.Network/privateEndpoints': { '*': { monthly: 7.3, use: '0.01 a GB', basis: '0.01 an hour' } },
    'Microsoft.Network/publicIPAddresses': {
      Standard: { monthly: 3.65, basis: '0.005 an hour' },
      StandardV2: { monthly: 3.65, basis: '0.005 an hour' },
      Basic: { monthly: 2.6, basis: '0.0036 an hour' },
    },
    'Microsoft.OperationalInsights/workspaces': { PerGB2018: { monthly: 0, use: '2.76 a GB taken in' } },
    'Microsoft.ServiceBus/namespaces': {
      Basic: { monthly: 0, use: '0.05 a million operations' },
      Standard: { monthly: 10, watts: 2, use: '0.80 a million operations after 13 million' },
      Premium: { monthly: 677, watts: 30, per: 'capacity', basis: '0.928 an hour and messaging unit' },
    },
    'Microsoft.Sql/servers/databases': {
      Basic: { monthly: 5, watts: 2, basis: '5 DTU, 2 GB' },
      S0: { monthly: 15, watts: 3, basis: '10 DTU, 250 GB' },
      S1: { monthly: 30, watts: 5, basis: '20 DTU, 250 GB' },
      S2: { monthly: 75, watts: 8, basis: '50 DTU, 250 GB' },
      S3: { monthly: 150, watts: 14, basis: '100 DTU, 250 GB' },
    },
    'Microsoft.Storage/storageAccounts': {
      Standard_LRS: { monthly: 0, use: '0.02 a GB' },
      Standard_ZRS: { monthly: 0, use: '0.025 a GB' },
      Standard_GRS: { monthly: 0, use: '0.04 a GB' },
      Standard_GZRS: { monthly: 0, use: '0.045 a GB' },
    },
    'Microsoft.Web/serverfarms': {
      Y1: { monthly: 0, use: 'by execution' },
      FC1: { monthly: 0, use: 'by execution and GB second' },
      F1: { monthly: 0 },
      B1: { monthly: 13, watts: 6, per: 'capacity', basis: 'an instance' },
      S1: { monthly: 70, watts: 12, per: 'capacity', basis: 'an instance' },
      P1v3: { monthly: 115, watts: 18, per: 'capacity', basis: 'an instance' },
      EP1: { monthly: 150, watts: 18, per: 'capacity', basis: 'an instance kept ready' },
      EP2: { monthly: 300, watts: 36, per: 'capacity', basis: 'an instance kept ready' },
      EP3: { monthly: 600, watts: 72, per: 'capacity', basis: 'an instance kept ready' },
    },
    'Microsoft.Web/staticSites': {
      Free: { monthly: 0 },
      Standard: { monthly: 9, watts: 1, use: '0.20 a GB after 100', basis: 'an app' },
    },
  },
  free: [
    'Microsoft.Authorization/',
    'Microsoft.Consumption/',
    'Microsoft.Insights/',
    'Microsoft.ManagedIdentity/',
    'Microsoft.AlertsManagement/',
    'Microsoft.Network/firewallPolicies',
    'Microsoft.Network/frontDoorWebApplicationFirewallPolicies',
    'Microsoft.Network/ipGroups',
    'Microsoft.Network/networkSecurityGroups',
    'Microsoft.Network/routeTables',
    'Microsoft.Network/virtualNetworks',
    'Microsoft.Resources/tags',
    'Microsoft.Sql/servers',
    'Microsoft.Web/sites',
  ],
  grid: {
    westus2: 290,
    westus: 230,
    eastus: 380,
    eastus2: 380,
    westeurope: 330,
    northeurope: 320,
    swedencentral: 30,
    francecentral: 60,
    uksouth: 220,
  },
}
