import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { scoreOf } from '../../src/model/score.ts'
import type { Report } from '../../src/model/report.ts'
import type { RunTools } from '../../src/pipeline/run-state.ts'
import { readTemplateFile } from '../support/read-template.ts'
import { TEMPLATES, openPipeline } from '../support/run-pipeline.ts'
import { testSystem } from '../support/test-system.ts'
import { tempFolder } from '../support/temp.ts'
import { UNJUDGED } from '../validation/samples.ts'

/** Every file below a folder and its SHA-256. */
function hashes(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  const paths = files.map((one) => join(one.parentPath, one.name)).toSorted()
  return Object.fromEntries(
    paths.map((path) => [path.slice(folder.length), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  )
}
function bench(replace: Partial<RunTools> = {}) {
  const home = tempFolder()
  const jobs = openPipeline(testSystem(), home, replace)
  const run = (out: string, more: Record<string, unknown> = {}, signal?: AbortSignal) =>
    jobs.runHere(
      'run',
      'Run',
      { template: 'azure-event-driven', envs: ['dev'], out: resolve(home, out), ...more },
      signal,
    )
  return { home, jobs, run }
}

const emptyReport: Report = {
  target: '',
  files: [],
  rules: [],
  findings: [],
  ...UNJUDGED,
  score: 100,
  status: 'passed',
  digest: 'd',
  cached: false,
}

describe('the main job', () => {
  test('leaves template, form, parameters, description, report and package of each environment', async () => {
    const { home, run } = bench()
    const job = await run('out', { envs: ['dev', 'qa', 'staging', 'prod'] })
    expect(job.state).toBe('succeeded')
    expect(job.steps.map((step) => step.title)).toEqual(['Generate', 'Enrich', 'Validate', 'Package'])
    for (const env of ['dev', 'qa', 'staging', 'prod']) {
      expect(readdirSync(join(home, 'out', env)).toSorted()).toEqual([
        'ARCHITECTURE.md',
        'DEPLOY.md',
        'access-matrix.json',
        'createUiDefinition.json',
        'deployment-order.json',
        'frontend',
        'functions',
        'mainTemplate.json',
        'parameters.json',
        'report.json',
        'report.md',
      ])
      const report = JSON.parse(readFileSync(join(home, 'out', env, 'report.json'), 'utf8')) as Report
      expect(report).toMatchObject({ status: 'passed', target: env })
      // What is told of tiers is for information, and costs a tenth of a point each at most.
      expect(report.score).toBeGreaterThanOrEqual(99.5)
      expect(existsSync(join(home, 'out', `azure-event-driven-${env}-1.0.0.zip`))).toBe(true)
    }
    expect(readdirSync(join(home, 'out')).filter((name) => name.startsWith('.'))).toEqual([])
    expect(readFileSync(join(home, 'out', 'staging', 'report.md'), 'utf8')).toContain(
      'Basic was asked for and Premium is used',
    )
    expect(readFileSync(join(home, 'out', 'dev', 'report.md'), 'utf8')).not.toContain(home)
  })

  test('gives the same bytes again, also in another time zone and language', async () => {
    const { home, run } = bench()
    await run('one', { envs: ['dev', 'prod'] })
    const script = fileURLToPath(new URL('../support/run-once.ts', import.meta.url))
    const env = {
      ...process.env,
      TZ: 'Asia/Tokyo',
      LC_ALL: 'tr_TR.UTF-8',
      LANG: 'tr_TR.UTF-8',
      SOUK_NOW: '2031-05-05T23:30:00Z',
    }
    execFileSync(process.execPath, [script, join(home, 'other'), join(home, 'two')], { env })
    expect(hashes(join(home, 'two'))).toEqual(hashes(join(home, 'one')))
  })

  test('fifty at once agree', async () => {
    const { home, jobs } = bench()
    const generate = (out: string) =>
      jobs.runHere('generate', 'Generate', { template: 'data-mesh-domain', envs: ['prod'], out: join(home, out) })
    await Promise.all(Array.from({ length: 50 }, (_, index) => generate(`out-${index}`)))
    const all = new Set(Array.from({ length: 50 }, (_, index) => JSON.stringify(hashes(join(home, `out-${index}`)))))
    expect(all.size).toBe(1)
  })

  test('another seed changes only what is seeded', async () => {
    const { home, jobs } = bench()
    const input = { template: 'azure-event-driven', envs: ['prod'] }
    for (const [out, seed] of [
      ['one', 'x'],
      ['other', 'y'],
    ] as const) {
      await jobs.runHere('generate', 'Generate', { ...input, out: join(home, out), seed })
    }
    const seeded = (out: string): string => {
      const text = readFileSync(join(home, out, 'prod', 'mainTemplate.json'), 'utf8')
      const unique = /"sb-evt-prod-(\w{6})"/.exec(text)?.[1] ?? ''
      expect(unique).toMatch(/^[a-z][a-z0-9]{5}$/)
      return text
        .replaceAll(unique, 'UNIQUE')
        .replaceAll(/"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"/g, '"GUID"')
    }
    expect(seeded('other')).toBe(seeded('one'))
    expect(hashes(join(home, 'other'))).not.toEqual(hashes(join(home, 'one')))
  })

  test('a rerun writes the same, given leave to write over', async () => {
    const { home, run } = bench()
    await run('out')
    const before = hashes(join(home, 'out'))
    await expect(run('out')).rejects.toMatchObject({ code: 'job.folderNotEmpty', exit: 2 })
    writeFileSync(join(home, 'out', 'dev', 'notes.txt'), 'mine')
    await run('out', { force: true })
    expect(readFileSync(join(home, 'out', 'dev', 'notes.txt'), 'utf8')).toBe('mine')
    rmSync(join(home, 'out', 'dev', 'notes.txt'))
    expect(hashes(join(home, 'out'))).toEqual(before)
  })

  test('the package lists the SHA-256 of every file in it', async () => {
    const { home, run } = bench()
    await run('out')
    const zip = join(home, 'out', 'azure-event-driven-dev-1.0.0.zip')
    const names = execFileSync('unzip', ['-Z1', zip], { encoding: 'utf8' }).trim().split('\n').toSorted()
    const manifest = JSON.parse(execFileSync('unzip', ['-p', zip, 'souk-bundle.json'], { encoding: 'utf8' })) as {
      files: { path: string; sha256: string }[]
    }
    expect(manifest.files.map((file) => file.path)).toEqual(names.filter((name) => name !== 'souk-bundle.json'))
    const there = hashes(join(home, 'out', 'dev'))
    for (const file of manifest.files) expect(there[`/${file.path}`]).toBe(file.sha256)
  })

  test.each([
    ['unknown parameter', { parameters: { nonsense: 1 } }, 'job.parameter', 'namePrefix'],
    ['wrong type', { parameters: { maxDeliveryCount: 'many' } }, 'job.parameter', 'maxDeliveryCount'],
    ['pattern', { parameters: { namePrefix: 'Ärger"}' } }, 'job.parameter', 'namePrefix'],
    ['unknown environment', { envs: ['dev', '../dev'] }, 'usage.wrong', 'dev, qa, staging, prod'],
    ['no prototype', { parameters: JSON.parse('{"__proto__": {"x": 1}}') as object }, 'job.parameter', '__proto__'],
    ['unknown template', { template: 'no-such-thing' }, 'item.notFound', 'no-such-thing'],
    ['no environment', { envs: [] }, 'job.parameter', 'envs'],
  ])('refuses %s and leaves nothing behind', async (_, more, code, said) => {
    const { home, run } = bench()
    const error = (await run('out', more).catch((thrown: unknown) => thrown)) as {
      code: string
      message: string
      hint: string
      exit: number
    }
    expect(error).toMatchObject({ code, exit: 2 })
    expect(`${error.message} ${error.hint}`).toContain(said)
    expect(existsSync(join(home, 'out'))).toBe(false)
  })

  test.each([
    ['a file', 'out', 'this is a file, not a folder', 'file.problem'],
    ['a path below a file', 'out/deeper', '/out: this is a file, not a folder', 'file.problem'],
    ['a folder with things of others in it', '.', 'is not empty', 'job.folderNotEmpty'],
  ])('refuses %s as output folder, and nothing in it changes', async (_, out, said, code) => {
    const { home, run } = bench()
    writeFileSync(join(home, 'out'), 'mine')
    const error = (await run(out).catch((thrown: unknown) => thrown)) as { message: string }
    expect(error).toMatchObject({ code, exit: 2 })
    expect(error.message).toContain(said)
    expect(readFileSync(join(home, 'out'), 'utf8')).toBe('mine')
    expect(readdirSync(home).toSorted()).toEqual(['jobs', 'out'])
  })

  test.skipIf(process.platform !== 'linux')('refuses a place where no folder can be made', async () => {
    const { run } = bench()
    await expect(run('/proc/nowhere/out')).rejects.toMatchObject({ code: 'file.problem', exit: 2 })
  })

  test('of two runs into one folder at once, one is refused and the other is whole', async () => {
    const { home, run } = bench()
    const ended = await Promise.allSettled([run('out', { seed: 'a' }), run('out', { seed: 'b' })])
    expect(ended.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(ended.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'job.folderNotEmpty' })
    await run('alone', { seed: ended[0].status === 'fulfilled' ? 'a' : 'b' })
    expect(hashes(join(home, 'out'))).toEqual(hashes(join(home, 'alone')))
  })

  test('one output folder takes environment after environment', async () => {
    const { home, run } = bench()
    await run('out', { envs: ['dev'] })
    await run('out', { envs: ['qa'] })
    expect(readdirSync(join(home, 'out')).toSorted()).toEqual([
      'azure-event-driven-dev-1.0.0.zip',
      'azure-event-driven-qa-1.0.0.zip',
      'dev',
      'qa',
    ])
  })

  test('text of a command line is read by the type the manifest says', async () => {
    const { home, run } = bench()
    await run('out', { parameters: { services: 'cart-api,stock-api', enableDapr: 'true', maxDeliveryCount: '5' } })
    const text = readFileSync(join(home, 'out', 'dev', 'mainTemplate.json'), 'utf8')
    const { all } = readTemplateFile(join(home, 'out', 'dev', 'mainTemplate.json'))
    expect(all.filter((one) => one.type === 'Microsoft.App/containerApps').map((one) => one.name)).toEqual([
      'cart-api',
      'stock-api',
    ])
    expect(text).toContain('"maxDeliveryCount": 5')
    expect(text).toContain('"dapr"')
  })

  test('a cancel in the middle of validation leaves the output folder as it was', async () => {
    const control = new AbortController()
    const { home, run, jobs } = bench({
      validate: ({ signal }) => {
        control.abort()
        return Promise.reject(signal.reason as Error)
      },
    })
    await expect(run('deep/er/out', {}, control.signal)).rejects.toMatchObject({ code: 'job.cancelled', exit: 5 })
    expect(readdirSync(home)).toEqual(['jobs'])
    expect((await jobs.list())[0]).toMatchObject({ state: 'cancelled' })
  })

  test('a failed report fails the run with exit 1, and files and report stay', async () => {
    const finding = {
      rule: 'R',
      level: 'error',
      severity: 'critical',
      file: 'mainTemplate.json',
      line: 1,
      column: 1,
      message: 'm',
    } as const
    const findings = [finding, finding]
    const { home, run } = bench({
      validate: async () => ({ ...emptyReport, findings, score: scoreOf(findings), status: 'failed' }),
    })
    await expect(run('out')).rejects.toMatchObject({ code: 'item.failedRules', exit: 1 })
    expect(readdirSync(join(home, 'out'))).toEqual(['dev'])
    expect(readFileSync(join(home, 'out', 'dev', 'report.md'), 'utf8')).toContain('Status: failed, score 84.9 of 100.')
  })

  test('a fault while packing leaves nothing, and with force the former output', async () => {
    const { home, run } = bench()
    await run('out')
    const before = hashes(join(home, 'out'))
    const broken = openPipeline(testSystem(), join(home, 'b'), { pack: () => Promise.reject(new Error('disk full')) })
    const input = { template: 'azure-event-driven', envs: ['dev'], out: join(home, 'out'), force: true, seed: 'else' }
    await expect(broken.runHere('run', 'Run', input)).rejects.toThrow('Middleware "zip" (package) failed: disk full')
    expect(hashes(join(home, 'out'))).toEqual(before)
  })

  test('writes nothing through a link', async () => {
    const { home, run } = bench()
    mkdirSync(join(home, 'elsewhere'))
    mkdirSync(join(home, 'out'))
    symlinkSync(join(home, 'elsewhere'), join(home, 'out', 'dev'))
    await expect(run('out', { force: true })).rejects.toMatchObject({ code: 'file.problem' })
    expect(readdirSync(join(home, 'elsewhere'))).toEqual([])
  })

  test('middleware joins a stage by priority, and one that throws is named', async () => {
    const order: string[] = []
    const note = (id: string, priority: number) => ({
      id,
      stage: 'enrich' as const,
      priority,
      async process(_: unknown, next: () => Promise<void>) {
        order.push(id)
        await next()
      },
    })
    const skipped = { ...note('skipped', 1), skip: () => 'not for this category' }
    await bench({ middleware: [note('late', 900), note('early', 100), note('tied', 100), skipped] }).run('out')
    expect(order).toEqual(['early', 'tied', 'late'])
    const bad = { ...note('bad', 1), process: () => Promise.reject(new Error('boom')) }
    await expect(bench({ middleware: [bad] }).run('out')).rejects.toThrow('"bad" (enrich) failed: boom')
  })

  test('a template that reaches out of its folder, or names what is not there, is refused', async () => {
    const { home, run } = bench()
    cpSync(join(TEMPLATES, 'key-vault-starter'), join(home, 'mine'), { recursive: true })
    const layer = join(home, 'mine', 'layers', 'main.json.hbs')
    for (const text of ['{{constructor}}', '{{parameters.constructor.name}}', '{{nothing}}', '{"a": [}', '{{#each']) {
      writeFileSync(layer, text)
      await expect(run('out', { template: join(home, 'mine') })).rejects.toMatchObject({ code: 'item.manifest' })
    }
    rmSync(layer)
    symlinkSync('/etc/passwd', layer)
    await expect(run('out', { template: join(home, 'mine') })).rejects.toThrow('leads out of the template')
    expect(existsSync(join(home, 'out'))).toBe(false)
  })
})
