import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { readTemplateFile, type Placed, type WrittenTemplate } from './read-template.ts'
import { openPipeline } from './run-pipeline.ts'
import { ENVS } from './stacks.ts'
import { testSystem } from './test-system.ts'

export type Json = Record<string, unknown>

/** What a run of the event-driven platform left for one environment. */
interface Written extends WrittenTemplate {
  read(file: string): string
}

/** The event-driven platform after a run of all its stages, once for the tests of a file, with ways to look at it. */
export interface WrittenPlatform {
  made: Record<string, Written>
  /** The resources of a type, nested ones too. */
  of(env: string, type: string): Placed[]
  /** The only resource of a type; throws when there is another number of them. */
  one(env: string, type: string): Placed
  /** A row of a table: what is seen in each environment. */
  row(look: (env: string) => unknown): unknown[]
  counts(type: string): unknown[]
  /** A file of JSON. */
  parsed(env: string, file: string): Json
}

export function writtenPlatform(): WrittenPlatform {
  const home = mkdtempSync(join(tmpdir(), 'souk-test-'))
  const made: Record<string, Written> = {}
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  beforeAll(async () => {
    const out = join(home, 'out')
    const asked = { template: 'azure-event-driven', envs: [...ENVS], out }
    await openPipeline(testSystem(), home).runHere('run', 'Run', asked)
    for (const env of ENVS) {
      const read = (file: string): string => readFileSync(join(out, env, file), 'utf8')
      made[env] = { ...readTemplateFile(join(out, env, 'mainTemplate.json')), read }
    }
  })
  const of = (env: string, type: string): Placed[] =>
    (made[env]?.all ?? []).filter((one) => one.type.toLowerCase() === type.toLowerCase())
  const row = (look: (env: string) => unknown): unknown[] => ENVS.map(look)
  return {
    made,
    of,
    one(env, type) {
      const [first, ...others] = of(env, type)
      if (!first || others.length > 0) throw new Error(`${others.length + (first ? 1 : 0)} of ${type} in ${env}`)
      return first
    },
    row,
    counts: (type) => row((env) => of(env, type).length),
    parsed: (env, file) => JSON.parse(made[env]?.read(file) ?? '') as Json,
  }
}
