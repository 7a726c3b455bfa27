import { allResources } from '../generators/arm-resources.ts'
import type { ArmResource, ArmTemplate } from '../generators/arm-template.ts'
import { isType, memberOf, textOf } from './edit-template.ts'

/** What one look at the template found: nothing it is about, or resources that do and do not hold. */
export interface Verdict {
  state: 'pass' | 'fail' | 'not-applicable'
  evidence: string[]
}

type Wanted = { type: string; member: string; holds(value: unknown): boolean; says: string }

const isTrue = (value: unknown): boolean => value === true
const isOff = (value: unknown): boolean => value === false
const isDisabled = (value: unknown): boolean => value === 'Disabled'
const isTls12 = (value: unknown): boolean => value === 'TLS1_2' || value === '1.2' || value === '1.3'

const TRANSIT: readonly Wanted[] = [
  {
    type: 'Microsoft.Storage/storageAccounts',
    member: 'properties.minimumTlsVersion',
    holds: isTls12,
    says: 'TLS 1.2',
  },
  {
    type: 'Microsoft.Storage/storageAccounts',
    member: 'properties.supportsHttpsTrafficOnly',
    holds: isTrue,
    says: 'HTTPS only',
  },
  { type: 'Microsoft.Sql/servers', member: 'properties.minimalTlsVersion', holds: isTls12, says: 'TLS 1.2' },
  { type: 'Microsoft.ServiceBus/namespaces', member: 'properties.minimumTlsVersion', holds: isTls12, says: 'TLS 1.2' },
  { type: 'Microsoft.Web/sites', member: 'properties.httpsOnly', holds: isTrue, says: 'HTTPS only' },
]
const BOUNDARY: readonly Wanted[] = [
  {
    type: 'Microsoft.Storage/storageAccounts',
    member: 'properties.allowBlobPublicAccess',
    holds: isOff,
    says: 'no public blobs',
  },
  {
    type: 'Microsoft.Sql/servers',
    member: 'properties.publicNetworkAccess',
    holds: isDisabled,
    says: 'no public network',
  },
  {
    type: 'Microsoft.KeyVault/vaults',
    member: 'properties.publicNetworkAccess',
    holds: isDisabled,
    says: 'no public network',
  },
  {
    type: 'Microsoft.CognitiveServices/accounts',
    member: 'properties.publicNetworkAccess',
    holds: isDisabled,
    says: 'no public network',
  },
]
const ACCESS: readonly Wanted[] = [
  { type: 'Microsoft.KeyVault/vaults', member: 'properties.enableRbacAuthorization', holds: isTrue, says: 'roles' },
  {
    type: 'Microsoft.CognitiveServices/accounts',
    member: 'properties.disableLocalAuth',
    holds: isTrue,
    says: 'no keys',
  },
  { type: 'Microsoft.ServiceBus/namespaces', member: 'properties.disableLocalAuth', holds: isTrue, says: 'no keys' },
  {
    type: 'Microsoft.Storage/storageAccounts',
    member: 'properties.allowSharedKeyAccess',
    holds: isOff,
    says: 'no keys',
  },
]
const RECOVERY: readonly Wanted[] = [
  { type: 'Microsoft.KeyVault/vaults', member: 'properties.enableSoftDelete', holds: isTrue, says: 'soft delete' },
]

const AUDITED = new Set(
  ['Microsoft.KeyVault/vaults', 'Microsoft.CognitiveServices/accounts', 'Microsoft.ServiceBus/namespaces'].map((type) =>
    type.toLowerCase(),
  ),
)

const verdict = (found: readonly { ok: boolean; text: string }[]): Verdict => ({
  state: found.length === 0 ? 'not-applicable' : found.every((one) => one.ok) ? 'pass' : 'fail',
  evidence: found.map((one) => one.text),
})

function look(template: ArmTemplate, wanted: readonly Wanted[]): Verdict {
  return verdict(
    wanted.flatMap(({ type, member, holds, says }) =>
      allResources(template)
        .filter((one) => isType(one, type))
        .map((one) => {
          const value = memberOf(one, member)
          const word = value === undefined ? 'not set' : JSON.stringify(value)
          return { ok: holds(value), text: `${one.type} ${one.name}: ${says}, ${member.split('.').at(-1)} is ${word}` }
        }),
    ),
  )
}

function lookAtLogs(template: ArmTemplate): Verdict {
  const scopes = allResources(template)
    .filter((one) => isType(one, 'Microsoft.Insights/diagnosticSettings'))
    .map((one) => textOf(one['scope']).toLowerCase())
  const names = (one: ArmResource): string => `'${one.type.toLowerCase()}'`
  return verdict(
    allResources(template)
      .filter((one) => AUDITED.has(one.type.toLowerCase()))
      .map((one) => {
        const ok = scopes.some((scope) => scope.includes(names(one)))
        return { ok, text: `${one.type} ${one.name}: ${ok ? 'writes' : 'writes no'} diagnostic logs` }
      }),
  )
}

/** The looks that controls are made of. */
export const LOOKS = {
  transit: (template: ArmTemplate) => look(template, TRANSIT),
  boundary: (template: ArmTemplate) => look(template, BOUNDARY),
  access: (template: ArmTemplate) => look(template, ACCESS),
  recovery: (template: ArmTemplate) => look(template, RECOVERY),
  audit: lookAtLogs,
} as const

interface Control {
  framework: string
  control: string
  title: string
  look: keyof typeof LOOKS
}

/** Which look answers which control. A control that passes here is answered as far as a template can. */
export const CONTROLS: readonly Control[] = [
  { framework: 'SOC 2', control: 'CC6.1', title: 'Logical access', look: 'access' },
  { framework: 'SOC 2', control: 'CC6.6', title: 'Boundary protection', look: 'boundary' },
  { framework: 'SOC 2', control: 'CC6.7', title: 'Protected transmission', look: 'transit' },
  { framework: 'SOC 2', control: 'CC7.2', title: 'Monitoring', look: 'audit' },
  { framework: 'SOC 2', control: 'A1.2', title: 'Recovery', look: 'recovery' },
  { framework: 'ISO 27001', control: 'A.5.15', title: 'Access control', look: 'access' },
  { framework: 'ISO 27001', control: 'A.8.20', title: 'Network security', look: 'boundary' },
  { framework: 'ISO 27001', control: 'A.8.24', title: 'Cryptography in transit', look: 'transit' },
  { framework: 'ISO 27001', control: 'A.8.15', title: 'Logging', look: 'audit' },
  { framework: 'ISO 27001', control: 'A.8.13', title: 'Backup', look: 'recovery' },
  { framework: 'GDPR', control: 'Art. 32(1)(a)', title: 'Encryption', look: 'transit' },
  { framework: 'GDPR', control: 'Art. 32(1)(b)', title: 'Confidentiality', look: 'boundary' },
  { framework: 'GDPR', control: 'Art. 32(1)(c)', title: 'Restoring', look: 'recovery' },
  { framework: 'GDPR', control: 'Art. 5(2)', title: 'Accountability', look: 'audit' },
  { framework: 'HIPAA', control: '164.312(a)(1)', title: 'Access control', look: 'access' },
  { framework: 'HIPAA', control: '164.312(b)', title: 'Audit controls', look: 'audit' },
  { framework: 'HIPAA', control: '164.312(e)(1)', title: 'Transmission security', look: 'transit' },
  { framework: 'HIPAA', control: '164.308(a)(7)', title: 'Contingency plan', look: 'recovery' },
]
