import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { validatePath } from '../../src/validation/validator.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { storage, template, README } from './samples.ts'

const NOW = Date.parse('2026-02-13T00:00:00Z')

/** A template of language version 2.0, whose resources have names of their own. */
const symbolic = (resources: Record<string, unknown>, more: Record<string, unknown> = {}): string =>
  template({ languageVersion: '2.0', resources, ...more })

async function validate(files: Record<string, string>, path = ''): Promise<Report> {
  const folder = tempFolder()
  for (const [name, text] of Object.entries({ 'README.md': README, ...files })) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return validatePath({ system: testSystem(), now: NOW, path: join(folder, path) })
}

const said = ({ findings }: Report): string[] => findings.map(({ rule, path = '' }) => `${rule} ${path}`)

describe('templates with symbolic names', () => {
  it('that are clean pass, with existing resources, user-defined types and dependencies by name', async () => {
    const text = symbolic(
      {
        vault: { existing: true, type: 'Microsoft.KeyVault/vaults', apiVersion: '2025-05-01', name: 'secrets' },
        goods: storage({ dependsOn: ['vault'], kind: "[parameters('adminPassword')]" }),
      },
      {
        definitions: { secret: { $ref: '#/definitions/hidden' }, hidden: { type: 'securestring' } },
        parameters: {
          location: { type: 'string', defaultValue: '[resourceGroup().location]' },
          adminPassword: { $ref: '#/definitions/secret' },
        },
      },
    )
    expect(said(await validate({ 'mainTemplate.json': text }))).toEqual([])
  })

  it('are held to the rules of resources, also inside an inner template', async () => {
    const inner = {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      languageVersion: '2.0',
      resources: {
        deep: storage({ location: 'westeurope', apiVersion: '2016-01-01', properties: { a: { id: 'x' } } }),
      },
    }
    const text = symbolic({
      first: storage({ location: 'northeurope', tags: {}, apiVersion: '2016-01-01' }),
      nested: {
        type: 'Microsoft.Resources/deployments',
        apiVersion: '2025-04-01',
        name: 'inside',
        properties: { mode: 'Incremental', expressionEvaluationOptions: { scope: 'inner' }, template: inner },
      },
    })
    const found = said(await validate({ 'mainTemplate.json': text }))
    const deep = 'resources.nested.properties.template.resources.deep'
    expect(found.toSorted()).toEqual(
      [
        'Location-Should-Not-Be-Hardcoded resources.first.location',
        'Parameters-Must-Be-Referenced parameters.location',
        'Resources-Should-Have-Location resources.first.location',
        'Template-Should-Not-Contain-Blanks resources.first.tags',
        'apiVersions-Should-Be-Recent resources.first.apiVersion',
        `IDs-Should-Be-Derived-From-ResourceIDs ${deep}.properties.a.id`,
        `Location-Should-Not-Be-Hardcoded ${deep}.location`,
        `Resources-Should-Have-Location ${deep}.location`,
        `apiVersions-Should-Be-Recent ${deep}.apiVersion`,
      ].toSorted(),
    )
  })

  it('whose user-defined types refer to each other are no endless work', async () => {
    const definitions = { a: { $ref: '#/definitions/b' }, b: { $ref: '#/definitions/a' } }
    const parameters = { location: { type: 'string' }, password: { $ref: '#/definitions/a' } }
    const text = symbolic({ goods: storage({ kind: "[parameters('password')]" }) }, { definitions, parameters })
    expect(said(await validate({ 'mainTemplate.json': text }))).toEqual([
      'Password-params-must-be-secure parameters.password',
    ])
  })
})

describe('places', () => {
  it('are exact inside inner templates: the line and column of the very characters', async () => {
    const text = `\ufeff{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.Resources/deployments", "apiVersion": "2025-04-01", "name": "é😀",
      "properties": { "mode": "Incremental", "expressionEvaluationOptions": { "scope": "inner" }, /* 😀 */ "template": {
\t\t"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [{ "type": "Microsoft.Resources/deployments", "apiVersion": "2025-04-01", "name": "b", "properties": {
          "mode": "Incremental", "expressionEvaluationOptions": { "scope": "inner" }, "template": {
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0", "variables": { "used": "😀", "unused": 1 }, "resources": [] } } }]
      } }
    }
  ]
}
`
    const { findings } = await validate({ 'mainTemplate.json': text })
    expect(findings.map(({ rule }) => rule)).toEqual(['Variables-Must-Be-Referenced', 'Variables-Must-Be-Referenced'])
    for (const { line, column, message } of findings) {
      const name = /"?(used|unused)/.exec(message)?.[1] ?? 'nothing'
      expect((text.split('\n')[line - 1] ?? '').slice(column - 1)).toMatch(new RegExp(`^"${name}"`))
    }
    expect(findings.map(({ path }) => path?.split('.').at(-1))).toEqual(['used', 'unused'])
  })

  it('are those of the linked file when a template is validated that has one beside it', async () => {
    const link = (relativePath: string): unknown => ({
      type: 'Microsoft.Resources/deployments',
      apiVersion: '2025-04-01',
      name: 'linked',
      properties: { mode: 'Incremental', templateLink: { relativePath } },
    })
    const files = {
      'goods/main.json': template({
        parameters: {},
        resources: ['nested/a.json', '../outside.json', 'nested/none.json'].map(link),
      }),
      'goods/nested/a.json': template({ parameters: {}, resources: [link('b.json'), link('../main.json')] }),
      'goods/nested/b.json': template({ parameters: {}, variables: { forgotten: 1 }, resources: [] }),
      'goods/other.json': template({ variables: { alone: 1 } }),
      'outside.json': template({ variables: { secret: 1 } }),
    }
    const report = await validate(files, 'goods/main.json')
    expect(report.files).toEqual(['main.json', 'nested/a.json', 'nested/b.json'])
    expect(report.findings.map(({ file, path }) => [file, path])).toEqual([['nested/b.json', 'variables.forgotten']])
  })
})
