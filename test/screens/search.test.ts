import { describe, expect, test } from 'vitest'
import { robot } from '../support/robot.ts'
import { sampleListing, sampleMarket, type SampleRegistry } from '../support/sample-market.ts'
import { testSystem } from '../support/test-system.ts'

const GOODS = ['alpha', 'beta', 'gamma', 'gpu-lab', 'kubernetes', 'zeta'].map((name) => sampleListing({ name }))
const acme = (): SampleRegistry => ({ name: 'acme', listings: GOODS })

function openScreens(registries: SampleRegistry[] = [acme()], size: { columns?: number; rows?: number } = {}) {
  const system = testSystem({ isTTY: true })
  const marketplace = sampleMarket({ registries, system })
  return { marketplace, user: robot({ marketplace, system, ...size }) }
}

describe('searching', () => {
  test('goods are there on arrival, with the number of registries that answer', async () => {
    const { user } = openScreens()
    await user.see('alpha')
    expect(user.lines()[0]).toContain('Souk')
    expect(user.lines()[0]).toContain('1/1 registries')
  })

  test('letters typed in the box are text, whatever they would do elsewhere', async () => {
    const { user, marketplace } = openScreens()
    await user.see('alpha')
    await user.send('/quix jdfg?:')
    await user.see('Search: quix jdfg?:')
    await user.press('escape')
    expect(marketplace.started).toEqual([])
    await user.see('6 items')
  })

  test('a burst, three DELs in one packet and Enter behind a word all count once', async () => {
    const { user } = openScreens()
    await user.see('alpha')
    await user.send('/gpuxyz')
    await user.see('Search: gpuxyz')
    await user.send('\u007f\u007f\u007f')
    await user.see(/Search: gpu +$/)
    await user.send('-lab\r')
    await user.see('"gpu-lab" 1 item')
    await user.see(/> +gpu-lab/)
  })

  test('"jjj" in one packet moves three rows', async () => {
    const { user } = openScreens()
    await user.see(/> +alpha/)
    await user.send('jjj')
    await user.see(/> +gpu-lab/)
  })

  test('an arrow split over two packets is one arrow', async () => {
    const { user } = openScreens()
    await user.see(/> +alpha/)
    await user.send('\u001b[')
    await user.send('B')
    await user.see(/> +beta/)
  })

  test('a paste goes into the box as text', async () => {
    const { user } = openScreens()
    await user.see('alpha')
    await user.press('/')
    await user.send('\u001b[200~kuber\nnetes\u001b[201~')
    await user.see('Search: kuber netes')
  })
})
