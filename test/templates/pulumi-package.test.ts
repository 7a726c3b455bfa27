import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listBundle, verifyBundle } from '../../src/bundle/verify.ts'
import { STAGES } from '../../src/model/stages.ts'
import { filesBelow } from '../support/event-driven.ts'
import { openPipeline } from '../support/run-pipeline.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

/** Runs the template for one environment; answers what the package holds, and the files in the folder. */
async function run(input: Record<string, unknown>): Promise<{ zip: string; packed: string[]; files: string[] }> {
  const home = tempFolder()
  const out = join(home, 'out')
  const asked = { template: 'azure-event-driven', envs: ['qa'], out, ...input }
  const jobs = openPipeline(testSystem(), home)
  if (input['stages'] === undefined) await jobs.runHere('run', 'Run', asked)
  else
    for (const only of STAGES.filter((stage) => stage !== 'publish'))
      await jobs.runHere('run', 'Run', { ...asked, only })
  const [name = ''] = filesBelow(out).filter((file) => file.endsWith('.zip'))
  const packed: string[] = []
  await listBundle(join(out, name), (entry) => packed.push(entry.path))
  const files = filesBelow(join(out, 'qa')).filter((file) => file !== '.souk-draft.json')
  return { zip: join(out, name), packed: packed.toSorted(), files }
}

describe('a package of the platform', () => {
  test('holds both formats side by side, the example of secrets and no secret', async () => {
    const { zip, packed, files } = await run({ format: 'both' })
    expect(packed).toEqual([...files, 'souk-bundle.json'].toSorted())
    for (const file of [
      'mainTemplate.json',
      'pulumi/__main__.py',
      'pulumi/.env.example',
      'functions/etl-processor/host.json',
    ]) {
      expect(packed).toContain(file)
    }
    const hidden = packed.filter((file) => file.split('/').some((part) => part.startsWith('.')))
    expect(hidden).toEqual(['pulumi/.env.example'])
    expect(await verifyBundle(zip)).toMatchObject({ changed: [], missing: [], unlisted: [] })
  })

  test('holds one format when one is asked for', async () => {
    const arm = await run({ format: 'arm' })
    expect(arm.packed.filter((file) => file.startsWith('pulumi/'))).toEqual([])
    const pulumi = await run({ format: 'pulumi' })
    expect(pulumi.packed).not.toContain('mainTemplate.json')
    expect(pulumi.packed).toContain('pulumi/__main__.py')
    for (const { packed } of [arm, pulumi]) expect(packed).toContain('functions/queue-worker/host.json')
  })

  test.each(['pulumi', 'both'])('is the same, byte for byte, when every stage runs alone: %s', async (format) => {
    const whole = await run({ format })
    const staged = await run({ format, stages: 'alone' })
    expect(staged.packed).toEqual(whole.packed)
    expect(readFileSync(staged.zip).equals(readFileSync(whole.zip))).toBe(true)
  })

  test('changes one flag for one environment and leaves the others as the table has them', async () => {
    const home = tempFolder()
    const out = join(home, 'out')
    const asked = { template: 'azure-event-driven', envs: ['qa'], format: 'pulumi', features: { cosmosDb: true }, out }
    await openPipeline(testSystem(), home).runHere('generate', 'Generate', asked)
    const settings = readFileSync(join(out, 'qa/pulumi/config/settings.py'), 'utf8')
    const flags = [...settings.matchAll(/"enable_cosmos_db": (\w+)/g)].map(([, flag]) => flag)
    expect(flags).toEqual(['True', 'True', 'False', 'False'])
  })
})
