import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Deployment } from '../../src/model/deployment.ts'
import { souk } from '../commands/stand-in.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem, type TestSystem } from '../support/test-system.ts'

/** A folder as a run leaves it: a template for dev, a Pulumi project for qa. */
function generated(): string {
  const out = join(tempFolder(), 'out')
  mkdirSync(join(out, 'dev'), { recursive: true })
  mkdirSync(join(out, 'qa', 'pulumi'), { recursive: true })
  const parameters = { namePrefix: { value: 'shop' }, location: { value: 'westeurope' } }
  writeFileSync(join(out, 'dev', 'mainTemplate.json'), '{"resources":[]}')
  writeFileSync(join(out, 'dev', 'parameters.json'), JSON.stringify({ parameters }))
  writeFileSync(join(out, 'qa', 'pulumi', 'Pulumi.yaml'), 'name: shop\n')
  return out
}

/** A machine on which `az` and `pulumi` are programs that note how they were called, with what in their environment. */
function machine(facts: { answers?: string[]; fails?: string; lacks?: string } = {}): {
  system: TestSystem
  calls(): string[]
} {
  const bin = tempFolder()
  const log = join(bin, 'calls')
  for (const tool of ['az', 'pulumi'].filter((one) => one !== facts.lacks)) {
    const end = facts.fails === tool ? 'if [ "$1" != version ]; then echo no rights >&2; exit 3; fi' : 'echo done by $0'
    const text = `#!/bin/sh\necho "$(basename "$PWD") ${tool} $* [$PULUMI_CONFIG_PASSPHRASE$UNRELATED]" >> ${log}\n${end}\n`
    writeFileSync(join(bin, tool), text)
    chmodSync(join(bin, tool), 0o755)
  }
  const env = { HOME: '/tmp', PULUMI_CONFIG_PASSPHRASE: 'pass', UNRELATED: 'no' }
  const system = testSystem({
    env,
    isTTY: facts.answers !== undefined,
    ...(facts.answers ? { answers: facts.answers } : {}),
  })
  const { program } = system.run
  const run = {
    ...system.run,
    program: ((file, args, options) => program(join(bin, file), args, options)) as typeof program,
  }
  return {
    system: { ...system, run, io: { ...system.io, stdinIsTTY: facts.answers !== undefined } },
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  }
}
const worked = (calls: string[]): string[] => calls.filter((one) => !one.includes(' version '))

/** What the market was told of deployments that were run. */
const ends = ({ world }: { world: { asked: { call: string; with: unknown }[] } }): unknown[] =>
  world.asked.filter((one) => one.call === 'deploy.ended').map((one) => one.with)

