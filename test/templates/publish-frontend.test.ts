import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { execa } from 'execa'
import { generatedPlatform } from '../support/event-driven.ts'
import { tempFolder } from '../support/temp.ts'

const ID = '0f8fad5b-d9cb-469f-a165-70867728950e'
const platform = generatedPlatform({
  envs: ['qa', 'prod'],
  format: 'arm',
  parameters: { customDomain: 'shop.example.com' },
})
/** A program of a few lines, to be found before the real one. */
const program = (folder: string, name: string, lines: string): void => {
  writeFileSync(join(folder, name), `#!/usr/bin/env bash\n${lines}\n`)
  chmodSync(join(folder, name), 0o755)
}

/** Publishes an environment with stand-ins of `az` and `npx` that write down what they were given. */
async function publish(
  env: string,
  { id = ID, hasBuild = true } = {},
): Promise<{ exitCode: number | undefined; stderr: string; log: string; sent: string }> {
  const home = tempFolder()
  const [bin, build, sent] = ['bin', 'build', 'sent'].map((name) => join(home, name)) as [string, string, string]
  for (const folder of [bin, build, sent]) mkdirSync(folder)
  const log = join(home, 'log')
  writeFileSync(log, '')
  if (hasBuild) writeFileSync(join(build, 'index.html'), '<p>shop</p>')
  program(
    bin,
    'az',
    `echo "az $*" >> '${log}'\ncase "$*" in *frontDoorId*) echo '${id}' ;; *) echo "token-of-$*" ;; esac`,
  )
  program(bin, 'npx', `echo "npx $* as $SWA_CLI_DEPLOYMENT_TOKEN" >> '${log}'\ncp -R "$4/." '${sent}'`)
  const path = `${bin}:${process.env['PATH']}`
  const ended = await execa('bash', [join(platform.folder(env), 'frontend/publish.sh'), build], {
    env: { PATH: path },
    reject: false,
  })
  return { exitCode: ended.exitCode, stderr: ended.stderr, log: readFileSync(log, 'utf8'), sent }
}
const config = (sent: string): unknown => JSON.parse(readFileSync(join(sent, 'staticwebapp.config.json'), 'utf8'))

describe('publishing the frontend', () => {
  test('writes the id of its own Front Door into what is published, and nobody has to', async () => {
    const { exitCode, stderr, log, sent } = await publish('prod')
    expect([stderr, exitCode]).toEqual(['', 0])
    expect(config(sent)).toMatchObject({
      networking: { allowedIpRanges: ['AzureFrontDoor.Backend'] },
      forwardingGateway: { requiredHeaders: { 'X-Azure-FDID': ID }, allowedForwardedHosts: ['shop.example.com'] },
    })
    expect(readFileSync(join(sent, 'index.html'), 'utf8')).toContain('shop')
    expect(log).toMatch(/az afd profile show --resource-group rg-\w+-prod --profile-name afd-\w+-prod/)
    expect(log).toMatch(
      /npx .* deploy .* --env production as token-of-staticwebapp secrets list .*--name swa-\w+-prod-/,
    )
  })

  test('publishes nothing when Azure does not know the Front Door', async () => {
    const { exitCode, stderr, log } = await publish('prod', { id: 'None' })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Azure gave "None" as the id of afd-')
    expect(log).not.toContain('npx')
  })

  test('asks for no Front Door where there is none', async () => {
    const { exitCode, log, sent } = await publish('qa')
    expect(exitCode).toBe(0)
    expect(log).not.toContain('afd')
    expect(config(sent)).not.toHaveProperty('forwardingGateway')
  })

  test('says how it is used when the folder holds no built frontend', async () => {
    const { exitCode, stderr, log } = await publish('qa', { hasBuild: false })
    expect([exitCode, log]).toEqual([2, ''])
    expect(stderr).toContain('Usage: bash frontend/publish.sh FOLDER')
  })
})
