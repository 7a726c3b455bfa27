import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeQuery } from '../../src/model/query.ts'
import type { Listing } from '../../src/model/listing.ts'
import { walkGoods } from '../../src/registries/protocols/walk.ts'
import { tempFolder } from '../support/temp.ts'
import { openAt, sampleGoods } from './open.ts'

function write(root: string, path: string, content: string | object): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
}

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'

/** A quickstart of our own: what a folder of that kind holds, and nothing of anybody's. */
function quickstart(root: string): void {
  const place = 'storage/keys-for-a-vault'
  write(root, `${place}/metadata.json`, {
    $schema: 'https://aka.ms/azure-quickstart-templates-metadata-schema#',
    type: 'QuickStart',
    itemDisplayName: 'Keys for a vault',
    description: 'A vault and two keys in it.',
    summary: 'A vault',
    githubUsername: 'someone',
    dateUpdated: '2026-03-02',
    environments: ['AzureCloud'],
  })
  write(root, `${place}/azuredeploy.json`, {
    $schema: SCHEMA,
    contentVersion: '1.0.0.0',
    parameters: { vaultName: { type: 'string' }, location: { type: 'string', defaultValue: 'x' } },
    resources: [{ type: 'Microsoft.KeyVault/vaults', apiVersion: '2024-11-01', name: 'v' }],
  })
  write(root, `${place}/azuredeploy.parameters.json`, { parameters: {} })
  write(root, `${place}/README.md`, '# Keys for a vault\n')
  write(root, `${place}/nested/part.json`, { $schema: SCHEMA, resources: [] })
}

async function listed(root: string): Promise<{ listings: Listing[]; skipped: { item: string; reason: string }[] }> {
  return (await (await openAt(root)).search(makeQuery(), {})).value
}

it('reads an ARM quickstart as one item with all its files, and brings them', async () => {
  const root = tempFolder()
  quickstart(root)
  const registry = await openAt(root)
  const { value } = await registry.search(makeQuery(), {})
  expect(value.skipped).toEqual([])
  expect(value.listings).toHaveLength(1)
  const [item] = value.listings
  expect(item).toMatchObject({
    id: 'sample/keys-for-a-vault',
    kind: 'template',
    title: 'Keys for a vault',
    description: 'A vault and two keys in it.',
    author: 'someone',
    services: ['keyvault'],
    readme: expect.stringContaining('# Keys for a vault'),
    needs: [
      { label: 'Parameters', text: '2 (required: vaultName)' },
      { label: 'Resources', text: '1 (Microsoft.KeyVault/vaults)' },
    ],
  })
  expect(item?.updatedAt).toMatch(/^2026-03-02/)
  expect([item?.version, item?.downloads, item?.rating]).toEqual([undefined, undefined, undefined])
  const artifact = item?.releases[0]?.artifacts[0]
  if (!artifact) throw new Error('no artifact')
  const into = join(tempFolder(), 'goods')
  await registry.fetch(artifact, into, {})
  for (const file of [
    'metadata.json',
    'azuredeploy.json',
    'azuredeploy.parameters.json',
    'README.md',
    'nested/part.json',
  ])
    expect(readFileSync(join(into, file)).equals(readFileSync(join(root, 'storage/keys-for-a-vault', file)))).toBe(true)
})

it('names a quickstart whose template is torn, and keeps the others', async () => {
  const root = sampleGoods()
  write(root, 'torn/metadata.json', { itemDisplayName: 'Torn', description: 'x' })
  write(root, 'torn/azuredeploy.json', '{"resources": [')
  const { listings, skipped } = await listed(root)
  expect(listings.map((one) => one.name).toSorted()).toEqual(['alpha', 'beta'])
  expect(skipped.map((one) => one.item)).toContain('torn/metadata.json')
})

it('follows no link out of its folder: not for goods, not for a readme, not for bytes', async () => {
  const outside = tempFolder()
  write(outside, 'secret/souk.json', { id: 'secret', version: '1.0.0', description: 'not yours' })
  write(outside, 'passwords.txt', 'root:hunter2')
  const root = sampleGoods()
  symlinkSync(join(outside, 'secret'), join(root, 'secret'))
  symlinkSync(join(outside, 'passwords.txt'), join(root, 'beta/README.md'))
  symlinkSync(join(outside, 'passwords.txt'), join(root, 'alpha/1.1.0/extra.txt'))
  const registry = await openAt(root)
  const { value } = await registry.search(makeQuery(), {})
  expect(value.listings.map((one) => one.name).toSorted()).toEqual(['alpha', 'beta'])
  expect(JSON.stringify(value)).not.toMatch(/hunter2|not yours/)
  const artifact = value.listings.find((one) => one.name === 'alpha')?.releases[0]?.artifacts[0]
  if (artifact?.form !== 'files') throw new Error('no files')
  expect(artifact.files.toSorted()).toEqual(['README.md', 'souk.json'])
  const forged = { ...artifact, files: ['extra.txt'] }
  await expect(registry.fetch(forged, join(tempFolder(), 'goods'), {})).rejects.toMatchObject({ code: 'item.unsafe' })
  const through = { ...artifact, root, files: ['secret/souk.json'] }
  await expect(registry.fetch(through, join(tempFolder(), 'goods'), {})).rejects.toMatchObject({ code: 'item.unsafe' })
})

