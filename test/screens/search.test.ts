import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeQuery } from '../../src/model/query.ts'
import { heldServer, realMarket, type Goods } from '../support/real-market.ts'
import { robot } from '../support/robot.ts'
import { tempFolder } from '../support/temp.ts'

const GOODS: Goods[] = ['alpha', 'beta', 'gamma', 'gpu-lab', 'kubernetes', 'zeta'].map((id, index) => ({
  id,
  category: index < 3 ? ['network'] : ['compute'],
  tags: ['cloud', `tag-${index}`],
  author: index % 2 ? 'ann' : 'bob',
}))

async function openScreens(
  registries: Parameters<typeof realMarket>[0] = { acme: GOODS },
  size: { columns?: number; rows?: number } = {},
) {
  const market = await realMarket(registries)
  return { ...market, user: robot({ ...market, ...size }) }
}

describe('searching', () => {
  test('goods are there on arrival, with the number of registries that answer', async () => {
    const { user } = await openScreens()
    await user.see('alpha')
    await user.see('2/2 registries')
    expect(user.lines()[0]).toContain('Souk')
  })

  test.each([
    [80, 24, true],
    [80, 14, false],
    [120, 40, true],
  ])('p shows or hides the preview at %i x %i', async (columns, rows, isShown) => {
    const { user } = await openScreens({ acme: GOODS }, { columns, rows })
    const seePreview = (is: boolean): Promise<unknown> => (is ? user.see('not installed') : user.seeNo('not installed'))
    await user.see('alpha')
    await seePreview(isShown)
    await user.press('p')
    await seePreview(!isShown)
    expect(user.text()).toContain('gamma')
    await user.press('p')
    await seePreview(isShown)
  })

  test('letters typed in the box are text, whatever they would do elsewhere', async () => {
    const { user } = await openScreens()
    await user.see('alpha')
    await user.send('/quix jdfg?:')
    await user.see('Search: quix jdfg?:')
    await user.see('Nothing found')
    await user.press('escape')
    await user.see('6 items')
  })

  test('a burst, three DELs in one packet and Enter behind a word all count once', async () => {
    const { user } = await openScreens()
    await user.see('alpha')
    await user.send('/gpuxyz')
    await user.see('Search: gpuxyz')
    await user.send('\u007f\u007f\u007f')
    await user.see(/Search: gpu +$/)
    await user.send('-lab\r')
    await user.see('"gpu-lab" 1 item')
    await user.see(/> +gpu-lab/)
  })

  test('Ctrl-U and a new word in one packet leave the new word alone', async () => {
    const { user } = await openScreens()
    await user.see('alpha')
    await user.send('/something long')
    await user.see('Search: something long')
    await user.send('\u0015beta')
    await user.see(/Search: beta +$/)
  })

  test('"jjj" in one packet moves three rows', async () => {
    const { user } = await openScreens()
    await user.see(/> +alpha/)
    await user.send('jjj')
    await user.see(/> +gpu-lab/)
  })

  test('an arrow split over two packets is one arrow', async () => {
    const { user } = await openScreens()
    await user.see(/> +alpha/)
    await user.send('\u001b[')
    await user.send('B')
    await user.see(/> +beta/)
  })

  test('a paste goes into the box as text', async () => {
    const { user } = await openScreens()
    await user.see('alpha')
    await user.press('/')
    await user.send('\u001b[200~kuber\nnetes\u001b[201~')
    await user.see('Search: kuber netes')
  })

  test('Tab takes the first of the lines that go on from what is typed', async () => {
    const { user } = await openScreens()
    await user.see('alpha')
    await user.send('/kub')
    await user.see('Tab: kubernetes')
    await user.press('tab')
    await user.see(/Search: kubernetes +$/)
    await user.press('!')
    await user.see('Search: kubernetes!')
  })

  test('Up in an empty box brings the searches of before back, the newest first', async () => {
    const { user } = await openScreens()
    await user.see('alpha')
    await user.send('/gamma\r')
    await user.see('"gamma" 1 item')
    await user.send('/\u0015kubernetes\r')
    await user.see('"kubernetes" 1 item')
    await user.send('/\u0015')
    await user.press('up')
    await user.see(/Search: kubernetes +$/)
    await user.press('up')
    await user.see(/Search: gamma +$/)
    await user.press('down', 'down')
    await user.see('6 items')
  })

  test('the filter panel counts what the catalog counts, and a choice shows at once', async () => {
    const { user, marketplace } = await openScreens({ acme: GOODS }, { columns: 120, rows: 40 })
    await user.see('alpha')
    await user.press('f')
    await user.see(/\[ \] compute +3/)
    const { facets } = marketplace.peek(makeQuery())
    for (const facet of ['category', 'author', 'tag'] as const) {
      for (const { value, count } of facets[facet].slice(0, 8)) {
        expect(user.text()).toMatch(new RegExp(`\\[ \\] ${value} +${count}`))
      }
    }
    await user.press('space')
    await user.see('3 items')
    await user.see(/\[x\] \w+ +3/)
    await user.press('escape')
    await user.see(/category:\w+/)
  })

  test('a settings file that is no YAML is told of for as long as it is so, and the built-in goods are there', async () => {
    const file = join(tempFolder(), 'broken.yaml')
    writeFileSync(file, 'registries:\n  - name: "open\n')
    const user = robot({ ...(await realMarket({}, { SOUK_CONFIG: file })), columns: 80 })
    await user.see('Built-in goods only, as the settings cannot be read:')
    await user.see('broken.yaml:3:1')
    await user.press('5')
    await user.see('builtin')
    await user.press('1')
    await user.see('broken.yaml:3:1')
  })

  test('an empty market says how to add a registry', async () => {
    const { user, home } = await openScreens({}, { columns: 120 })
    await user.see('Press 5 to enable a public registry, or to add your own')
    await user.press('5')
    await user.see(`add others with a, in ${home}/config/registries.yaml`)
  })
})

