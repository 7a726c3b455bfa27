import { execa } from 'execa'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { scene, souk } from './stand-in.ts'

/** The words offered for a line; the last word is being typed. */
async function offered(...line: string[]): Promise<string[]> {
  const { out, exit } = await souk(['__complete', '--', ...line])
  expect(exit).toBe(0)
  const [mode = '', ...lines] = out.trimEnd().split('\n')
  return mode === ':words' ? lines.map((text) => text.split('\t', 1)[0] ?? '') : [mode]
}

describe('completing a line', () => {
  it.each([
    [['sea'], 'search'],
    [['marketplace', 'sea'], 'search'],
    [['search', '--cat'], '--category'],
    [['search', '--off'], '--offline'],
    [['search', '--sort', ''], 'downloads'],
    [['search', '--sort=dow'], '--sort=downloads'],
    [['search', '--sort', '=', 'dow'], 'downloads'],
    [['search', '--category', 'Mach'], 'Machine Learning'],
    [['search', '--registry', 'o'], 'official'],
    [['show', 'web'], 'web-app'],
    [['show', 'official/'], 'official/web-app'],
    [['install', '--yes', 'event'], 'event-hub'],
    [['uninstall', ''], 'web-app'],
    [['registries', 'te'], 'test'],
    [['registries', 'test', ''], 'official'],
    [['jobs', 'follow', ''], 'j1'],
    [['--config', 'x.yaml', 'sho'], 'show'],
    [['completion', 'f'], 'fish'],
    [['search', '--config', ''], ':files'],
    [['serve', ''], ':folders'],
    [['package', 'ver'], 'verify'],
  ])('%j offers %s', async (line, word) => {
    expect(await offered(...line)).toContain(word)
  })

  it('asks no registry: only what is cached is read', async () => {
    const told = await souk(['__complete', '--', 'show', 'web'])
    expect(told.world.asked).toMatchObject([{ call: 'search', with: { options: { offline: true } } }])
  })

  it('of commands and flags does not open the market', async () => {
    for (const line of [['sea'], ['search', '--ca'], ['search', '--sort', '']])
      expect((await souk(['__complete', '--', ...line])).opened).toBe(0)
  })

  it('is silent when the market cannot be read', async () => {
    const world = scene({ sources: [] })
    expect(await souk(['__complete', '--', 'show', 'w'], { world })).toMatchObject({ exit: 0, out: '', err: '' })
  })
})

describe('the bash script', () => {
  /** Types a line into a real bash with the script loaded, and reads what it would offer. */
  async function bash(words: string[]): Promise<string[]> {
    const folder = tempFolder()
    const { out } = await souk(['completion', 'bash'])
    writeFileSync(join(folder, 'souk.bash'), out)
    const program = join(folder, 'souk')
    // Stands for the program: answers what the real command answers for these very words.
    const answers = (await souk(['__complete', '--', ...words])).out
    writeFileSync(join(folder, 'answers'), answers)
    writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/asked"\ncat "${folder}/answers"\n`)
    chmodSync(program, 0o755)
    const quoted = [program, ...words].map((word) => `'${word}'`).join(' ')
    const script = `source "${folder}/souk.bash"; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _souk; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p souk >&2`
    const result = await execa('bash', ['--norc', '-c', script])
    expect(result.stderr).toContain('-F _souk souk')
    const asked = await execa('cat', [join(folder, 'asked')])
    expect(asked.stdout.split('\n')).toEqual(['__complete', '--', ...words])
    return result.stdout.split('\n')
  }

  it('offers commands, flags and quoted facet values', async () => {
    expect(await bash(['sea'])).toEqual(['search'])
    expect(await bash(['search', '--cat'])).toEqual(['--category'])
    expect(await bash(['search', '--category', 'Mach'])).toEqual(['Machine\\ Learning'])
  })
})

/** Whether a shell is on this machine; says so when it is not. */
async function isHere(shell: string): Promise<boolean> {
  const found = await execa('which', [shell], { reject: false })
  if (found.exitCode !== 0) console.warn(`SKIPPED: no ${shell} on this machine`)
  return found.exitCode === 0
}

it.each(['bash', 'zsh', 'fish'])('the script of %s parses where that shell is here', async (shell) => {
  if (!(await isHere(shell))) return
  const { out } = await souk(['completion', shell])
  const file = join(tempFolder(), 'completion')
  writeFileSync(file, out)
  const checked = await execa(shell, ['-n', file], { reject: false })
  expect(checked).toMatchObject({ exitCode: 0, stderr: '' })
})

it('fish offers what the program answers, where that shell is here', async () => {
  if (!(await isHere('fish'))) return
  const folder = tempFolder()
  const [script, answers] = await Promise.all([souk(['completion', 'fish']), souk(['__complete', '--', 'sea'])])
  writeFileSync(join(folder, 'completion'), script.out)
  writeFileSync(join(folder, 'answers'), answers.out)
  writeFileSync(join(folder, 'souk'), `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/asked"\ncat "${folder}/answers"\n`)
  chmodSync(join(folder, 'souk'), 0o755)
  const offered = await execa('fish', ['--no-config', '-c', `source ${folder}/completion; complete -C 'souk sea'`], {
    env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder },
  })
  expect(offered.stdout).toBe('search\tsearch every registry at once')
  expect((await execa('cat', [join(folder, 'asked')])).stdout.split('\n')).toEqual(['__complete', '--', 'sea'])
})
