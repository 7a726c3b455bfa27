import { describe, expect, it } from 'vitest'
import { commandsFor } from '../../src/commands/commands-for.ts'
import { COMMANDS } from '../../src/commands/list.ts'
import { pathOf } from '../../src/commands/command.ts'
import { GLOBAL_OPTIONS, splitGlobalFlags } from '../../src/commands/global-flags.ts'
import { nearestOf } from '../../src/commands/nearest.ts'
import { parsePlain } from '../../src/commands/parse-plain.ts'
import { parseArguments } from '../../src/commands/parse.ts'
import { FACETS } from '../../src/model/vocabulary.ts'
import { souk } from './stand-in.ts'

const flagged = COMMANDS.flatMap((command) => command.options.map((option) => ({ command, option })))
const argumentsFor = (path: string): string[] => {
  const command = COMMANDS.find((one) => pathOf(one) === path)
  return command?.arguments.filter((one) => one.isRequired).map(() => 'x') ?? []
}

/** A spelling that a hurried hand makes: two neighbouring letters swapped, or the last one typed twice. */
function misspelt(flag: string): string {
  const at = flag
    .split('')
    .findIndex((char, index) => index >= 3 && flag[index + 1] !== undefined && flag[index + 1] !== char)
  if (at < 0) return `${flag}${flag.at(-1)}`
  return flag.slice(0, at) + flag[at + 1] + flag[at] + flag.slice(at + 2)
}

describe('the few commands that a line loads', () => {
  it.each(COMMANDS.map(pathOf))('hold "%s" and all that it could be taken for', async (path) => {
    const [first] = path.split(' ')
    const meant = COMMANDS.filter(({ name, parent = name }) => parent === first)
    for (const words of [path.split(' '), ['marketplace', ...path.split(' ')]]) {
      const known = await commandsFor([...words, '--json'])
      expect(known.filter(({ name, parent = name }) => parent === first)).toEqual(meant)
    }
  })

  it('are few for a search, and all for a word that is none', async () => {
    expect((await commandsFor(['search', 'x'])).length).toBeLessThan(12)
    for (const words of [['serach'], ['--help'], [], ['help', 'search']])
      expect(await commandsFor(words)).toBe(COMMANDS)
  })
})

describe('a misspelt flag', () => {
  it.each(flagged.map(({ command, option }) => [pathOf(command), option.flag] as const))(
    'of "%s" is named right: %s',
    async (path, flag) => {
      const told = await souk([...path.split(' '), ...argumentsFor(path), misspelt(flag)])
      expect(told.exit).toBe(2)
      expect(told.err).toContain(misspelt(flag))
      expect(told.err).toMatch(new RegExp(`Did you mean .*${flag}\\b`))
      expect(told.opened).toBe(0)
    },
  )

  it.each(COMMANDS.map(pathOf))('of every command: "%s" knows the global flags', async (path) => {
    const told = await souk([...path.split(' '), ...argumentsFor(path), '--ofline'])
    expect(told).toMatchObject({ exit: 2, opened: 0 })
    expect(told.err).toContain('--offline')
  })
})

describe('the manual', () => {
  it.each(COMMANDS.map((command) => [pathOf(command), command] as const))(
    'of "%s" tells all of it',
    async (path, command) => {
      const told = await souk([...path.split(' '), '--help'])
      expect(told).toMatchObject({ exit: 0, err: '', opened: 0 })
      for (const part of ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'GLOBAL OPTIONS', 'EXIT CODES'])
        expect(told.out).toContain(part)
      for (const option of [...command.options, ...GLOBAL_OPTIONS]) expect(told.out).toContain(option.flag)
      for (const argument of command.arguments) expect(told.out).toContain(argument.name)
      for (const line of told.out.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
    },
  )

  it('of the program names every command and opens nothing', async () => {
    const told = await souk(['--help'])
    expect(told).toMatchObject({ exit: 0, opened: 0 })
    for (const command of COMMANDS.filter((one) => !one.parent && !one.isHidden))
      expect(told.out).toContain(command.name)
    expect(told.out).not.toContain('__complete')
  })

  it('shows a flag for every facet of search', async () => {
    const { out } = await souk(['search', '--help'])
    for (const facet of FACETS) expect(out).toContain(`--${facet}`)
  })

  it('says its version without opening the market', async () => {
    expect(await souk(['--version'])).toMatchObject({ exit: 0, out: 'souk 0.1.0\n', opened: 0 })
  })
})

