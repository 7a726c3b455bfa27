import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openPipeline } from '../support/run-pipeline.ts'
import { testSystem } from '../support/test-system.ts'
import { tempFolder } from '../support/temp.ts'

const MANIFEST = `id: small
version: 1.0.0
kind: template
description: A small one.
license: MIT
parameters:
  type: object
  properties:
    sku: { type: string, enum: [None, Low, High] }
    regions: { type: array, items: { type: string }, default: [] }
generator:
  type: arm-layers
  layers: [main.json.hbs]
  environments: environments.yaml
  tables: { settings: settings.yaml, features: features.yaml, tiers: tiers.yaml }
  files:
    - { from: guide.md.hbs, to: guide.md, format: both }
    - { from: plain.txt, to: plain.txt }
    - { from: only-cache.txt, to: notes/cache.txt, when: redisCache }
    - { from: only-cache.txt, to: notes/none.txt, when: '!redisCache' }
    - { from: project, to: project, format: pulumi }
    - { from: stack.yaml.hbs, to: 'project/Pulumi.{env}.yaml', format: pulumi, when: regions }
`
const FILES = {
  'souk.yaml': MANIFEST,
  'environments.yaml':
    'environments: { dev: { title: Dev, location: westus2 }, prod: { title: Prod, location: westeurope } }\n',
  'settings.yaml':
    'rows: { days: { title: Days, cells: { dev: 7, prod: 90 } }, guarded: { title: Guarded, cells: { dev: false, prod: true } } }\n',
  'features.yaml':
    'rows: { redisCache: { title: Redis Cache, cells: { dev: true, prod: false } }, bus: { title: Bus, cells: { dev: true, prod: true } } }\n',
  'tiers.yaml':
    'rows: { bus: { title: Bus, cells: { dev: Low, prod: Low } } }\ncomponents: { bus: { title: Bus, parameter: sku, ladder: [{ tier: None }, { tier: Low }, { tier: High, can: [guards] }], needsWhen: { guarded: [guards] } } }\n',
  'main.json.hbs': '{ "variables": { "tier": "{{tiers.bus}}" }, "resources": [] }',
  'guide.md.hbs':
    '# {{manifest.name}} {{env}} {{format}}\n{{#each all}}{{env}}: {{settings.days}} days, cache {{features.redisCache}}, bus {{tiers.bus}}\n{{/each}}',
  'plain.txt': 'as {{it}} is\n',
  'only-cache.txt': 'cache\n',
  'project/main.py.hbs': "env = '{{env}}'\n",
  'project/deep/tool.py': 'x = 1\n',
  'stack.yaml.hbs': 'env: {{env}}\n',
}

function written(): { template: string; home: string } {
  const home = tempFolder()
  const template = join(home, 'small')
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(join(template, path, '..'), { recursive: true })
    writeFileSync(join(template, path), text)
  }
  return { template, home }
}
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
    .toSorted()
const ARM = ['ARCHITECTURE.md', 'createUiDefinition.json', 'mainTemplate.json', 'parameters.json']

async function generate(more: Record<string, unknown> = {}, type = 'generate') {
  const { template, home } = written()
  const out = join(home, 'out')
  const job = await openPipeline(testSystem(), home).runHere(type, 'G', {
    template,
    envs: ['dev', 'prod'],
    out,
    ...more,
  })
  const read = (path: string): string => readFileSync(join(out, path), 'utf8')
  return { job, read, files: (env: string) => filesIn(join(out, env)) }
}

