import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { serve } from '../http/loopback.ts'
import { MAIN, cleanEnv } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'

it(
  'a registry that fails five times is left alone by every run until its time comes',
  { timeout: 60_000 },
  async () => {
    const home = tempFolder()
    let isWell = true
    const server = await serve((_request, response) => {
      const templates = [{ name: 'web-app', version: '1.0.0', description: 'kept' }]
      response.writeHead(isWell ? 200 : 503).end(JSON.stringify({ templates, total_count: 1 }))
    })
    const config = join(home, 'registries.yaml')
    const registries = [{ name: 'team', url: server.url, protocol: 'rest' }]
    writeFileSync(config, stringify({ registries, http: { tries: 1 } }))
    const start = Date.parse('2026-01-01T00:00:00Z')
    const run = async (afterMs: number, ...args: string[]): Promise<{ out: string; err: string; code: number }> => {
      const env = cleanEnv(home, { SOUK_NOW: new Date(start + afterMs).toISOString() })
      const ran = await execa(process.execPath, [MAIN, ...args, '--config', config], {
        env,
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
      })
      return { out: ran.stdout, err: ran.stderr, code: ran.exitCode ?? -1 }
    }
    await run(0, 'search', 'web')
    isWell = false
    for (let number = 1; number <= 5; number++) await run(0, 'search', 'web', '--refresh')
    expect(server.seen).toHaveLength(6)

    const kept = await run(500, 'search', 'app')
    expect(kept.out).toContain('web-app')
    expect(kept.err).toContain('Registry "team" failed 5 times in a row and is left alone; next try at 00:00:')
    const rows = JSON.parse((await run(1000, 'registries', '--json')).out) as Record<string, unknown>[]
    expect(rows.find((row) => row['name'] === 'team')).toMatchObject({
      state: 'open',
      nextTryAt: expect.any(String) as string,
    })
    expect((await run(1000, 'registries')).out).toMatch(/NEXT TRY[\s\S]*team +open/)
    expect(server.seen).toHaveLength(6)

    // Who asks for it by name gets an answer at once; a failing one opens it again.
    expect((await run(2000, 'registries', 'test', 'team')).code).toBe(3)
    expect(server.seen).toHaveLength(7)
    isWell = true
    await run(90_000, 'search', 'later')
    expect(server.seen).toHaveLength(8)
    const well = JSON.parse((await run(90_000, 'registries', '--json')).out) as Record<string, unknown>[]
    expect(well.find((row) => row['name'] === 'team')).not.toHaveProperty('nextTryAt')
  },
)
