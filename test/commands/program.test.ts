import { execa } from 'execa'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { MAIN } from '../support/program.ts'

/** The program as a process of its own, its home in a fresh folder. */
const program = (home: string, line: string[]): Promise<{ exitCode?: number; stdout: string; stderr: string }> =>
  execa(process.execPath, [MAIN, ...line], { reject: false, env: { SOUK_HOME: home, NO_COLOR: '1' } })

describe('the program', () => {
  it('prints manuals and its version, and exits 2 on a wrong line', async () => {
    const home = tempFolder()
    const [help, version, wrong] = await Promise.all([
      program(home, ['search', '--help']),
      program(home, ['--version']),
      program(home, ['search', '--ctegory', 'x', '--json']),
    ])
    expect(help).toMatchObject({ exitCode: 0, stderr: '' })
    expect(help.stdout).toContain('--category NAME')
    expect(version.stdout).toMatch(/^souk \d+\.\d+\.\d+$/)
    expect(wrong.exitCode).toBe(2)
    expect(wrong.stderr).toContain('Did you mean --category?')
    expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: 'usage.wrong', exit: 2 } })
  })

  it('says what the machine refuses, and does not call it a fault of its own', async () => {
    const file = join(tempFolder(), 'a-file')
    writeFileSync(file, '')
    const told = await program(file, ['jobs'])
    expect(told.exitCode).toBe(6)
    expect(told.stderr).toContain('a file stands where a folder is needed')
    expect(told.stderr).not.toContain('fault of souk')
  })

  it('completes its own commands and flags in a real bash', async () => {
    const home = tempFolder()
    const souk = join(home, 'souk')
    writeFileSync(souk, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`)
    chmodSync(souk, 0o755)
    const script = [
      'source <(souk completion bash)',
      'try() { COMP_WORDS=(souk "$@"); COMP_CWORD=$#; _souk; printf "%s\\n" "${COMPREPLY[*]}"; }',
      'try regist',
      'try search --min-s',
      'try jobs foll',
    ].join('\n')
    const env = { SOUK_HOME: home, PATH: `${home}:${process.env['PATH'] ?? ''}` }
    const { stdout } = await execa('bash', ['--norc', '-c', script], { env })
    expect(stdout.split('\n')).toEqual(['registries', '--min-score', 'follow'])
  })
})
