import type { Draft } from '../../model/draft.ts'
import { allResources } from '../generators/arm-resources.ts'
import type { ArmResource, ArmTemplate } from '../generators/arm-template.ts'
import type { Middleware } from '../pipeline.ts'
import { placeOf } from '../places.ts'
import type { RunState } from '../run-state.ts'
import { addSection, isType, memberOf, readTemplate, textOf, writeTemplate, withoutTemplate } from './edit-template.ts'

const PLACE = placeOf('ai-governance-enrichment')
const ID = PLACE.id
const WORKSPACE = 'Microsoft.OperationalInsights/workspaces'
const DIAGNOSTICS = 'Microsoft.Insights/diagnosticSettings'

/** Types whose audit log is worth keeping, in the order they are looked for. */
const AUDITED = [
  'Microsoft.CognitiveServices/accounts',
  'Microsoft.MachineLearningServices/workspaces',
  'Microsoft.Search/searchServices',
  'Microsoft.KeyVault/vaults',
  'Microsoft.ServiceBus/namespaces',
  'Microsoft.EventHub/namespaces',
  'Microsoft.DocumentDB/databaseAccounts',
] as const

/** Built-in policies of Azure by their fixed ids; each is assigned where the template has a type it is about. */
const POLICIES = [
  {
    name: 'souk-ai-no-keys',
    title: 'AI services are used without keys',
    definition: '71ef260a-8f18-47b7-abcb-62d0673d94dc',
    about: 'Microsoft.CognitiveServices/accounts',
  },
  {
    name: 'souk-ai-network',
    title: 'AI services restrict network access',
    definition: '037eea7a-bd0a-46c5-9a66-03aea78705d3',
    about: 'Microsoft.CognitiveServices/accounts',
  },
  {
    name: 'souk-ai-diagnostics',
    title: 'AI services write diagnostic logs',
    definition: '1b4d1c4e-934c-4703-944c-27c82c06bebb',
    about: 'Microsoft.CognitiveServices/accounts',
  },
  {
    name: 'souk-secure-transfer',
    title: 'Storage accounts take encrypted connections only',
    definition: '404c3081-a854-4457-ae30-26a93ef643f9',
    about: 'Microsoft.Storage/storageAccounts',
  },
  {
    name: 'souk-vault-soft-delete',
    title: 'Key vaults keep what is deleted',
    definition: '1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d',
    about: 'Microsoft.KeyVault/vaults',
  },
] as const

/** `[variables('x')]` as `variables('x')`, and plain text as a quoted one: a part of another expression. */
const inner = (text: string): string =>
  text.startsWith('[') && !text.startsWith('[[') ? text.slice(1, -1) : `'${text.replaceAll("'", "''")}'`

/** The id of a resource at the top level, as an expression without its brackets. */
const idOf = (one: ArmResource): string => `resourceId('${one.type}', ${inner(one.name)})`

function policyAssignments(template: ArmTemplate): ArmResource[] {
  const isThere = (type: string): boolean => allResources(template).some((one) => isType(one, type))
  const isAssigned = (name: string): boolean => allResources(template).some((one) => one.name === name)
  return POLICIES.filter(({ about, name }) => isThere(about) && !isAssigned(name)).map(
    ({ name, title, definition }) => ({
      type: 'Microsoft.Authorization/policyAssignments',
      apiVersion: '2025-11-01',
      name,
      properties: {
        displayName: title,
        policyDefinitionId: `[tenantResourceId('Microsoft.Authorization/policyDefinitions', '${definition}')]`,
        enforcementMode: 'Default',
      },
    }),
  )
}

/** Tags go where the template keeps them: in its `tags` variable, or in each resource that has a place. */
function addTags(template: ArmTemplate, tags: Record<string, string>): string[] {
  const own = template.variables['tags']
  if (typeof own === 'object' && own !== null && !Array.isArray(own)) {
    template.variables['tags'] = { ...tags, ...own }
    return [`tags ${Object.keys(tags).join(', ')} in the variable "tags"`]
  }
  const changed: string[] = []
  for (const one of allResources(template)) {
    const had = one['tags'] ?? {}
    if (one['location'] === undefined || typeof had !== 'object' || had === null) continue
    one['tags'] = { ...tags, ...had }
    changed.push(one.type)
  }
  return changed.length > 0 ? [`tags ${Object.keys(tags).join(', ')} on ${changed.length} resources`] : []
}

