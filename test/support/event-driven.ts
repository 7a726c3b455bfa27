import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openPipeline } from './run-pipeline.ts'
import { ENVS } from './stacks.ts'
import { testSystem } from './test-system.ts'

/** The event-driven platform, generated once for the tests of a file in all environments and both formats. */
export function generatedPlatform(input: Record<string, unknown> = {}): { folder(env: string): string } {
  const home = mkdtempSync(join(tmpdir(), 'souk-test-'))
  const out = join(home, 'out')
  beforeAll(async () => {
    const asked = { template: 'azure-event-driven', envs: [...ENVS], format: 'both', ...input, out }
    await openPipeline(testSystem(), home).runHere('generate', 'Generate', asked)
  }, 180_000)
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  return { folder: (env) => join(out, env) }
}

/** Every file below a folder, with slashes, sorted. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => relative(folder, join(one.parentPath, one.name)).split(sep).join('/'))
    .toSorted()