describe('slow and failing registries', () => {
  test('rows show while a slow one is awaited by name; its rows come in above the chosen one', async () => {
    const slow = await heldServer()
    const { user } = await openScreens({ acme: GOODS, slow: slow.url })
    await user.see('waiting for: slow')
    await user.see(/> +alpha/)
    await user.press('down')
    await user.see(/> +beta/)
    const entry = { name: 'aaa', version: '1.0.0', description: 'first by name', author: 'x', license: 'MIT' }
    const row = user.lines().findIndex((one) => one.startsWith('> '))
    slow.open({ status: 200, body: { templates: [entry], total_count: 1, filtered_count: 1 } })
    // The list grows beyond the top of the window: the row under the cursor does not move.
    await user.see('2-7 of 7')
    await user.see('3/3 registries')
    expect(user.lines()[row]).toMatch(/^> beta/)
    await user.press('up')
    await user.see('aaa')
    await user.see(/> alpha/)
  })

  test.each([
    [401, 'no valid credentials since'],
    [403, 'not allowed since'],
    [429, 'limits requests since'],
    [500, ': answered 500'],
  ])('at 80 columns the banner says of a %i what kind of fault it is: %s', async (status, says) => {
    const broken = await heldServer()
    broken.open({ status, body: {} })
    const { user } = await openScreens({ acme: GOODS, broken: broken.url }, { columns: 80, rows: 24 })
    await user.see(new RegExp(`! 1 of 3 not answering: broken.*${says}.*r retries`))
  })

  test('one banner says who does not answer and why; r asks again and it is gone', async () => {
    const broken = await heldServer()
    broken.open({ status: 403, body: {} })
    const { user } = await openScreens({ acme: GOODS, broken: broken.url }, { columns: 120, rows: 30 })
    await user.see(/! 1 of 3 not answering: broken \w+/)
    await user.see('r retries')
    await user.see('2/3 registries')
    const before = broken.asked
    broken.open()
    await user.press('r')
    await user.see('3/3 registries')
    await user.seeNo('not answering')
    expect(broken.asked).toBeGreaterThan(before)
  })

  test('text, filters and row are as they were after a failed refresh', async () => {
    const flaky = await heldServer()
    flaky.open()
    const { user } = await openScreens({ acme: GOODS, flaky: flaky.url }, { columns: 120, rows: 30 })
    await user.see('3/3 registries')
    await user.send('/tag:cloud\r')
    await user.see('6 items')
    await user.press('down', 'down')
    await user.see(/> +gamma/)
    flaky.open({ status: 403, body: {} })
    await user.press('r')
    await user.see('2/3 registries')
    await user.see(/> +gamma/)
    await user.see('Search: tag:cloud')
  })
})

