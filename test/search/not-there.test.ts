import { expect, it } from 'vitest'
import { heldServer, realMarket, type Held } from '../support/real-market.ts'

const entry = (name: string, tags: string[]) => ({
  name,
  version: '1.0.0',
  description: `What ${name} does.`,
  category: 'web',
  tags,
})
const page = (...names: [string, string[]][]) => {
  const templates = names.map(([name, tags]) => entry(name, tags))
  return { templates, total_count: templates.length, filtered_count: templates.length }
}
const SHOP: [string, string[]] = ['web-shop', ['shop', 'azure']]
const SITE: [string, string[]] = ['web-site', ['azure']]
const DATA: [string, string[]] = ['data-lake', []]

/** A market that has seen a shop, a site and a lake in `team`. */
async function marketThatSaw(): Promise<{ market: Awaited<ReturnType<typeof realMarket>>['marketplace']; team: Held }> {
  const team = await heldServer()
  team.open({ status: 200, body: page(SHOP, SITE, DATA) })
  const { marketplace } = await realMarket({ team: team.url, acme: [{ id: 'web-store', tags: ['shop'] }] })
  expect(await marketplace.registries.survey()).toHaveLength(3)
  return { market: marketplace, team }
}

it.each(['team/web-shop', 'web-shop'])('%s, which its registry has no more, names what is like it', async (id) => {
  const { market, team } = await marketThatSaw()
  team.open({ status: 404, body: {} })
  await expect(market.details(id, { refresh: true })).rejects.toMatchObject({
    code: 'item.withdrawn',
    exit: 2,
    message: `"${id}" is no longer offered: team had it and has withdrawn it.`,
    // Nothing of a registry that gives no list just now is among them.
    details: { type: 'version', nearest: ['acme/web-store'] },
  })
})

it('one whose registry does not answer is never told as withdrawn', async () => {
  const { market, team } = await marketThatSaw()
  team.open({ status: 500, body: {} })
  const known = await market.details('team/web-shop', { refresh: true })
  expect(known).toMatchObject({ state: 'stale', listing: { id: 'team/web-shop' } })
  // Of an item it never told of, the registry that is down says only that it is down.
  await expect(market.details('team/web-other')).rejects.toMatchObject({ code: 'registry.status', exit: 3 })
  await expect(market.details('web-other')).rejects.toMatchObject({
    code: 'item.notFound',
    exit: 3,
    message: expect.stringContaining('Not reachable just now: team.'),
  })
})
