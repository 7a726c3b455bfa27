import { closeSync, openSync, writeSync } from 'node:fs'

/** What a made template is to be: so many resources, or about so many bytes. */
export interface LargeTemplate {
  resources?: number
  bytes?: number
  seed?: number
  /** With comments and trailing commas, as ARM tools accept them. */
  isLenient?: boolean
  /** `none` writes it as small as JSON.stringify would. */
  indent?: 'two' | 'none'
}

const TYPES = [
  'Microsoft.Web/sites',
  'Microsoft.Sql/servers',
  'Microsoft.KeyVault/vaults',
  'Microsoft.Storage/storageAccounts',
  'Microsoft.Network/virtualNetworks',
  'Microsoft.Compute/virtualMachines',
]
const EXPRESSIONS = [
  '[resourceGroup().location]',
  "[concat(parameters('prefix'), '-', uniqueString(resourceGroup().id))]",
  "[resourceId('Microsoft.Network/virtualNetworks', variables('network'))]",
  "[if(equals(parameters('environment'), 'prod'), 'P1v3', 'B1')]",
]
const PARAMETERS = 24
const VARIABLES = 16
const OUTPUTS = 8
/** Bytes gathered before they are written. */
const GATHER_BYTES = 1 << 20

/** Repeatable numbers from 0 up to 1: equal seeds give equal bytes on every machine. */
function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
}

/** A resource; one in sixteen is a nested deployment with two of its own. */
function resourceOf(next: () => number, index: number): Record<string, unknown> {
  const type = TYPES[Math.floor(next() * TYPES.length)]
  const hex = Math.floor(next() * 2 ** 32).toString(16)
  const plain = {
    type,
    apiVersion: `202${index % 5}-0${(index % 9) + 1}-01`,
    name: `[concat(parameters('prefix'), '-${hex}-${index}')]`,
    location: EXPRESSIONS[0],
    tags: {
      environment: "[parameters('environment')]",
      owner: `team-${index % 40}`,
      'cost-center': String(index % 997),
    },
    sku: { name: EXPRESSIONS[3], capacity: (index % 5) + 1 },
    properties: {
      description: `Made for measuring: number ${index}, ${hex}, "quoted", a line\nbreak and a path C:\\data\\${hex}.`,
      enabled: index % 3 === 0,
      ratio: 0.25,
      nothing: null,
      rules: Array.from({ length: index % 4 }, (_, rule) => ({ priority: 100 + rule, value: EXPRESSIONS[rule % 4] })),
    },
    dependsOn: [EXPRESSIONS[2], EXPRESSIONS[1]],
  }
  if (index % 16 !== 15) return plain
  return {
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2022-09-01',
    name: `nested-${index}`,
    properties: {
      mode: 'Incremental',
      expressionEvaluationOptions: { scope: 'inner' },
      template: {
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
        contentVersion: '1.0.0.0',
        parameters: { prefix: { type: 'string' } },
        resources: [plain, { ...plain, type: TYPES[0] }],
      },
    },
  }
}

const some = (count: number, make: (index: number) => unknown): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${index}`, make(index)]))

/**
 * Writes a template piece by piece: memory does not grow with its size. Equal requests give equal bytes. Answers how
 * many resources and bytes were written.
 */
export function writeLargeTemplate(path: string, request: LargeTemplate): { resources: number; bytes: number } {
  const { resources = Number.POSITIVE_INFINITY, bytes: wanted = Number.POSITIVE_INFINITY, seed = 1 } = request
  if (!Number.isFinite(resources) && !Number.isFinite(wanted)) throw new Error('say how many resources or bytes')
  const file = openSync(path, 'w')
  const space = request.indent === 'none' ? 0 : 2
  const line = space === 0 ? '' : '\n'
  let held = ''
  let bytes = 0
  const write = (text: string): void => {
    held += text
    bytes += Buffer.byteLength(text)
    if (held.length < GATHER_BYTES) return
    writeSync(file, held)
    held = ''
  }
  const indented = (value: unknown, by: string): string => {
    const text = JSON.stringify(value, undefined, space)
    return space === 0 ? text : text.replaceAll('\n', `\n${by}`)
  }
  const next = numbers(seed)
  const head = {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: { ...some(PARAMETERS, () => ({ type: 'string', defaultValue: 'x' })), prefix: { type: 'string' } },
    variables: some(VARIABLES, (index) => EXPRESSIONS[index % 4]),
    outputs: some(OUTPUTS, (index) => ({ type: 'string', value: EXPRESSIONS[index % 4] })),
  }
  if (request.isLenient) write('// Made for measuring.\n')
  write(`${indented(head, '').slice(0, -1).trimEnd()},${line}${space ? '  ' : ''}"resources":${space ? ' ' : ''}[`)
  let count = 0
  const isEnough = (): boolean => count >= resources || bytes >= wanted
  for (; !isEnough(); count++) {
    const comment = request.isLenient && count % 8 === 0 ? `${line}    /* number ${count}, "quoted" */` : ''
    write(
      `${count === 0 ? '' : ','}${comment}${line}${space ? '    ' : ''}${indented(resourceOf(next, count), '    ')}`,
    )
  }
  write(`${request.isLenient && count > 0 ? ',' : ''}${line}${space ? '  ' : ''}]${line}}`)
  writeSync(file, held)
  closeSync(file)
  return { resources: count, bytes }
}