describe('browsing', () => {
  test('a late answer about everything does not take the place of the chosen category', async () => {
    const slow = await heldServer()
    const { user } = await openScreens({ acme: GOODS, slow: slow.url }, { columns: 100, rows: 24 })
    await user.see('alpha')
    await user.press('2')
    await user.see(/\+ plugin +6/)
    await user.press('down', 'enter', 'down')
    await user.see('plugin / compute')
    await user.see('1-3 of 3')
    const entry = { name: 'aaa', version: '1.0.0', kind: 'template', description: 'x', author: 'x', license: 'MIT' }
    slow.open({ status: 200, body: { templates: [entry], total_count: 1, filtered_count: 1 } })
    await user.see(/\+ template +1/)
    await user.see('plugin / compute')
    await user.see('1-3 of 3')
    expect(user.text()).not.toContain('aaa')
  })
})

describe('details', () => {
  test('what nobody told is a dash on every tab, and a long description scrolls', async () => {
    const words = Array.from({ length: 700 }, (_, index) => `word${index}`).join(' ')
    expect(words.length).toBeGreaterThan(5000)
    const { user } = await openScreens({ acme: [{ id: 'bare', description: words, readme: '' }] })
    await user.see('bare')
    await user.press('enter')
    for (const label of ['author', 'licence', 'updated', 'downloads', 'rating', 'categories', 'tags', 'home']) {
      await user.see(new RegExp(`^ ${label} +-`))
    }
    await user.see(/1-\d+ of \d+/)
    await user.press('end')
    await user.see('word699')
    await user.press('home')
    await user.see(/^ author/)
    await user.press('tab')
    await user.see(/^ 1\.0\.0 +-/)
    await user.press('tab')
    await user.see('Version 1.0.0 needs nothing else.')
  })
})

describe('details of what one of two registries no longer has', () => {
  test('opens from the other, says so, and acts on that one', async () => {
    const held = await heldServer()
    const entry = { name: 'shared', version: '1.0.0', description: 'In both.', kind: 'plugin' }
    held.open({ status: 200, body: { templates: [entry], total_count: 1, filtered_count: 1 } })
    const kept = [{ id: 'shared', description: 'In both.' }]
    const { user } = await openScreens({ gone: held.url, kept }, { columns: 120 })
    await user.see(/from +gone \(\w+\), kept/)
    held.open({ status: 404, body: {} })
    await user.press('enter')
    await user.see(/! .*gone\/shared/)
    await user.see('What kept says of it is shown.')
    await user.see('In both.')
    await user.press('i')
    await user.see(/kept\/shared/)
  })

  test('a long title leaves room for kind and position, a long address can be read to its end', async () => {
    const homepage = `https://example.org/${'path/'.repeat(20)}end`
    const readme = 'line\n\n'.repeat(60)
    const { user } = await openScreens({ acme: [{ id: 'long', name: 'T'.repeat(200), homepage, readme }] })
    await user.see('TTTT')
    await user.press('enter')
    await user.see(/^ T+… 1\.0\.0 {2}plugin {2}1-\d+ of \d+/)
    await user.see(/path\/end/)
  })
})

