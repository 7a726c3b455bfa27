import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readTrail, verifyTrail } from '../../src/audit/read-trail.ts'
import { tempFolder } from '../support/temp.ts'

const child = fileURLToPath(new URL('writer-child.ts', import.meta.url))

/** Runs a writer; kills it `afterMs` after its first line when told to. */
async function writer(args: string[], afterMs?: number): Promise<number | null> {
  const one = spawn(process.execPath, [child, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (afterMs !== undefined) one.stdout.once('data', () => void setTimeout(() => one.kill('SIGKILL'), afterMs))
  return new Promise((done) => void one.once('exit', done))
}

describe('an audit trail that several processes write', () => {
  it('loses and mixes no line of eight processes that write at once', async () => {
    const folder = tempFolder()
    const names = Array.from({ length: 8 }, (_, index) => `p${index}`)
    expect(await Promise.all(names.map((name) => writer([folder, name, '50'])))).toEqual(names.map(() => 0))
    expect(verifyTrail(folder)).toMatchObject({ entries: 400, notes: [] })
    const { entries } = readTrail(folder, {})
    for (const name of names)
      expect(entries.filter((one) => one.user === name).map((one) => one.item)).toEqual(
        Array.from({ length: 50 }, (_, index) => `${name}/${index}`),
      )
  })

  it('verifies after kill -9 at any moment, also with two writing', async () => {
    const folder = tempFolder()
    for (let round = 0; round < 6; round++) {
      await Promise.all([writer([folder, 'a'], round * 5), writer([folder, 'b'], round * 8)])
      expect(verifyTrail(folder).fault).toBeUndefined()
    }
    expect(await writer([folder, 'c', '1'])).toBe(0)
    const verdict = verifyTrail(folder)
    expect(verdict.fault).toBeUndefined()
    expect(verdict.notes).toEqual([])
    expect(verdict.entries).toBeGreaterThan(20)
  })
})