/** A workspace of our own, for templates that bring none. */
function auditWorkspace(template: ArmTemplate): ArmResource {
  const location = Object.hasOwn(template.parameters, 'location')
    ? "[parameters('location')]"
    : '[resourceGroup().location]'
  return {
    type: WORKSPACE,
    apiVersion: '2025-07-01',
    name: "[concat('log-audit-', uniqueString(resourceGroup().id))]",
    location,
    properties: { sku: { name: 'PerGB2018' }, retentionInDays: 90 },
  }
}

/** Audit logging of every resource that can and does not yet. */
function auditLogs(template: ArmTemplate): ArmResource[] {
  const settings = allResources(template).filter((one) => isType(one, DIAGNOSTICS))
  const isLogged = (one: ArmResource): boolean =>
    settings.some((setting) => textOf(setting['scope']).includes(idOf(one)))
  const silent = allResources(template).filter((one) => AUDITED.some((type) => isType(one, type)) && !isLogged(one))
  if (silent.length === 0) return []
  const there = allResources(template).find((one) => isType(one, WORKSPACE))
  const workspace = there ?? auditWorkspace(template)
  const logs = silent.map((one): ArmResource => ({
    type: DIAGNOSTICS,
    apiVersion: '2021-05-01-preview',
    name: 'audit-to-workspace',
    scope: `[${idOf(one)}]`,
    properties: {
      workspaceId: `[${idOf(workspace)}]`,
      logs: [{ categoryGroup: 'audit', enabled: true }],
    },
    dependsOn: [`[${idOf(one)}]`, `[${idOf(workspace)}]`],
  }))
  return there ? logs : [workspace, ...logs]
}

/** What is asked of AI services in the template itself. */
function checks(template: ArmTemplate): { check: string; ok: boolean; evidence: string }[] {
  const accounts = allResources(template).filter((one) => isType(one, 'Microsoft.CognitiveServices/accounts'))
  const deployments = allResources(template).filter((one) =>
    isType(one, 'Microsoft.CognitiveServices/accounts/deployments'),
  )
  return [
    ...accounts.map((one) => ({
      check: 'keys are switched off',
      ok: memberOf(one, 'properties.disableLocalAuth') === true,
      evidence: `${one.name}: disableLocalAuth is ${textOf(memberOf(one, 'properties.disableLocalAuth')) || 'not set'}`,
    })),
    ...deployments.map((one) => ({
      check: 'a content policy is bound to the model',
      ok: typeof memberOf(one, 'properties.raiPolicyName') === 'string',
      evidence: `${one.name}: raiPolicyName is ${textOf(memberOf(one, 'properties.raiPolicyName')) || 'not set'}`,
    })),
  ]
}

function tell(draft: Draft, template: ArmTemplate, changes: readonly string[]): void {
  const found = checks(template)
  draft.changes.push(...changes.map((text) => ({ by: ID, text })))
  addSection(draft, {
    id: ID,
    title: 'Governance',
    lines: [
      ...changes.map((text) => `added: ${text}`),
      ...found.map(({ check, ok, evidence }) => `${ok ? 'pass' : 'FAIL'}: ${check} (${evidence})`),
    ],
    data: { added: changes, checks: found },
  })
}

/** Puts policy assignments, audit logging and tags into the template, and checks how its AI services are used. */
export const aiGovernance = (run: RunState): Middleware => ({
  ...PLACE,
  skip: withoutTemplate,
  async process(draft, next) {
    const template = readTemplate(draft)
    const policies = policyAssignments(template)
    const logs = auditLogs(template)
    const tags = addTags(template, { governance: 'ai', auditLog: 'on' })
    const named = (one: ArmResource): string =>
      `${one.type} ${one.name}${one['scope'] ? ` on ${textOf(one['scope'])}` : ''}`
    writeTemplate(run, draft, template, { name: 'governance', resources: [...policies, ...logs] })
    tell(draft, template, [...[...policies, ...logs].map(named), ...tags])
    await next()
  },
})
