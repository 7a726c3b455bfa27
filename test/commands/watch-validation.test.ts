import { execa } from 'execa'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { README, storage, template } from '../validation/samples.ts'
import { MAIN } from '../support/program.ts'

const line = (cwd: string, words: string[]) =>
  execa(process.execPath, [MAIN, ...words], {
    cwd,
    reject: false,
    env: { SOUK_HOME: join(cwd, 'home'), NO_COLOR: '1' },
  })

interface Told {
  findings?: number
  came?: { id?: string; line: number }[]
  went?: { id?: string }[]
  error?: { message: string }
}

it('validates again after every change, and tells what came and went until it is interrupted', async () => {
  const cwd = tempFolder()
  const file = join(cwd, 'mainTemplate.json')
  writeFileSync(join(cwd, 'README.md'), README)
  writeFileSync(file, template({ resources: [storage({ properties: { minimumTlsVersion: 'TLS1_0' } })] }))
  const running = line(cwd, ['validate', '.', '--watch', '--json'])
  const lines = createInterface({ input: running.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<Told> => JSON.parse((await lines.next()).value as string) as Told

  expect(await next()).toMatchObject({ findings: 1, came: [{ id: 'TLS.Old' }], went: [] })
  // A finding that only moves neither comes nor goes.
  writeFileSync(file, `\n\n${readFileSync(file, 'utf8')}`)
  expect(await next()).toMatchObject({ findings: 1, came: [], went: [] })
  writeFileSync(file, template({ variables: { forgotten: 1 } }))
  expect(await next()).toMatchObject({
    findings: 1,
    came: [{ id: 'Variables.Must.Be.Referenced' }],
    went: [{ id: 'TLS.Old' }],
  })
  rmSync(file)
  rmSync(join(cwd, 'README.md'))
  const gone = await next()
  expect(gone.error?.message ?? (await next()).error?.message).toContain('there is no JSON file')
  writeFileSync(file, template())
  expect((await next()).went).toMatchObject([{ id: 'Variables.Must.Be.Referenced' }])
  running.kill('SIGINT')
  expect((await running).isForcefullyTerminated).toBe(false)
})

it('is for one target, and for no report', async () => {
  const cwd = tempFolder()
  writeFileSync(join(cwd, 'a.json'), template())
  const two = await line(cwd, ['validate', 'a.json', 'a.json', '--watch'])
  expect([two.exitCode, two.stderr]).toEqual([2, expect.stringContaining('--watch takes one target')])
  const report = await line(cwd, ['validate', 'a.json', '--watch', '--report', 'json=x.json'])
  expect([report.exitCode, report.stderr]).toEqual([2, expect.stringContaining('--report is for one report')])
})
