import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { filesBelow, generatedPlatform } from '../support/event-driven.ts'
import { ENVS } from '../support/stacks.ts'

const platform = generatedPlatform()
const tree = (env: string): string => join(platform.folder(env), 'pulumi')
const read = (env: string, file: string): string => readFileSync(join(tree(env), file), 'utf8')

/** The folder tree of the architecture, as its document draws it. */
const DRAWN: Record<string, string[]> = {
  core: ['naming', 'tags', 'resource_group'],
  networking: ['vnet', 'subnets', 'nsg', 'private_endpoints', 'nat_gateway'],
  frontend: ['static_web_app', 'cdn', 'dns'],
  gateway: ['apim', 'apis', 'products', 'policies'],
  microservices: ['environment', 'container_app', 'dapr'],
  messaging: ['servicebus', 'queues', 'topics'],
  functions: ['function_app', 'app_service_plan', 'storage'],
  etl: ['storage', 'data_factory'],
  database: ['sql_server', 'sql_database', 'firewall'],
  security: ['keyvault', 'managed_identity', 'rbac'],
  observability: ['log_analytics', 'app_insights', 'alerts'],
}
const FLAGS = {
  container_apps: 'create_container_apps(settings, resource_group)',
  functions: 'create_functions(settings, resource_group)',
  service_bus: 'create_service_bus(settings, resource_group)',
  sql_database: 'create_database(settings, resource_group)',
  api_management: 'create_gateway(settings, resource_group)',
  cdn: 'create_cdn(settings, resource_group, sites)',
  data_factory: 'create_data_factory(settings, resource_group)',
  redis_cache: 'create_redis(settings, resource_group)',
  cosmos_db: 'create_cosmos(settings, resource_group)',
}

describe('the Pulumi project', () => {
  test('has the folder tree of the document, and its README names whatever was added', () => {
    for (const env of ENVS) {
      const files = filesBelow(tree(env))
      const drawn = Object.entries(DRAWN).flatMap(([folder, names]) =>
        names.map((name) => `infra/${folder}/${name}.py`),
      )
      expect(files).toEqual(expect.arrayContaining(drawn))
      const readme = read(env, 'README.md')
      for (const file of files.filter((one) => one !== 'README.md')) {
        const [top = '', ...rest] = file.split('/')
        const name = /^Pulumi\.(dev|qa|staging|prod)\.yaml$/.test(file) ? 'Pulumi.<stack>.yaml' : (rest.at(-1) ?? top)
        expect(['policy', 'pipelines'].includes(top) ? `${top}/` : name, file).toSatisfy((one: string) =>
          readme.includes(one),
        )
      }
    }
  })

  test('is the same in every environment, so that one project has all stacks', () => {
    for (const env of ['qa', 'staging', 'prod']) {
      expect(filesBelow(tree(env))).toEqual(filesBelow(tree('dev')))
      for (const file of filesBelow(tree(env))) expect(read(env, file), file).toBe(read('dev', file))
    }
  })

  test('guards each layer with its flag', () => {
    const main = read('dev', '__main__.py')
    expect(main).toContain('settings = get_environment_settings(environment)')
    for (const [flag, call] of Object.entries(FLAGS)) {
      expect(main).toMatch(
        new RegExp(`\nif settings\\.features\\.enable_${flag}:\n    \\w+ = ${call.replace(/[()]/g, '\\$&')}`),
      )
    }
    const imported = [...main.matchAll(/^from (?:infra|config)\.[\w.]+ import (.+)$/gm)].flatMap(([, names = '']) =>
      names.split(', '),
    )
    for (const name of imported) expect(main.split(`${name}(`).length, name).toBeGreaterThan(1)
  })

  test('has region and owner of each stack, no salt and no secret', () => {
    for (const env of ENVS) {
      const text = read('dev', `Pulumi.${env}.yaml`)
      expect(parse(text)).toEqual({
        config: { 'azure-native:location': 'westus2', 'event-driven:owner': 'platform-team' },
      })
      expect(text).toMatch(/^# .*encryptionsalt/m)
    }
    expect(read('dev', '.env.example').match(/^[^#\n].*$/gm)).toEqual([
      'PULUMI_CONFIG_PASSPHRASE=',
      'AZURE_STORAGE_ACCOUNT=',
      'ARM_CLIENT_ID=',
      'ARM_CLIENT_SECRET=',
      'ARM_TENANT_ID=',
      'ARM_SUBSCRIPTION_ID=',
    ])
    expect(filesBelow(platform.folder('dev')).filter((file) => /(^|\/)\.env$/.test(file))).toEqual([])
  })

  test('keeps the state of all stacks in one account', () => {
    const project = parse(read('dev', 'Pulumi.yaml')) as { backend: { url: string }; runtime: { name: string } }
    expect(project.backend.url).toBe('azblob://state?storage_account=pulumistateonelasha')
    expect(project.runtime.name).toBe('python')
    const deploy = read('dev', 'DEPLOY.md')
    for (const word of ['pulumistateonelasha', 'rg-infra', 'westus2']) expect(deploy).toContain(word)
    for (const env of ENVS) {
      expect(deploy).toContain(`\npulumi stack select ${env} && pulumi up\n`)
      expect(deploy).toContain(`\npulumi up --stack ${env}\n`)
      expect(deploy.includes(`--stack ${env} gatewayPassword`)).toBe(env !== 'qa')
    }
  })

  test('is deployed by pipelines, one environment after another', () => {
    const github = parse(read('dev', 'pipelines/github-actions.yml')) as {
      jobs: Record<string, { needs?: string; with: unknown }>
    }
    expect(Object.entries(github.jobs).map(([name, job]) => [name, job.needs, job.with])).toEqual(
      ENVS.map((env, index) => [env, ENVS[index - 1], { environment: env }]),
    )
    const devops = parse(read('dev', 'pipelines/azure-pipelines.yml')) as {
      stages: { stage: string; dependsOn?: string }[]
    }
    expect(devops.stages.map(({ stage, dependsOn }) => [stage, dependsOn])).toEqual(
      ENVS.map((env, index) => [env, ENVS[index - 1]]),
    )
    for (const part of ['github-environment', 'azure-pipelines-job']) {
      const text = read('dev', `pipelines/${part}.yml`)
      expect(JSON.stringify(parse(text))).toContain('deploy.sh')
      for (const name of ['PULUMI_CONFIG_PASSPHRASE', 'AZURE_STORAGE_ACCOUNT', 'ARM_CLIENT_SECRET'])
        expect(text).toContain(name)
    }
  })
})
