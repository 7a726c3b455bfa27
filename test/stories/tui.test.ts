import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { souk } from '../support/program.ts'
import { hasPty, openPty, type Pty } from '../support/pty.ts'
import { tempFolder } from '../support/temp.ts'

const SIZES = [
  [80, 24],
  [120, 40],
] as const

/** A home with one registry: a folder with goods of our own in it. */
function marketHome(): string {
  const home = tempFolder()
  const goods = join(home, 'goods')
  for (const [id, name] of [
    ['harbour-kit', 'Harbour kit'],
    ['lighthouse', 'Lighthouse'],
  ] as const) {
    mkdirSync(join(goods, id), { recursive: true })
    const manifest = `id: ${id}\nversion: 1.2.0\nkind: plugin\nname: ${name}\ndescription: What a ${id} does.\nauthor: Ann\nlicense: MIT\n`
    writeFileSync(join(goods, id, 'souk.yaml'), manifest)
    writeFileSync(join(goods, id, 'README.md'), `# About the ${id}\n\nRead me first.\n`)
  }
  mkdirSync(join(home, 'config'), { recursive: true })
  const settings = `registries:\n  - { name: quay, type: community, protocol: folder, url: ${goods} }\n`
  writeFileSync(join(home, 'config', 'registries.yaml'), settings)
  return home
}

function openAt(home: string, columns = 80, rows = 24, env: Record<string, string> = {}): Pty {
  return openPty([], { columns, rows, env: { SOUK_HOME: home, HOME: home, ...env } })
}

/** What a terminal is after the program: the first screen, the cursor shown, pastes and colours plain. */
function expectRestored(raw: string): void {
  const after = raw.slice(raw.lastIndexOf('\u001b[?1049h'))
  for (const mode of ['\u001b[?1049l', '\u001b[?25h', '\u001b[?2004l']) expect(after).toContain(mode)
  expect(after.lastIndexOf('\u001b[?25h')).toBeGreaterThan(after.lastIndexOf('\u001b[?25l'))
}

interface JobJson {
  title: string
  state: string
}
const jobsOf = async (home: string): Promise<JobJson[]> => (await souk(home, ['jobs', '--json'])).json<JobJson[]>()

describe.skipIf(!hasPty)('a stranger in the market', () => {
  it.each(SIZES)('at %ix%i searches, reads, installs and watches', async (columns, rows) => {
    const home = marketHome()
    const user = openAt(home, columns, rows)
    await user.waitFor('Harbour kit')
    expect(await user.waitFor('2/2 registries')).toContain('Search')
    user.press('/lig')
    await user.waitFor('Search: lig')
    await user.waitFor(/> +Lighthouse/)
    user.press('{enter}{enter}')
    await user.waitFor('About the lighthouse')
    await user.waitFor('[Overview]')
    user.press('i')
    await user.waitFor('+ add')
    await user.waitFor('> [Yes]')
    user.press('y')
    await user.waitFor('Put in place')
    const done = await user.waitFor('Done. Esc goes back')
    expect(done).toContain('succeeded')
    user.press('{esc}')
    await user.waitFor('[Overview]')
    user.press('{esc}')
    await user.waitFor(/> +Lighthouse.*installed/)
    expect(user.screen()).toContain('Search: lig')
    user.press('q')
    expect(await user.ended()).toBe(0)
    expectRestored(user.raw())
    const installed = (await souk(home, ['installed', '--json'])).json<{ id: string }[]>()
    expect(installed.map((one) => one.id)).toEqual(['quay/lighthouse'])
  })

  it('starts a run, leaves while it goes on, and finds it finished', async () => {
    const home = marketHome()
    const out = join(home, 'out')
    const first = openAt(home)
    await first.waitFor('Event-driven services')
    first.press('/azure-event-driven')
    await first.waitFor(/> +Event-driven/)
    first.press('{enter}g')
    await first.waitFor('Generate, validate and package')
    first.press(`{ctrl-u}dev,qa,staging,prod{down}{ctrl-u}${out}`)
    await first.waitFor('--env dev,qa,staging,prod')
    first.press('{ctrl-r}')
    await first.waitFor('Run azure-event-driven')
    // The question about running jobs, unless the job was faster.
    first.press('qy')
    expect(await first.ended()).toBe(0)
    expectRestored(first.raw())

    const second = openAt(home)
    await second.waitFor('Harbour kit')
    second.press('4')
    await second.waitFor(/Run azure-event-driven.* succeeded/, 40_000)
    expect(second.screen()).toContain('4 of 4 environments')
    second.press('q')
    expect(await second.ended()).toBe(0)
    for (const env of ['dev', 'qa', 'staging', 'prod'])
      expect(existsSync(join(out, env, 'mainTemplate.json'))).toBe(true)
    expect(readdirSync(out).filter((name) => name.endsWith('.zip'))).toHaveLength(4)
  })

  it('configures production for two regions, looks at what that makes, and gets it checked and packed', async () => {
    const home = marketHome()
    const out = join(home, 'out')
    const answers = join(home, 'answers.yaml')
    const user = openAt(home)
    await user.waitFor('Event-driven services')
    user.press('/azure-event-driven')
    await user.waitFor(/> +Event-driven/)
    user.press('{enter}g')
    await user.waitFor('Cost centre')
    user.press(`{ctrl-u}prod{down}{ctrl-u}${out}`)
    await user.waitFor(/^ 2 of /m)
    await user.waitFor(/> Output folder .*\/out\b/)
    const walk = async (label: string): Promise<void> => {
      for (let field = Number(/ (\d+) of /.exec(user.screen())?.[1]); !user.screen().includes(`> ${label}`);) {
        user.press('{down}')
        field += 1
        await user.waitFor(new RegExp(`^ ${field} of `, 'm'))
      }
    }
    await walk('Regions of the frontend')
    user.press('{ctrl-u}westus2, moon!')
    await user.waitFor('has "moon!"')
    user.press('{ctrl-u}westus2, westeurope')
    await user.waitFor(/> Regions of the frontend +westus2, westeurope/)
    await walk('Data Factory')
    await user.waitFor('< off, by the table >')
    user.press(' ')
    await user.waitFor('< on >')
    await walk('Write answers to')
    user.press(answers)
    await user.waitFor('--write-answers')
    user.press('{ctrl-p}')
    const preview = await user.waitFor('feature Data Factory: no -> yes')
    expect(preview).toMatch(/prod: \d+ resources, \d+ files, [\d.]+ (?:-> [\d.]+ )?USD a month/)
    expect(preview).toContain('parameter frontendRegions: ["westus2"] -> ["westus2","westeurope"]')
    expect(existsSync(out)).toBe(false)
    user.press('{ctrl-r}')
    await user.waitFor(/Run azure-event-driven for prod +succeeded/, 40_000)
    for (const stage of ['Generate', 'Enrich', 'Validate', 'Package'])
      expect(user.screen()).toMatch(new RegExp(`ok +${stage} `))
    user.press('q')
    expect(await user.ended()).toBe(0)
    expectRestored(user.raw())

    const zip = 'azure-event-driven-prod-1.0.0.zip'
    expect((await souk(home, ['package', 'verify', join(out, zip)])).code).toBe(0)
    const again = join(home, 'again')
    const byFile = await souk(home, ['run', 'azure-event-driven', '--answers', answers, '--out', again])
    expect(byFile.code).toBe(0)
    expect(readFileSync(join(again, zip))).toEqual(readFileSync(join(out, zip)))
  })

  it('a lost line does not stop a job', async () => {
    const home = marketHome()
    const user = openAt(home)
    await user.waitFor('Event-driven services')
    user.press('/azure-event-driven')
    await user.waitFor(/> +Event-driven/)
    user.press('{enter}g')
    await user.waitFor('Generate, validate and package')
    user.press(`{down}{ctrl-u}${join(home, 'out')}{ctrl-r}`)
    await user.waitFor('Run azure-event-driven')
    user.hangUp()
    await expect.poll(async () => (await jobsOf(home))[0]?.state, { timeout: 30_000 }).toBe('succeeded')
  })
})

