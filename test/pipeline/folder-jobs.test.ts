import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
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
  return { home, pack }
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
