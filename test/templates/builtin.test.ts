import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadTemplate } from '../../src/pipeline/generators/template-folder.ts'
import { corpus } from '../support/corpus.ts'
import { readTemplateFile } from '../support/read-template.ts'
import { TEMPLATES, openPipeline } from '../support/run-pipeline.ts'
import { testSystem } from '../support/test-system.ts'
import { tempFolder } from '../support/temp.ts'

const ids = readdirSync(TEMPLATES).filter((name) => existsSync(join(TEMPLATES, name, 'souk.yaml')))
interface Template {
  parameters: Record<string, { defaultValue?: unknown; type: string }>
  variables: Record<string, unknown>
  resources: object
}
const hasSymbols = ({ resources }: Template): boolean => !Array.isArray(resources)

/** `resourceId(...)` of a resource as others write it in `dependsOn`; names are split at their slashes. */
function idOf({ type, name }: { type: string; name: string }): string {
  const pair = /^\[concat\((variables\('\w+'\)), '\/', (variables\('\w+'\))\)\]$/.exec(name)
  const inner = /^\[concat\((variables\('\w+'\)), '\/(.*)'\)\]$/.exec(name)
  const last = (inner?.[2] ?? '').split('/').map((part) => `'${part}'`)
  const parts = pair ? pair.slice(1) : inner ? [inner[1], ...last] : [expression(name)]
  return `[resourceId('${type}', ${parts.join(', ')})]`
}
const expression = (name: string): string => (name.startsWith('[') ? name.slice(1, -1) : `'${name}'`)

describe('the built-in goods', () => {
  test('cover the categories promised, one template each at least', () => {
    expect(ids.length).toBeGreaterThanOrEqual(5)
    const categories = ids.flatMap((id) => loadTemplate(join(TEMPLATES, id)).manifest.category)
    for (const name of ['ai-governance', 'sustainability', 'data-mesh']) expect(categories).toContain(name)
  })

  test.each(ids)('%s is clean by every rule, in every environment, and documented', async (id) => {
    const template = loadTemplate(join(TEMPLATES, id))
    expect(template.manifest.id).toBe(id)
    const readme = readFileSync(join(TEMPLATES, id, 'README.md'), 'utf8')
    for (const name of Object.keys(template.manifest.parameters?.properties ?? {}))
      expect(readme).toContain(`\`${name}\``)
    const home = tempFolder()
    const envs = Object.keys(template.environments.environments)
    const job = await openPipeline(testSystem(), home).runHere('run', 'Run', {
      template: id,
      envs,
      out: join(home, 'out'),
    })
    const results = job.result?.['environments'] as { status: string; score: number }[]
    // What is told of tiers is for information, and costs a tenth of a point each at most.
    expect(results.map(({ status, score }) => [status, score >= 99.5])).toEqual(envs.map(() => ['passed', true]))
    for (const env of envs) {
      const read = (file: string): unknown => JSON.parse(readFileSync(join(home, 'out', env, file), 'utf8'))
      const made = read('mainTemplate.json') as Template
      const { all } = readTemplateFile(join(home, 'out', env, 'mainTemplate.json'))
      const form = read('createUiDefinition.json') as { parameters: { outputs: Record<string, string> } }
      for (const [name, parameter] of Object.entries(made.parameters)) {
        if (parameter.defaultValue === undefined) expect(form.parameters.outputs).toHaveProperty(name)
      }
      for (const place of new Set(all.map(({ within }) => within.join('/')))) {
        const here = all.filter(({ within }) => within.join('/') === place)
        const whole = new Set(here.map((one) => (hasSymbols(made) ? one.symbol : idOf(one))))
        expect(whole.size).toBe(here.length)
        for (const one of here) expect([...whole]).toEqual(expect.arrayContaining(one.dependsOn ?? []))
      }
    }
  })

  test.each(ids)('%s uses the newest stable version of every type', async (id) => {
    const path = corpus('arm-ttk/cache/AllAzureResources.cache.json')
    if (path === undefined) return
    const table = JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, '')) as Record<
      string,
      { apiVersions: string[] }[]
    >
    const known = new Map(
      Object.entries(table).map(([type, entries]) => [type.toLowerCase(), entries.flatMap((one) => one.apiVersions)]),
    )
    const home = tempFolder()
    const envs = Object.keys(loadTemplate(join(TEMPLATES, id)).environments.environments)
    await openPipeline(testSystem(), home).runHere('generate', 'G', { template: id, envs, out: join(home, 'out') })
    const all = envs.flatMap((env) => readTemplateFile(join(home, 'out', env, 'mainTemplate.json')).all)
    expect(all.length).toBeGreaterThan(0)
    for (const { type, apiVersion } of all) {
      // Diagnostic settings never left preview; its old stable version lacks category groups.
      if (type === 'Microsoft.Insights/diagnosticSettings') continue
      const stable = (known.get(type.toLowerCase()) ?? [])
        .filter((version) => /^\d{4}-\d\d-\d\d$/.test(version))
        .toSorted()
      expect([type, apiVersion]).toEqual([type, stable.at(-1)])
    }
  })
})
