import { allResources } from './arm-resources.ts'
import type { Environments } from './environments.ts'
import { isMade } from './features.ts'
import type { Template } from './template-folder.ts'
import type { Answers } from './answers.ts'
import { diagram, type ArmResource, type ArmTemplate, type Generated } from './arm-template.ts'

interface Subnet {
  name?: string
  properties?: {
    addressPrefix?: string
    delegations?: { properties?: { serviceName?: string } }[]
    natGateway?: unknown
  }
}

const row = (cells: readonly unknown[]): string =>
  `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  return [row(head), row(head.map(() => '---')), ...rows.map(row), '']
}

/** `[variables('vnetName')]` as `vnetName`; names are told by what stands in the template. */
const shortName = (name: string): string =>
  name.replace(/^\[|\]$/g, '').replaceAll(/(?:variables|parameters)\('([^']*)'\)/g, '$1')

const shortType = (type: string): string => type.replace(/^Microsoft\./, '')

/** What a resource waits for, read from its `dependsOn`. */
const waitsFor = (resource: ArmResource): string[] =>
  (resource.dependsOn ?? []).map((one) =>
    shortName(one.replace(/^\[resourceId\('([^']*)',\s*/, '$1 ').replace(/\)\]$/, '')),
  )

function subnetRows(resources: readonly ArmResource[]): string[][] {
  return resources
    .filter((one) => one.type === 'Microsoft.Network/virtualNetworks')
    .flatMap((one) => (one.properties?.['subnets'] ?? []) as Subnet[])
    .map((subnet) => [
      subnet.name ?? '',
      subnet.properties?.addressPrefix ?? '',
      subnet.properties?.delegations?.[0]?.properties?.serviceName ?? '',
      subnet.properties?.natGateway ? 'NAT gateway' : '',
    ])
}

/** What needs what: resources, or where they stand in nested deployments, these. */
const arrowsOf = ({ resources }: Pick<ArmTemplate, 'resources'>): string[] =>
  Array.isArray(resources)
    ? resources.flatMap((one) =>
        waitsFor(one).map((to) => `- ${shortType(one.type)} ${shortName(one.name)} -> ${shortType(to)}`),
      )
    : Object.entries(resources).flatMap(([name, { dependsOn = [] }]) => dependsOn.map((to) => `- ${name} -> ${to}`))

const yesNo = (value: unknown): unknown => (value === true ? 'yes' : value === false ? 'no' : value)

/** Cells of one environment by the titles of their rows; those without a row by their names. */
function factsOf(cells: Record<string, unknown>, rows: Environments['rows']['settings']): unknown[][] {
  return Object.entries(cells)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => {
      const row = rows.find((one) => one.name === name)
      return [row?.title ?? name, row?.words[String(value)] ?? yesNo(value)]
    })
}

/** Tiers of the components that are made. */
const tierRows = ({ environments }: Template, { environment, requested, tiers }: Answers): unknown[][] =>
  Object.entries(environments.components)
    .filter(([name]) => tiers[name] !== undefined && isMade(name, environment, environments))
    .map(([name, { title }]) => [title, requested[name], tiers[name]])

/** `ARCHITECTURE.md` of one environment: settings, layers, subnets and what waits for what, of what was generated. */
export function architecture(template: Template, answers: Answers, made: Generated): string {
  const { manifest } = template
  const { environment, env } = answers
  const subnets = subnetRows(allResources(made.template))
  const arrows = arrowsOf(made.template)
  const drawn = diagram(template, answers)
  const told = [...made.findings.map(({ message }) => message), ...made.notes]
  const { rows } = template.environments
  const facts = [...factsOf(environment.settings, rows.settings), ...factsOf(environment.features, rows.features)]
  const tiers = tierRows(template, answers)
  const lines = [
    `# ${manifest.name ?? manifest.id}: ${env}`,
    '',
    manifest.description,
    '',
    `Environment: ${environment.title}, region ${environment.location}.`,
    '',
    ...(drawn === undefined ? [] : ['## Diagram', '', '```mermaid', drawn, '```', '']),
    ...(facts.length > 0 ? ['## Settings', '', ...table(['Setting', 'Value'], facts)] : []),
    ...(tiers.length > 0 ? ['## Tiers', '', ...table(['Component', 'Asked for', 'Used'], tiers)] : []),
    '## Layers',
    '',
    ...made.layers
      .filter((layer) => layer.resources.length > 0)
      .flatMap((layer) => [
        `### ${layer.name}`,
        '',
        ...layer.resources.map((one) => `- ${shortType(one.type)}: ${shortName(one.name)}`),
        '',
      ]),
    ...(subnets.length > 0
      ? ['## Subnets', '', ...table(['Subnet', 'Addresses', 'Delegated to', 'Way out'], subnets)]
      : []),
    ...(arrows.length > 0 ? ['## What needs what', '', ...arrows, ''] : []),
    ...(told.length > 0 ? ['## Notes', '', ...told.map((note) => `- ${note}`), ''] : []),
  ]
  return lines.join('\n')
}
