import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { harmless } from '../../src/model/text.ts'
import { robot } from '../support/robot.ts'
import {
  sampleInstallation,
  sampleJob,
  sampleListing,
  sampleMarket,
  type SampleRegistry,
} from '../support/sample-market.ts'
import { testSystem } from '../support/test-system.ts'

const GOODS = ['alpha', 'beta', 'gamma', 'gpu-lab'].map((name) =>
  sampleListing({
    name,
    author: 'ann',
    tags: ['cloud'],
    categories: ['network'],
    readme: `# About ${name}\nLong text.`,
  }),
)
const WIDE = ['日本語のテンプレート', '👩‍👩‍👧‍👦 family', 'e\u0301toile', '\u001b[31mred\u0007', 'a'.repeat(500)].map(
  (text, index) =>
    sampleListing({ name: `wide-${index}`, title: harmless(text), description: harmless(text.repeat(8)) }),
)

interface Facts {
  registries?: SampleRegistry[]
  columns?: number
  rows?: number
  env?: Record<string, string>
  route?: string
}

function open(facts: Facts = {}) {
  const system = testSystem({ isTTY: true, ...(facts.env ? { env: facts.env } : {}) })
  const registries = facts.registries ?? [{ name: 'acme', listings: GOODS }]
  const marketplace = sampleMarket({ registries, installed: GOODS.slice(0, 1).map(sampleInstallation) })
  const { columns = 80, rows = 24, route } = facts
  return {
    marketplace,
    system,
    user: robot({ marketplace, system, columns, rows, ...(route ? { options: { route } } : {}) }),
  }
}

describe('sizes', () => {
  test.each([
    [120, 40],
    [100, 30],
    [80, 24],
    [60, 15],
    [40, 12],
  ])('at %ix%i no screen is wider than the terminal, whatever the goods are called', async (columns, rows) => {
    const { user } = open({ columns, rows, registries: [{ name: 'acme', listings: [...WIDE, ...GOODS] }] })
    await user.see('alpha')
    for (const key of ['v', 'f', 'f', '2', 'tab', '3', '4', '5', 'M', '?']) {
      await user.press(key)
      for (const line of user.lines()) expect(stringWidth(line.trimEnd())).toBeLessThanOrEqual(columns)
      expect(user.lines()[0]).toContain('Souk')
    }
    expect(user.written).not.toContain('\u001b[31mred')
    expect(user.written).not.toContain('\u0007')
  })

  test('below 40x12 a sentence says what is needed; growing again shows the goods', async () => {
    const { user } = open({ columns: 39, rows: 10 })
    await user.see('Souk needs 40x12')
    user.resize(80, 24)
    await user.see('alpha')
    user.resize(50, 12)
    await user.see(/> +alpha/)
  })

  test('a terminal too small to show a plan lets no key start it; q leaves from anywhere there', async () => {
    const { user, marketplace } = open()
    await user.see('alpha')
    await user.press('down', 'i')
    await user.see('> [Yes]')
    user.resize(39, 11)
    await user.see(/needs 40x12, has 39x11; q leaves/)
    await user.press('y', 'enter', '2', 'escape', 'x')
    expect(marketplace.started).toEqual([])
    user.resize(80, 24)
    await user.see('> [Yes]')
    user.resize(39, 11)
    await user.see('q leaves')
    await user.press('q')
    expect(await user.ended).toBe(0)
  })

  test('smaller and as before again at once: what the terminal cut off is painted again', async () => {
    const { user } = open({ columns: 80, env: { TMUX: 'yes' } })
    await user.see(/> +alpha/)
    await user.see('1/1 registries')
    user.resize(20, 6)
    user.resize(80, 24)
    await user.see('1/1 registries')
    await user.see(/^ \? help .* quit/)
  })

  test('list and detail are side by side from 100 columns', async () => {
    const { user } = open({ columns: 120, rows: 30 })
    expect(await user.see(/> +alpha/)).toContain('│')
    await user.see('author     ann')
  })
})

describe('the way back', () => {
  test('Esc from details finds the row as it was left and never leaves the program', async () => {
    const { user } = open()
    await user.see(/> +alpha/)
    await user.press('down', 'enter')
    await user.see('About beta')
    await user.press('tab')
    await user.see('The registry names no versions')
    await user.press('escape')
    await user.see(/> +beta/)
    await user.press('escape')
    await user.press('escape')
    await user.press('down')
    await user.see(/> +gamma/)
  })

  test('a question about running jobs comes before leaving; they go on', async () => {
    const { user, marketplace } = open()
    await user.see('alpha')
    marketplace.tell(sampleJob({}))
    await user.see('1 running')
    await user.press('q')
    await user.see('1 job goes on without the screens')
    await user.press('n', 'q', 'y')
    expect(await user.ended).toBe(0)
  })
})

