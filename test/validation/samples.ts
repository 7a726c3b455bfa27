import type { Report } from '../../src/model/report.ts'

const SCHEMAS = 'https://schema.management.azure.com/schemas'

/** JSON text of a clean template; `change` replaces root members. */
export function template(change: Record<string, unknown> = {}): string {
  return JSON.stringify(
    {
      $schema: `${SCHEMAS}/2019-04-01/deploymentTemplate.json#`,
      contentVersion: '1.0.0.0',
      parameters: { location: { type: 'string', defaultValue: '[resourceGroup().location]' } },
      resources: [storage()],
      ...change,
    },
    undefined,
    2,
  )
}

/** A storage account that no rule objects to; `change` replaces members. */
export function storage(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'Microsoft.Storage/storageAccounts',
    apiVersion: '2025-01-01',
    name: 'goods',
    location: "[parameters('location')]",
    sku: { name: 'Standard_LRS' },
    ...change,
  }
}

/** A deployment inside the template, with the given scope. */
export function deployment(scope: 'inner' | 'outer', inner: unknown, parameters?: unknown): unknown {
  return {
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2025-04-01',
    name: 'inside',
    properties: { mode: 'Incremental', expressionEvaluationOptions: { scope }, parameters, template: inner },
  }
}

/** JSON text of a clean createUiDefinition; `change` replaces members of `parameters`. */
export function ui(change: Record<string, unknown> = {}, root: Record<string, unknown> = {}): string {
  return JSON.stringify({
    $schema: `${SCHEMAS}/0.1.2-preview/CreateUIDefinition.MultiVm.json#`,
    handler: 'Microsoft.Azure.CreateUIDef',
    version: '0.1.2-preview',
    parameters: { basics: [], steps: [], outputs: { location: '[location()]' }, ...change },
    ...root,
  })
}

/** JSON text of a clean parameter file. */
export function parameters(change: Record<string, unknown> = {}): string {
  return JSON.stringify({
    $schema: `${SCHEMAS}/2019-04-01/deploymentParameters.json#`,
    contentVersion: '1.0.0.0',
    parameters: { location: { value: 'westeurope' } },
    ...change,
  })
}

/** A read-me that no rule objects to. */
export const README = `# Goods for a test

What a package holds, and how it is used. ${'It says so in more words than its name. '.repeat(8)}

## Use

\`\`\`
souk run goods
\`\`\`
`

/** A manifest that no rule objects to, as YAML; `more` adds lines. */
export const manifest = (more = '', license = 'MIT'): string =>
  `id: goods\nversion: 1.0.0\ndescription: A storage account that keeps the goods of a test.\nlicense: ${license}\ncategory: storage\nauthor: Souk\ntags: [test]\n${more}`

/** What a report made by hand says of parts, steps and gates: nothing was judged. */
export const UNJUDGED: Pick<Report, 'parts' | 'steps' | 'gates'> = {
  parts: { security: 100, quality: 100, documentation: 100, metadata: 100 },
  steps: [],
  gates: [],
}