describe('a wrong line', () => {
  it.each([
    [['serach', 'sql'], 'search'],
    [['registries', 'tset', 'official'], 'souk registries test'],
    [['instal', 'x'], 'install'],
    [['search', '--sort', 'downlods'], 'downloads'],
    [['completion', 'bsh'], 'bash'],
  ])('%j names what was meant', async (line, meant) => {
    const told = await souk(line)
    expect(told).toMatchObject({ exit: 2, opened: 0 })
    expect(told.err).toContain(`Did you mean`)
    expect(told.err).toContain(meant)
  })

  it.each([
    [['show'], 'needs id'],
    [['versions', 'a', 'b'], 'does not know what to do with "b"'],
    [['search', '--limit', 'many'], '--limit takes a whole number'],
    [['search', '--page', '0'], '--page takes a whole number from 1'],
    [['search', '--updated-since', 'yesterday'], '--updated-since takes a date'],
    [['run', 't', '--param', 'novalue'], '--param takes key=value'],
    [['search', '--category'], '--category needs a value'],
    [['serve', '.', '--port', '99999'], '--port goes up to 65535'],
    [['serve', '.', '--publish-token-env', 'NO_SUCH_TOKEN'], 'NO_SUCH_TOKEN is not set'],
  ])('%j is one sentence and exit 2', async (line, sentence) => {
    const told = await souk(line)
    expect(told.exit).toBe(2)
    expect(told.err).toContain(sentence)
    expect(told.err).not.toMatch(/\n\s+at /)
  })

  it('never sends control characters back to the terminal', async () => {
    const told = await souk(['\u001b[31mred', '\u0007'])
    expect(told.exit).toBe(2)
    expect(told.err).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/) // oxlint-disable-line no-control-regex
  })

  it('without a command and without a terminal says which command to use instead', async () => {
    const told = await souk([])
    expect(told.exit).toBe(2)
    expect(told.err).toContain('terminal')
  })
})

describe('global flags', () => {
  it('are taken from anywhere on the line, up to a double dash', () => {
    const { global, rest } = splitGlobalFlags([
      '--json',
      'search',
      'x',
      '--offline',
      '--config=a.yaml',
      '--',
      '--quiet',
    ])
    expect(global).toMatchObject({ json: true, offline: true, config: 'a.yaml', quiet: false })
    expect(rest).toEqual(['search', 'x', '--', '--quiet'])
  })

  it('give settings by name, as often as one likes', () => {
    const { global, rest } = splitGlobalFlags(['--setting', 'http.tries=1', 'search', '--setting=ui.theme=a=b'])
    expect([global.settings, rest]).toEqual([{ 'http.tries': '1', 'ui.theme': 'a=b' }, ['search']])
    for (const wrong of [['--setting'], ['--setting', 'http.tries'], ['--setting', '=1']])
      expect(() => splitGlobalFlags(wrong)).toThrow('--setting needs NAME=VALUE')
  })

  it('that need a file say so', () => {
    expect(() => splitGlobalFlags(['search', '--events'])).toThrow('--events needs a file')
    expect(splitGlobalFlags(['search', '--metrics=m.ndjson']).global.metrics).toBe('m.ndjson')
    // Words that every object knows are words like any other.
    expect(splitGlobalFlags(['search', 'constructor', '__proto__']).rest).toEqual([
      'search',
      'constructor',
      '__proto__',
    ])
  })

  it('"marketplace X" is the same as "X"', async () => {
    const [plain, grouped] = [await souk(['search', 'web']), await souk(['marketplace', 'search', 'web'])]
    expect(grouped.out).toBe(plain.out)
    expect(plain.out).toContain('official/web-app')
  })
})

describe('nearest words', () => {
  it('forgive swaps, gaps and beginnings, and do not invent', () => {
    const words = ['search', 'serve', 'show', 'uninstall', 'install']
    expect(nearestOf('serach', words)[0]).toBe('search')
    expect(nearestOf('instal', words)[0]).toBe('install')
    expect(nearestOf('inst', words)).toContain('install')
    expect(nearestOf('zebra', words)).toEqual([])
    expect(nearestOf('', words)).toEqual([])
  })
})

describe('a line without flags', () => {
  it.each(COMMANDS.map((command) => [pathOf(command), command] as const))(
    'is read for "%s" as the parser reads it',
    (_path, command) => {
      const read = (words: string[]): unknown => {
        try {
          return parseArguments(command, words)
        } catch {
          return undefined
        }
      }
      let plain = 0
      for (const words of [[], ['x'], ['x', 'y'], ['x', 'y', 'z'], ['', 'a b'], ['x=y']]) {
        const parsed = parsePlain(command, words)
        if (parsed) plain++
        expect(parsed, words.join(' ')).toEqual(read(words))
      }
      expect(plain).toBeGreaterThan(0)
      expect(parsePlain(command, ['--json'])).toBeUndefined()
      expect(parsePlain(command, ['x', '--', '-y'])).toBeUndefined()
    },
  )
})
