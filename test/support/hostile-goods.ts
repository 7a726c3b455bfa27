import { isMarketError } from '../../src/model/errors.ts'
import { parseText } from '../../src/registries/shapes/parse-text.ts'
import { readGoods } from '../../src/registries/shapes/read-goods.ts'
import { restEntry } from '../../src/registries/shapes/rest-entry.ts'
import type { GoodsFile } from '../../src/registries/shapes/shape.ts'

const TEMPLATE = JSON.stringify({
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  metadata: { name: 'Vault', description: 'A vault', owner: 'A' },
  parameters: { name: { type: 'string' }, size: { type: 'int', defaultValue: 1 } },
  resources: [{ type: 'Microsoft.KeyVault/vaults', name: 'v', apiVersion: '2023-07-01' }],
})

/** One good document of every shape, by the name of its file; `rest.json` is an entry of a registry's answer. */
export const SAMPLES: readonly [name: string, text: string][] = [
  ['vault/main.json', TEMPLATE],
  [
    'vault/metadata.json',
    JSON.stringify({ type: 'QuickStart', itemDisplayName: 'Vault', description: 'A vault', summary: 's', githubUsername: 'a', dateUpdated: '2024-01-01', environments: ['AzureCloud'] }),
  ],
  [
    'rest.json',
    JSON.stringify({ name: 'web', version: '1.0.0', description: 'A page', category: 'web', tags: ['a'], author: 'A', license: 'MIT', downloads: 4, rating: 4.5, url: '/a.zip', sha256: 'ab'.repeat(32), dependencies: [{ name: 'core', version: '^1' }] }),
  ],
  [
    'souk.yaml',
    'id: web\nname: Web\nversion: 1.2.0\nkind: template\ndescription: A page.\ntags: [web, page]\nlicense: MIT\n' +
      'dependencies:\n  - { name: core, range: ^1.0.0 }\nparameters:\n  type: object\n  properties:\n    prefix: { type: string, pattern: "^[a-z]+$" }\n',
  ],
  [
    'gallery.json',
    JSON.stringify([
      { title: 'Chat', description: 'A chat app', author: 'A', source: 'https://example.com/a/chat', tags: ['ai', 'web'] },
      { title: 'Shop', description: 'A shop', author: 'B', source: 'https://example.com/b/shop', tags: ['node'] },
    ]),
  ],
  [
    'registry.json',
    JSON.stringify({
      extensions: [
        {
          id: 'team.tool',
          namespace: 'tool',
          displayName: 'Tool',
          description: 'A tool',
          versions: [
            {
              version: '1.0.0',
              artifacts: { 'linux/amd64': { url: 'https://example.com/t.zip', checksum: { algorithm: 'sha256', value: 'ab'.repeat(32) } } },
              dependencies: [{ id: 'team.core', version: '^1.0.0' }],
            },
          ],
        },
      ],
    }),
  ],
  [
    'plugin.yaml',
    '---\ntitle: Costs\nauthor: A\nauthorUrl: https://example.com\ncategory: Finance\ndescription: Shows costs\n' +
      'documentation: https://example.com/docs\niconUrl: /img/a.png\nnpmPackageName: "@a/costs"\ntags:\n  - web\naddedDate: "2022-05-01"\n',
  ],
  [
    'entity.yaml',
    'apiVersion: extensions.backstage.io/v1alpha1\nkind: Plugin\nmetadata:\n  name: costs\n  title: Costs\n  description: Shows costs\n' +
      '  tags: [web]\nspec:\n  author: A\n  lifecycle: active\n  categories: [Finance]\n',
  ],
  [
    'environment.yaml',
    'name: "Python"\ndescription: "Notebooks"\nbase: "ubuntu-22.04"\npackage_manager: "conda"\npackages:\n  conda:\n    - python=3.11\n' +
      'services:\n  - name: jupyter\n    port: 8888\ninstance_defaults:\n  ports: [22, 8888]\nversion: "2.1.0"\n',
  ],
] // prettier-ignore

/** What acts on a terminal, or is read otherwise than it is shown. */
// oxlint-disable-next-line no-control-regex
export const ACTING = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u

/** What is wrong with what was read: a character that acts on a terminal, or a change to every object; or undefined. */
export function wrongWith(read: unknown): string | undefined {
  const kept: string[] = []
  JSON.stringify(read, (key, one: unknown) => {
    // The bytes of a file as they will be written; who prints them escapes them.
    if (key === 'content') return undefined
    // Texts of many lines keep their breaks.
    if (typeof one === 'string' && ACTING.test(one.replaceAll('\n', ' '))) kept.push(one)
    return one
  })
  if (kept[0] !== undefined) return `it let a character through: ${JSON.stringify(kept[0]).slice(0, 200)}`
  if (({} as Record<string, unknown>)['polluted'] !== undefined) return 'it changed every object'
  return undefined
}

/** Reads a document as a registry's; answers what is wrong with what came out, or undefined. Never expected to throw. */
export function readHostile(name: string, text: string): string | undefined {
  let parsed: unknown
  const value = (): unknown => (parsed ??= parseText(text, name))
  const beside = (wanted: string): string | undefined => (wanted === 'azuredeploy.json' ? TEMPLATE : undefined)
  const file: GoodsFile = { path: name, text, value, folder: undefined, files: [name], beside }
  const context = { registry: 'r', registryType: 'community', address: 'https://example.com/' } as const
  try {
    const paths = name === 'vault/metadata.json' ? [name, 'vault/azuredeploy.json'] : [name]
    const batch =
      name === 'rest.json'
        ? { listings: [restEntry(value(), name, context)], skipped: [] }
        : readGoods({ paths, open: () => file }, context)
    return wrongWith([batch.listings, batch.skipped])
  } catch (error) {
    return isMarketError(error) ? undefined : `it threw ${String(error)}`
  }
}
