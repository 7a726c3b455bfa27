import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeQuery } from '../../src/model/query.ts'
import type { Listing } from '../../src/model/listing.ts'
import type { Registry } from '../../src/registries/registry.ts'
import { tempFolder } from '../support/temp.ts'

export interface ProtocolCase {
  /** A registry over the sample goods: `alpha` (1.0.0 and 1.1.0), `beta` with hostile text, and one broken entry. */
  open(): Promise<Registry>
  /** A registry of the same protocol at an address where nothing is. */
  openDead(): Promise<Registry>
  /** Whether the broken entry can be seen from this side (a server leaves it out itself). */
  seesBroken: boolean
  /** What this protocol knows of `alpha`, where the wire can tell less than a manifest. */
  alpha?: Partial<Listing>
}

/** What every protocol promises. */
export function protocolContract(name: string, make: () => ProtocolCase): void {
  describe(`protocol ${name}`, () => {
    it('lists the goods, reports what it cannot read, and keeps the rest', async () => {
      const { open, seesBroken } = make()
      const answer = await (await open()).search(makeQuery(), {})
      expect(answer.state).toBe('fresh')
      expect(answer.value.listings.map((one) => one.name).toSorted()).toEqual(['alpha', 'beta'])
      if (seesBroken) expect(answer.value.skipped).toEqual([expect.objectContaining({ reason: expect.any(String) })])
    })
    it('finds one item, and answers undefined for one it does not have', async () => {
      const { open, alpha = { kind: 'template', license: 'MIT' } } = make()
      const registry = await open()
      const found = (await registry.item('alpha', undefined, {})).value
      expect(found).toMatchObject({ ...alpha, name: 'alpha', version: '1.1.0', description: 'The first' })
      expect(found?.releases.map((one) => one.version)).toEqual(['1.1.0', '1.0.0'])
      expect((await registry.item('alpha', '1.0.0', {})).value?.releases.map((one) => one.version)).toContain('1.0.0')
      expect((await registry.item('alpha', '9.9.9', {})).value).toBeUndefined()
      expect((await registry.item('nothing', undefined, {})).value).toBeUndefined()
    })
    it('lets no control character of the other side through', async () => {
      const answer = await (await make().open()).search(makeQuery(), {})
      // oxlint-disable-next-line no-control-regex
      expect(JSON.stringify(answer.value)).not.toMatch(/\\u001b|\\u0007|\u001b|\u202e/)
    })
    it('counts categories', async () => {
      const answer = await (await make().open()).categories({})
      expect(answer.value).toContainEqual({ name: 'research', count: 1 })
    })
    it('brings the bytes', async () => {
      const registry = await make().open()
      const item = (await registry.item('alpha', undefined, {})).value
      const artifact = item?.releases[0]?.artifacts[0]
      if (!artifact) throw new Error('alpha has no artifact')
      const into = join(tempFolder(), 'goods')
      const { bytes } = await registry.fetch(artifact, into, {})
      expect(bytes).toBeGreaterThan(0)
      expect(statSync(into).isFile() || readdirSync(into).length > 0).toBe(true)
    })
    it('asked again, answers the same', async () => {
      const registry = await make().open()
      const first = await registry.search(makeQuery(), {})
      const again = await registry.search(makeQuery(), { refresh: true })
      expect(again.state).toBe('fresh')
      expect(again.value.listings).toEqual(first.value.listings)
    })
    it('says in a registry error that nothing is there', async () => {
      const registry = await make().openDead()
      await expect(registry.search(makeQuery(), {})).rejects.toMatchObject({
        code: expect.stringMatching(/^registry\./),
      })
    })
  })
}