describe('a plan', () => {
  const needs = (name: string, range: string) => ({ dependencies: [{ name, version: range }] })

  test('brings what is needed as rows of their own, with the reason', async () => {
    const { user } = await openScreens({ acme: [{ id: 'aroma', ...needs('beta', '^1.0.0') }, ...GOODS] })
    await user.see('aroma')
    await user.send('/aroma\r')
    await user.see(/> +aroma/)
    await user.press('i')
    await user.see('+ add     acme/aroma')
    await user.see('+ add     acme/beta')
    await user.see('for acme/aroma')
    await user.see('> [Yes]')
  })

  test.each([
    ['beta', '^9.0.0', 'No version of acme/beta suits all: acme/aroma needs ^9.0.0'],
    ['nowhere', '^1.0.0', 'nowhere, needed by acme/aroma, is not in'],
  ])('that needs %s %s says why not, offers no yes, and Esc goes back to the same row', async (name, range, why) => {
    const { user, marketplace } = await openScreens({ acme: [{ id: 'aroma', ...needs(name, range) }, ...GOODS] })
    await user.see('aroma')
    await user.send('/aroma\r')
    await user.see(/> +aroma/)
    await user.press('i')
    await user.see('This cannot be done')
    await user.see(why)
    expect(user.text()).not.toContain('[Yes]')
    expect(user.text()).not.toContain('y yes')
    await user.press('y', 'escape')
    await user.see(/> +aroma/)
    expect(await marketplace.jobs.list()).toEqual([])
  })
})

describe('Esc', () => {
  test('gives up what is being asked: the registry sees the connection go, and who was not waited for is named', async () => {
    const slow = await heldServer()
    const user = robot(await realMarket({ acme: GOODS, slow: slow.url }))
    await user.see('waiting for: slow')
    await expect.poll(() => slow.waiting).toBe(1)
    await user.press('escape')
    await expect.poll(() => slow.waiting, { timeout: 2000, interval: 10 }).toBe(0)
    await user.see('stopped; r asks: slow')
    await user.see('alpha')
    slow.open()
    await user.press('r')
    await user.seeNo('stopped')
    await user.see(/3\/3 registries/)
  })

  test('leaves an item that does not come, and it is asked for anew when it is opened again', async () => {
    const slow = await heldServer()
    const found = { templates: [{ name: 'keel', version: '1.0.0', description: 'A keel' }] }
    slow.open({ status: 200, body: { ...found, total_count: 1, filtered_count: 1 } })
    const user = robot(await realMarket({ slow: slow.url }))
    await user.see('keel')
    await user.see(/> +keel/)
    slow.hold()
    await user.press('enter')
    await expect.poll(() => slow.waiting).toBe(1)
    await user.press('escape')
    await expect.poll(() => slow.waiting, { timeout: 2000, interval: 10 }).toBe(0)
    await user.see(/> +keel/)
    await user.press('enter')
    await expect.poll(() => slow.waiting).toBe(1)
    slow.open({ status: 200, body: found.templates[0] })
    await user.see('A keel')
    await user.see('[Overview]')
  })
})

test('rows that come above the chosen one leave it where it is, and the room below the last says where they are', async () => {
  const late = await heldServer()
  const goods = ['zebra', 'zinc', 'zone'].map((id) => ({ id }))
  const user = robot(await realMarket({ acme: goods, late: late.url }))
  await user.see('waiting for: late')
  await user.see('zone')
  await user.press('G')
  const before = await user.see(/^> +zone/)
  const line = user.lines().indexOf(before)
  const templates = Array.from({ length: 30 }, (_, at) => ({
    name: `a${String(at).padStart(2, '0')}`,
    version: '1.0.0',
    description: 'A thing',
  }))
  late.open({ status: 200, body: { templates, total_count: 30, filtered_count: 30 } })
  await user.see(/of 33/)
  await user.see('end of the list; 30 rows above')
  expect(user.lines().findIndex((one) => one.startsWith('> '))).toBe(line)
  await user.press('up')
  await user.seeNo('end of the list')
  await user.see(/^> +zinc/)
})
