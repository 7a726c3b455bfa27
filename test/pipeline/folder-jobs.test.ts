import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listBundle, verifyBundle } from '../../src/bundle/verify.ts'
import { openJobs } from '../../src/jobs/open-jobs.ts'
import { packageJobType } from '../../src/pipeline/folder-jobs.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

function desk() {
  const home = tempFolder()
  const system = testSystem()
  const folder = join(home, 'jobs')
  const types = [packageJobType({ system })]
  const jobs = openJobs({ system, folder, types, settings: { concurrency: { jobs: 1 } }, emit: () => {} })
  const pack = (path: string) =>
    jobs.runHere('package', 'Package', { path: join(home, path), into: join(home, 'app.zip') })
  const packEach = (path: string, envs: string[]) =>
    jobs.runHere('package', 'Package', { path: join(home, path), into: join(home, 'packages'), envs })
  return { home, pack, packEach }
}

test('a folder is packed, and what is left out is said in the log', async () => {
  const { home, pack } = desk()
  mkdirSync(join(home, 'app'))
  writeFileSync(join(home, 'app/a.txt'), 'a')
  writeFileSync(join(home, 'app/.env'), 'KEY=1')
  const job = await pack('app')
  expect(job).toMatchObject({ state: 'succeeded', result: { path: join(home, 'app.zip'), entries: 2 } })
  expect(job.log.map((line) => line.text)).toEqual(['left out .env: a dot file or folder'])
})

test.each([
  ['nowhere', 'there is no such folder'],
  ['a-file', 'this is no folder'],
])('what is no folder is a wrong argument: %s', async (path, said) => {
  const { home, pack } = desk()
  writeFileSync(join(home, 'a-file'), '')
  await expect(pack(path)).rejects.toMatchObject({
    code: 'file.problem',
    exit: 2,
    message: `${join(home, path)}: ${said}.`,
  })
  expect(readdirSync(home).toSorted()).toEqual(['a-file', 'jobs'])
})

const entriesOf = async (zip: string): Promise<string[]> => {
  const paths: string[] = []
  await listBundle(zip, ({ path }) => paths.push(path), new AbortController().signal)
  return paths.toSorted()
}

test('each environment gets a package of its own folder, the same at every try', async () => {
  const { home, packEach } = desk()
  for (const env of ['dev', 'qa', 'prod']) {
    mkdirSync(join(home, 'out', env), { recursive: true })
    writeFileSync(join(home, 'out', env, 'parameters.json'), env)
  }
  const job = await packEach('out', ['dev', 'qa'])
  const [dev, qa] = (job.result?.['packages'] ?? []) as { env: string; path: string; sha256: string }[]
  expect([dev?.path, qa?.path]).toEqual(['out-dev.zip', 'out-qa.zip'].map((name) => join(home, 'packages', name)))
  expect(await entriesOf(dev?.path ?? '')).toEqual(['parameters.json', 'souk-bundle.json'])
  expect(await verifyBundle(qa?.path ?? '', new AbortController().signal)).toMatchObject({ changed: [], missing: [] })
  const again = (await packEach('out', ['dev', 'qa'])).result?.['packages'] as { sha256: string }[]
  expect(again.map((one) => one.sha256)).toEqual([dev?.sha256, qa?.sha256])
})

test('of one folder with parameters of several environments each package has its own only', async () => {
  const { home, packEach } = desk()
  mkdirSync(join(home, 'app', 'modules'), { recursive: true })
  const files = [
    'main.json',
    'parameters.dev.json',
    'app.parameters.qa.json',
    'prod.parameters.json',
    'app.parameters.json',
  ]
  for (const file of [...files, 'Pulumi.dev.yaml', 'Pulumi.qa.yaml', 'modules/parameters.prod.json', 'dev.md'])
    writeFileSync(join(home, 'app', file), '{}')
  await packEach('app', ['dev', 'prod'])
  const both = ['app.parameters.json', 'dev.md', 'main.json', 'souk-bundle.json']
  const of = (env: string) => entriesOf(join(home, 'packages', `app-${env}.zip`))
  expect(await of('dev')).toEqual([...both, 'Pulumi.dev.yaml', 'parameters.dev.json'].toSorted())
  expect(await of('prod')).toEqual([...both, 'modules/parameters.prod.json', 'prod.parameters.json'].toSorted())
})

test('an environment there is nothing of is refused before anything is packed', async () => {
  const { home, packEach } = desk()
  mkdirSync(join(home, 'out', 'dev'), { recursive: true })
  writeFileSync(join(home, 'out', 'dev', 'parameters.json'), '{}')
  await expect(packEach('out', ['dev', 'live'])).rejects.toMatchObject({ code: 'file.problem', message: /"live"/ })
  await expect(packEach('out', ['../out'])).rejects.toMatchObject({ code: 'job.parameter' })
  expect(readdirSync(home)).not.toContain('packages')
})