describe('guided work', () => {
  test('i plans, y starts, the pane shows steps with bytes, done everywhere at once', async () => {
    const { user, marketplace } = open()
    await user.see(/> +alpha/)
    await user.press('down', 'i')
    await user.see('acme/beta')
    await user.see('To fetch: 1.3 MiB')
    await user.see('> [Yes]')
    await user.press('y')
    await user.see('684 KiB of 1.3 MiB, 97.7 KiB/s')
    expect(marketplace.started).toMatchObject([{ type: 'install', input: { ids: ['acme/beta'] } }])
    marketplace.tell(sampleJob({ title: 'Install acme/beta', state: 'succeeded', percent: 100 }))
    await user.see('Done.')
  })

  test('an install that is done says where the goods are and which command comes next', async () => {
    const { user, marketplace } = open({ columns: 60 })
    await user.see(/> +alpha/)
    await user.press('i', 'y')
    await user.see('684 KiB of 1.3 MiB')
    marketplace.tell(sampleJob({ title: 'Install acme/alpha', state: 'succeeded', percent: 100 }))
    await user.see(`acme/alpha is in ${sampleInstallation(GOODS[0]!).path}`)
    await user.see('Next: souk run acme/alpha --env dev --out out')
  })

  test('marked items are installed together; removing starts on No', async () => {
    const { user } = open()
    await user.see(/> +alpha/)
    await user.press('space', 'space')
    await user.see('2 marked')
    await user.press('i')
    await user.see('Install acme/alpha, acme/beta')
    await user.press('escape', '3')
    await user.see(/> +alpha/)
    await user.press('x')
    await user.see('- remove')
    await user.see('> [No]')
    await user.press('enter')
    await user.see('1 installed')
  })

  test('jobs show panes for several at once and can be followed and cancelled', async () => {
    const { user, marketplace } = open()
    marketplace.tell(sampleJob({ id: 'a', title: 'Run one' }))
    marketplace.tell(sampleJob({ id: 'b', title: 'Run two' }))
    await user.see('alpha')
    await user.press('4')
    await user.see('Run one')
    await user.see('Run two')
    await user.press('enter')
    await user.see('fetching from acme')
    await user.press('escape', 'c')
    await user.see('Cancel Run')
    await user.press('y')
    await user.see('cancelled')
  })

  test('the sort list, the filters and the palette answer to their keys', async () => {
    const { user, marketplace } = open()
    await user.see('alpha')
    await user.press('o')
    await user.see('Sort by')
    await user.send('jj\r')
    await user.see('downloads  1-')
    await user.press('f', 'space')
    await user.see('[x]')
    expect(marketplace.asked.at(-1)?.filters).toEqual({ category: ['network'] })
    await user.press('escape')
    await user.send(':jo\r')
    await user.see('No jobs yet')
    await user.send('?canc')
    await user.see('cancel the job')
  })
})

describe('the terminal afterwards', () => {
  test('q leaves it as it was', async () => {
    const { user } = open()
    await user.see('alpha')
    expect(user.isRaw).toBe(true)
    expect(user.isAlternate).toBe(true)
    await user.press('q')
    expect(await user.ended).toBe(0)
    expect(user.isRaw).toBe(false)
    await expect.poll(() => user.isAlternate).toBe(false)
    expect(user.written).toContain('\u001b[?25h')
    expect(user.written).toContain('\u001b[?2004l')
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('%s too', async (name) => {
    const { user } = open()
    await user.see('alpha')
    user.signal(name)
    expect(await user.ended).toBe(5)
    expect(user.isRaw).toBe(false)
  })

  test('an error nobody caught is told after the screen is back', async () => {
    const { user, system } = open()
    await user.see('alpha')
    user.crash(new Error('a wire came loose'))
    expect(await user.ended).toBe(6)
    await expect.poll(() => user.isAlternate).toBe(false)
    expect(system.io.err.text).toContain('a wire came loose')
  })

  test('Ctrl-Z hands the terminal back, fg draws everything again', async () => {
    const { user } = open()
    await user.see('alpha')
    await user.press('ctrl-z')
    await expect.poll(() => user.stops).toBe(1)
    user.signal('SIGCONT')
    await user.see(/> +alpha/)
    await user.press('down')
    await user.see(/> +beta/)
    expect(user.isAlternate).toBe(true)
  })
})

test('the help tells each key once, with what it does on this screen', async () => {
  const { user } = open({ rows: 45, route: 'registries' })
  await user.see('acme')
  await user.press('?')
  await user.see(/^. Home g +first row/)
  const entries = user.lines().filter((line) => /^[> ] \S/.test(line))
  const keys = entries.flatMap((line) => line.slice(2, 22).trim().split(' '))
  expect(keys.length).toBeGreaterThan(20)
  expect(new Set(keys).size).toBe(keys.length)
})

test('NO_COLOR: no colour reaches the terminal and the choice still shows', async () => {
  const { user } = open({ env: { NO_COLOR: '1' } })
  await user.see(/> +alpha/)
  // oxlint-disable-next-line no-control-regex
  expect(user.written).not.toMatch(/\u001b\[(?:\d+;)*(?:3[0-7]|9[0-7]|38|48)(?:;\d+)*m/)
})

test('a locale without UTF-8 gets rules and marks it can show, every line as wide as before', async () => {
  const registries = [{ name: 'acme', listings: [...WIDE, ...GOODS] }]
  const { user } = open({ columns: 100, env: { LANG: 'en_US.UTF-8', LC_ALL: 'C' }, registries })
  await user.see(/alpha.*\|/)
  await user.see(/wide-4|a{20,}~/)
  // oxlint-disable-next-line no-control-regex
  expect(user.written).toMatch(/^[\u0000-\u007f]*$/)
  const rules = user.lines().flatMap((line) => (line.includes('|') ? [line.indexOf('|')] : []))
  expect(new Set(rules).size).toBe(1)
})

test('a dumb terminal and a pipe are refused with what to do instead', async () => {
  const { startTui } = await import('../../screens/start.tsx')
  const marketplace = sampleMarket({ registries: [] })
  await expect(startTui({ marketplace, system: testSystem() })).rejects.toMatchObject({ code: 'usage.noTerminal' })
})