describe.skipIf(!hasPty)('the terminal afterwards', () => {
  it.each([
    ['q', 0],
    ['{ctrl-c}', 0],
  ])('%s gives it back as it was', async (keys, code) => {
    const user = openAt(marketHome())
    await user.waitFor('Harbour kit')
    user.press(keys)
    expect(await user.ended()).toBe(code)
    expectRestored(user.raw())
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)('%s too', async (name) => {
    const user = openAt(marketHome())
    await user.waitFor('Harbour kit')
    user.signal(name)
    expect(await user.ended()).toBe(5)
    expectRestored(user.raw())
  })
})

describe.skipIf(!hasPty)('other terminals', () => {
  it('one that cannot move its cursor is refused with what to do instead', async () => {
    const user = openAt(marketHome(), 80, 24, { TERM: 'dumb' })
    expect(await user.ended()).toBe(2)
    expect(user.raw()).toMatch(/TERM is\s+dumb/)
    expect(user.raw()).toContain('souk search')
    expect(user.raw()).not.toContain('\u001b')
  })

  it('none at all: a sentence with what to do instead, and exit 2', async () => {
    const ran = await souk(marketHome(), [])
    expect(ran.code).toBe(2)
    expect(ran.err).toContain('need a terminal')
    expect(ran.err).toContain('souk search')
  })

  it('NO_COLOR: no colour is written, and the choice still shows', async () => {
    const user = openAt(marketHome(), 80, 24, { NO_COLOR: '1' })
    await user.waitFor(/> +\S/)
    user.press('j5')
    await user.waitFor('Registries')
    user.press('q')
    await user.ended()
    // oxlint-disable-next-line no-control-regex
    expect(user.raw()).not.toMatch(/\u001b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m/)
  })

  it('ACCESSIBLE=1: lines that are only added, numbers to choose, a yes typed out', async () => {
    const home = marketHome()
    const user = openAt(home, 80, 24, { ACCESSIBLE: '1' })
    await user.waitFor('souk>')
    user.press('lighthouse{enter}')
    await user.waitFor(/1 of \d+: Lighthouse 1\.2\.0, plugin/)
    await user.waitFor('Done.')
    user.press('search nothing-of-that-name{enter}')
    await user.waitFor('Nothing found.')
    user.press('search lighthouse{enter}')
    await user.waitFor(/Nothing found\.[\s\S]*1 of \d+: Lighthouse 1\.2\.0, plugin/)
    user.press('1{enter}')
    await user.waitFor('Author Ann. Licence MIT. From quay.')
    user.press('install 1{enter}')
    await user.waitFor('Do it? Type yes or no:')
    user.press('yes{enter}')
    await user.waitFor(/place: done[\s\S]*Done\./)
    user.press('quit{enter}')
    expect(await user.ended()).toBe(0)
    expect(user.raw()).not.toContain('\u001b[?1049h')
    expect(user.raw()).not.toContain('\u001b[2J')
  })
})