describe('souk deploy', () => {
  test('prints the commands of a template, with how to generate it first, and runs none', async () => {
    const here = machine()
    const told = await souk(['deploy', 'azure-event-driven', '--env', 'dev,prod'], { system: here.system })
    expect(told.exit).toBe(0)
    expect(told.out).toContain('az group create --name rg-evt-dev --location westus2')
    expect(told.out).toMatch(
      /az deployment group create --resource-group rg-evt-prod .*--template-file mainTemplate\.json --parameters @parameters\.json/,
    )
    expect(told.out).toContain('# not generated yet: souk run azure-event-driven --env prod')
    expect(told.out).toContain('Nothing was run')
    expect(here.calls()).toEqual([])
  })

  test('has the commands of Pulumi for the four, in both forms', async () => {
    const line = ['deploy', 'azure-event-driven', '--env', 'dev,qa,staging,prod', '--with', 'pulumi', '--dry-run']
    const { out } = await souk(line)
    for (const env of ['dev', 'qa', 'staging', 'prod']) {
      expect(out).toContain(`pulumi stack select ${env} && pulumi up\n`)
      expect(out).toContain(`pulumi up --stack ${env}\n`)
    }
  })

  test('of a folder takes what is there: a template, or a project', async () => {
    const { deployments } = (await souk(['deploy', generated(), '--env', 'dev,qa', '--json'])).json() as {
      deployments: Deployment[]
    }
    expect(deployments.map((one) => [one.env, one.with, one.isGenerated])).toEqual([
      ['dev', 'az', true],
      ['qa', 'pulumi', true],
    ])
    expect(deployments[0]?.commands[0]?.command).toEqual([
      'az',
      'group',
      'create',
      '--name',
      'rg-shop-dev',
      '--location',
      'westeurope',
    ])
  })

  test('runs them in order once a person said yes, with the credentials of those programs and nothing else', async () => {
    const here = machine({ answers: ['yes'] })
    const target = generated()
    const told = await souk(['deploy', target, '--env', 'dev,qa', '--execute'], { system: here.system })
    expect(told).toMatchObject({ exit: 0, out: expect.stringContaining('Deployed dev, qa.') })
    expect(worked(here.calls())).toEqual([
      'dev az group create --name rg-shop-dev --location westeurope [pass]',
      expect.stringMatching(/^dev az deployment group create --resource-group rg-shop-dev /),
      'pulumi pulumi stack select qa [pass]',
      'pulumi pulumi up --yes --non-interactive [pass]',
    ])
    expect(ends(told)).toEqual([
      { target, env: 'dev', with: 'az' },
      { target, env: 'qa', with: 'pulumi' },
    ])
  })

  test('runs nothing at a no, where nobody can be asked, without the program, or before it is generated', async () => {
    const out = generated()
    const cases: [string[], ReturnType<typeof machine>, number, RegExp][] = [
      [['--env', 'dev'], machine({ answers: ['n'] }), 5, /cancelled/i],
      [['--env', 'dev'], machine(), 2, /needs a yes/],
      [['--env', 'dev', '--yes'], machine({ lacks: 'az' }), 2, /az is not on this machine/],
      [['--env', 'dev', '--yes', '--with', 'pulumi'], machine(), 2, /dev is not generated yet/],
      [['--env', 'live', '--yes'], machine(), 2, /no folder "live"/],
      [['--env', 'dev', '--yes', '--dry-run'], machine(), 0, /^$/],
    ]
    for (const [line, here, exit, why] of cases) {
      const told = await souk(['deploy', out, ...line, '--execute'], { system: here.system })
      expect(told).toMatchObject({ exit, err: expect.stringMatching(why) })
      expect(worked(here.calls())).toEqual([])
      expect(ends(told)).toEqual([])
    }
  })

  test('stops at the first command that fails, and tells what it said', async () => {
    const here = machine({ fails: 'az' })
    const told = await souk(['deploy', generated(), '--env', 'dev,qa', '--execute', '--yes'], { system: here.system })
    expect(told).toMatchObject({ exit: 6, err: expect.stringContaining('it ended with 3: no rights') })
    expect(worked(here.calls())).toHaveLength(1)
    expect(ends(told)).toMatchObject([{ env: 'dev', problem: { message: expect.stringContaining('no rights') } }])
  })
})

describe('souk env detect', () => {
  test('tells programs and versions as they answer, and what is not here, and runs nothing else', async () => {
    const here = machine({ lacks: 'pulumi' })
    const { programs } = (await souk(['env', 'detect', '--json'], { system: here.system })).json() as {
      programs: { name: string; isPresent: boolean; version: string | null }[]
    }
    const of = (name: string) => programs.find((one) => one.name === name)
    expect(of('az')).toMatchObject({ isPresent: true })
    expect(of('pulumi')).toMatchObject({ isPresent: false, version: null })
    expect(of('arm-ttk')).toMatchObject({ isPresent: false })
    expect(here.calls().map((one) => one.replace(/^.* (az) /, '$1 ').replace(/ \[.*/, ''))).toEqual([
      'az version --output json',
    ])
  })
})