describe('text files beside a template', () => {
  test('are rendered or copied, where their condition holds', async () => {
    const { read, files } = await generate()
    expect(files('dev')).toEqual([...ARM, 'guide.md', 'notes/cache.txt', 'plain.txt'].toSorted())
    expect(files('prod')).toEqual([...ARM, 'guide.md', 'notes/none.txt', 'plain.txt'].toSorted())
    expect(read('dev/plain.txt')).toBe('as {{it}} is\n')
    expect(read('prod/guide.md')).toBe(
      '# small prod arm\ndev: 7 days, cache true, bus Low\nprod: 90 days, cache false, bus High\n',
    )
  })

  test('come in the format that was asked for', async () => {
    const project = ['project/deep/tool.py', 'project/main.py']
    const pulumi = await generate({ format: 'pulumi' })
    expect(pulumi.files('dev')).toEqual(['ARCHITECTURE.md', 'guide.md', ...project])
    expect(pulumi.read('dev/project/main.py')).toBe("env = 'dev'\n")
    const both = await generate({ format: 'both', parameters: { regions: ['westus2'] } })
    expect(both.files('prod')).toEqual(
      [...ARM, 'guide.md', 'notes/none.txt', 'plain.txt', 'project/Pulumi.prod.yaml', ...project].toSorted(),
    )
    await expect(
      openPipeline(testSystem(), tempFolder()).runHere('generate', 'G', {
        template: 'key-vault-starter',
        envs: ['dev'],
        out: join(tempFolder(), 'x'),
        format: 'pulumi',
      }),
    ).rejects.toMatchObject({ exit: 2, message: 'key-vault-starter has no Pulumi project.' })
  })

  test('a stage alone finds them again, those in folders too, but no secrets that lie beside them', async () => {
    const { template, home } = written()
    const out = join(home, 'out')
    const jobs = openPipeline(testSystem(), home)
    for (const only of ['generate', 'package']) {
      const job = await jobs.runHere('run', only, { template, envs: ['dev'], out, only, force: true })
      for (const secret of ['.env', 'notes/.env', 'notes/deploy.pem']) writeFileSync(join(out, 'dev', secret), 'secret')
      const environments = (job.result?.['environments'] ?? []) as { bundle?: { entries: number } }[]
      // Nothing but the description, which comes with the stage that was not run, and a list of digests more.
      if (only === 'package') expect(environments[0]?.bundle?.entries).toBe(ARM.length - 1 + 4)
    }
  })
})

describe('features and tiers of one run', () => {
  const tierFindings = (read: (path: string) => string, env: string) =>
    report(read, env).findings.filter(({ rule }) => rule.startsWith('Tiers-'))
  const report = (read: (path: string) => string, env: string) =>
    JSON.parse(read(`${env}/report.json`)) as {
      status: string
      findings: { rule: string; level: string; message: string }[]
      sections: Record<string, unknown>
      notes: string[]
    }

  test('a feature is turned on in any spelling, and the report says so', async () => {
    const { read, files } = await generate({ features: { 'redis-cache': true } }, 'run')
    expect(files('prod')).toContain('notes/cache.txt')
    expect(report(read, 'prod').sections['overrides']).toEqual([{ feature: 'redis_cache', table: false, used: true }])
    expect(report(read, 'prod').notes).toContain('Feature redis_cache is on for this run; the table says off.')
    await expect(generate({ features: { cdn: true } })).rejects.toMatchObject({
      exit: 2,
      hint: 'Known: redis_cache, bus.',
    })
  })

  test('a tier that will not do is raised with a finding, or fails when the table is kept', async () => {
    const { read } = await generate({}, 'run')
    expect(tierFindings(read, 'dev')).toEqual([])
    expect(tierFindings(read, 'prod')).toMatchObject([
      { level: 'note', message: 'Bus: Low was asked for and High is used, because Low has no guards.' },
    ])
    expect(report(read, 'prod').status).toBe('passed')
    await expect(generate({ tiers: 'requested' }, 'run')).rejects.toMatchObject({
      exit: 1,
      details: { failed: [{ env: 'prod' }] },
    })
  })

  test('a parameter asks for another tier; a lower one than the table has is a finding', async () => {
    const { read } = await generate({ parameters: { sku: 'High' } }, 'run')
    expect(read('dev/mainTemplate.json')).toContain('"tier": "High"')
    expect(tierFindings(read, 'prod')).toEqual([])
    const lower = await generate({ parameters: { sku: 'None' } }, 'run')
    expect(tierFindings(lower.read, 'dev')).toMatchObject([
      { level: 'warning', message: 'Bus: None was asked for, and the table says Low.' },
    ])
  })
})
