import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import type { Toolkit } from '../../src/validation/arm-ttk.ts'
import { validatePath } from '../../src/validation/validator.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { template } from './samples.ts'

const NOW = Date.parse('2026-02-13T00:00:00Z')

interface Stand {
  folder: string
  template: string
  toolkit: Toolkit
  /** What the fake wrote down. */
  log(): string[]
}

/** A toolkit's folder, a template with one fault, and a program that plays PowerShell: a shell script of these lines. */
function stand(lines: readonly string[], options: Partial<Toolkit> = {}): Stand {
  const folder = tempFolder()
  mkdirSync(join(folder, 'arm-ttk'))
  writeFileSync(join(folder, 'arm-ttk/arm-ttk.psd1'), '@{}')
  const file = join(folder, 'mainTemplate.json')
  writeFileSync(file, template({ variables: { unused: 1 } }))
  const pwsh = join(folder, 'pwsh')
  const log = join(folder, 'log')
  writeFileSync(pwsh, ['#!/bin/sh', `LOG='${log}'`, ...lines].join('\n'))
  chmodSync(pwsh, 0o755)
  return {
    folder,
    template: file,
    toolkit: { path: folder, pwsh, limit: pLimit(5), timeoutMs: 20_000, ...options },
    log: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  }
}

const validate = ({ template: path, toolkit }: Stand, signal?: AbortSignal): Promise<Report> =>
  validatePath({ system: testSystem(), now: NOW, path, toolkit, ...(signal ? { signal } : {}) })

/** A script that answers these results. */
const answering = (results: unknown): string[] => [
  'echo "WARNING: something on the way"',
  `cat <<'END'\nSOUK-ARM-TTK ${JSON.stringify(results)}\nEND`,
]

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return true
  }
}

describe('the Azure toolkit', () => {
  it('is run on the template, and compared rule by rule', async () => {
    const results = (file: string): unknown => [
      {
        name: 'Variables Must Be Referenced',
        file,
        errors: [{ id: 'Variables.Must.Be.Referenced,x', message: 'unused' }],
      },
      { name: 'Parameters Must Be Referenced', file, errors: [] },
      { name: 'Template Should Not Contain Blanks', file, errors: [{ id: 'A.B,x', message: 'a \u001b[31mblank' }] },
      { name: 'Something New', file, errors: [{ id: '', message: 'unheard of' }] },
    ]
    const at = stand([])
    const script = ['printf "%s\\n" "$@" >> "$LOG"', 'ls "$PWD" >> "$LOG"', ...answering(results(at.template))]
    writeFileSync(at.toolkit.pwsh, ['#!/bin/sh', `LOG='${at.folder}/log'`, ...script].join('\n'))
    const report = await validate(at)
    expect(report.armTtk).toEqual({
      state: 'run',
      tests: 4,
      agreement: {
        same: 2,
        onlyOurs: [],
        onlyTheirs: [
          { rule: 'Template-Should-Not-Contain-Blanks', file: 'mainTemplate.json' },
          { rule: 'Something New', file: 'mainTemplate.json' },
        ],
      },
    })
    const theirs = report.findings.filter(({ tool }) => tool === 'arm-ttk')
    expect(theirs.map(({ rule, id, message }) => [rule, id, message])).toEqual([
      ['Template-Should-Not-Contain-Blanks', 'A.B', 'a ␛[31mblank'],
      ['Something New', undefined, 'unheard of'],
    ])
    expect(report.findings.filter(({ rule }) => rule === 'Variables-Must-Be-Referenced')).toHaveLength(1)
    const asked = at.log()
    expect(asked).toContain('-NonInteractive')
    expect(asked).toContain(at.template)
    expect(asked).toContain(join(at.folder, 'arm-ttk/arm-ttk.psd1'))
    expect(asked).toContain('run.ps1')
  })

  it.each([
    ['nothing', ['exit 0'], /no answer/],
    ['an error', ['echo "module is broken" >&2', 'exit 7'], /exit code 7: module is broken/],
    ['half a line', [`echo 'SOUK-ARM-TTK [{"name":'`], /no JSON/],
    ['something else', [`echo 'SOUK-ARM-TTK {"a": 1}'`], /another shape/],
  ])('that answers %s has failed, and our rules count', async (_, lines, reason) => {
    const report = await validate(stand(lines))
    expect(report.armTtk?.state).toBe('failed')
    expect(report.armTtk?.reason).toMatch(reason)
    expect(report.findings.map(({ rule }) => rule)).toEqual(['Variables-Must-Be-Referenced'])
  })

  it('that hangs is gone after its limit with the child it started and its files', async () => {
    const at = stand(
      [
        'pwd >> "$LOG"',
        'sleep 600 &',
        'echo $! >> "$LOG"',
        'echo $$ >> "$LOG"',
        'trap "" TERM',
        'while :; do sleep 600; done',
      ],
      {
        timeoutMs: 400,
      },
    )
    const report = await validate(at)
    expect(report.armTtk).toMatchObject({ state: 'timeout', reason: 'it did not end within 0.4 s' })
    const [folder, ...pids] = at.log()
    const [child, own] = pids.map(Number)
    expect([child, own].every((pid) => pid !== undefined && pid > 0)).toBe(true)
    await expect.poll(() => [child, own].map((pid) => isGone(pid ?? 0)), { timeout: 5000 }).toEqual([true, true])
    expect(existsSync(folder ?? '/')).toBe(false)
  })

  it('ends with a cancelled run', async () => {
    const at = stand(['sleep 600 &', 'pwd >> "$LOG"', 'echo $! >> "$LOG"', 'wait'])
    const control = new AbortController()
    const running = validate(at, control.signal)
    const outcome = expect(running).rejects.toThrow('enough')
    await expect.poll(() => at.log().length, { timeout: 10_000 }).toBe(2)
    control.abort(new Error('enough'))
    await outcome
    await expect.poll(() => isGone(Number(at.log()[1])), { timeout: 5000 }).toBe(true)
    await expect.poll(() => existsSync(at.log()[0] ?? '/')).toBe(false)
  })

  it('runs in a few processes at once and no more', async () => {
    const at = stand(['echo start >> "$LOG"', 'sleep 0.1', 'echo end >> "$LOG"', 'echo "SOUK-ARM-TTK []"'], {
      limit: pLimit(2),
    })
    const reports = await Promise.all(Array.from({ length: 6 }, () => validate(at)))
    expect(reports.every((report) => report.armTtk?.state === 'run')).toBe(true)
    let now = 0
    const most = Math.max(...at.log().map((line) => (now += line === 'start' ? 1 : -1)))
    expect(at.log()).toHaveLength(12)
    expect(most).toBeLessThanOrEqual(2)
  })

  it('is skipped where it is not', async () => {
    const at = stand([])
    const none = await validate({ ...at, toolkit: { ...at.toolkit, pwsh: join(at.folder, 'nothing') } })
    expect(none.armTtk).toMatchObject({ state: 'skipped', reason: 'pwsh not found' })
    const empty = await validate({ ...at, toolkit: { ...at.toolkit, path: join(at.folder, 'elsewhere') } })
    expect(empty.armTtk?.state).toBe('skipped')
  })
})