it('tells the events of each question that went out, once, and of none that did not', async () => {
  const events: string[] = []
  const emit = (name: string, payload: object): void => {
    if (name.startsWith('registry.')) events.push(`${name} ${'state' in payload ? String(payload.state) : ''}`.trim())
  }
  const registry = await openAt('http://127.0.0.1:1', {}, { emit })
  await registry.search(makeQuery(), { offline: true }).catch(() => {})
  expect(events).toEqual([])
  await registry.search(makeQuery(), {}).catch(() => {})
  expect(events).toEqual(['registry.asked', 'registry.settled failed'])
})

it('shows services with their API versions and regions, and the capabilities a manifest declares', async () => {
  const root = tempFolder()
  const manifest = {
    id: 'store',
    version: '1.0.0',
    description: 'Keeps things',
    azureServices: ['Key Vault', { service: 'Storage', apiVersion: '2024-01-01', regions: ['westus2', 'westeurope'] }],
    capabilities: ['private-endpoints'],
  }
  write(root, 'store/souk.json', manifest)
  write(root, 'wrong/souk.json', { ...manifest, id: 'wrong', azureServices: [{ apiVersion: '2024-01-01' }] })
  const { listings, skipped } = await listed(root)
  expect(listings).toHaveLength(1)
  expect(listings[0]).toMatchObject({
    services: ['Key Vault', 'Storage'],
    needs: [{ label: 'Service', text: 'Storage; 2024-01-01; westus2, westeurope' }],
    releases: [{ capabilities: ['private-endpoints'] }],
  })
  expect(skipped).toEqual([{ item: 'wrong/souk.json', reason: expect.stringContaining('azureServices') as unknown }])
})

it('sees what came, went and changed in a folder of ours; of files deeper in it only their names count', async () => {
  const root = tempFolder()
  write(root, 'store/souk.json', { id: 'store', version: '1.0.0', description: 'Keeps things' })
  write(root, 'store/layers/main.json', '{}')
  const registry = await openAt(root)
  const files = async (): Promise<readonly string[]> => {
    const { value } = await registry.search(makeQuery(), {})
    const artifact = value.listings[0]?.releases[0]?.artifacts[0]
    return artifact?.form === 'files' ? artifact.files.toSorted() : []
  }
  expect(await files()).toEqual(['layers/main.json', 'souk.json'])
  write(root, 'store/layers/more/deep.json', '{}')
  expect(await files()).toEqual(['layers/main.json', 'layers/more/deep.json', 'souk.json'])
  write(root, 'store/souk.json', { id: 'store', version: '1.0.1', description: 'Keeps things better' })
  expect((await registry.search(makeQuery(), {})).value.listings[0]?.version).toBe('1.0.1')
})

describe('a folder on a slow disk', () => {
  const goods = (): string => {
    const root = tempFolder()
    for (const name of ['a', 'b', 'c', 'd']) write(root, `${name}/x.json`, {})
    return root
  }
  /** A clock by which every look takes so long, ms; and whether others had a turn before the folder was walked. */
  const walked = async (root: string, lookMs: (nth: number) => number) => {
    let now = 0
    let calls = 0
    // Asked before and after each look.
    const monotonic = (): number => (now += calls++ % 2 === 1 ? lookMs(calls / 2 - 1) : 0)
    let othersHadTurn = false
    setImmediate(() => (othersHadTurn = true))
    const { files, fingerprint } = await walkGoods(root, 'r', { monotonic })
    return { paths: files.map(({ path }) => path), fingerprint, othersHadTurn }
  }

  it('reads as a quick one does, and lets others have their turn', async () => {
    const root = goods()
    const quick = await walked(root, () => 1)
    expect(quick).toMatchObject({ paths: ['a/x.json', 'b/x.json', 'c/x.json', 'd/x.json'], othersHadTurn: false })
    expect(await walked(root, () => 50)).toEqual({ ...quick, othersHadTurn: true })
  })

  it('is not what one long look says', async () => {
    expect((await walked(goods(), (nth) => (nth === 1 ? 50 : 1))).othersHadTurn).toBe(false)
  })
})
