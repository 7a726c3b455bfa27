import { describe, expect, it } from 'vitest'
import type { PluginStatus } from '../../src/model/plugin.ts'
import { testSystem } from '../support/test-system.ts'
import { scene, souk } from './stand-in.ts'

const acme: PluginStatus = {
  name: 'acme',
  state: 'untrusted',
  folder: '/d/plugins/acme',
  problems: [],
  version: '1.0.0',
  description: 'Asks shops',
  digest: 'ab'.repeat(32),
  files: 2,
  bytes: 2048,
  protocols: [{ id: 'acme', title: 'Acme shops' }],
  hosts: ['cdn.acme.example'],
}
const world = () =>
  scene({ plugins: [acme, { ...acme, name: 'bad', state: 'unfit', problems: ['it has no souk.yaml'] }] })

describe('plugin', () => {
  it('list tells states, hosts, and what is wrong', async () => {
    const told = await souk(['plugin', 'list'], { world: world() })
    expect(told.out).toMatch(/acme +1\.0\.0 +untrusted +acme +the registry's own host, cdn\.acme\.example/)
    expect(told.err).toContain('bad: it has no souk.yaml')
    expect((await souk(['plugin', 'list', '--json'], { world: world() })).json()).toMatchObject([
      { name: 'acme' },
      { name: 'bad' },
    ])
    expect((await souk(['plugin'])).out).toContain('No plugins.')
  })

  it('trust shows what is trusted and does nothing without a yes', async () => {
    const piped = await souk(['plugin', 'trust', 'acme'], { world: world() })
    expect(piped.exit).toBe(2)
    expect(piped.out).toMatch(/files +2 files, 2\.0 KiB\nSHA-256 +abab/)
    expect(piped.world.asked).toEqual([])
    const no = await souk(['plugin', 'trust', 'acme'], {
      world: world(),
      system: testSystem({ isTTY: true, answers: ['n'] }),
    })
    expect([no.exit, no.world.asked]).toEqual([5, []])
    const yes = await souk(['plugin', 'trust', 'acme'], {
      world: world(),
      system: testSystem({ isTTY: true, answers: ['y'] }),
    })
    expect([yes.exit, yes.world.asked]).toEqual([0, [{ call: 'trusted', with: 'acme' }]])
    const json = await souk(['plugin', 'trust', 'acme', '--yes', '--json'], { world: world() })
    expect(json.json()).toMatchObject({ name: 'acme', state: 'trusted' })
  })

  it('names the nearest for one that is not there, and untrusts', async () => {
    const typo = await souk(['plugin', 'trust', 'acmee'], { world: world() })
    expect([typo.exit, typo.err]).toEqual([2, expect.stringContaining('Did you mean acme?')])
    const gone = await souk(['plugin', 'untrust', 'acme'], { world: world() })
    expect(gone.out).toContain('acme is not trusted any more')
  })
})
