import { usage } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { CommandOption } from './command.ts'

/** Flags that every command takes, wherever they stand on the line. */
export interface GlobalFlags {
  json: boolean
  quiet: boolean
  verbose: boolean
  /** False with --no-color. Whether colour is really used also depends on the output and on NO_COLOR. */
  color: boolean
  config?: string
  /** Settings by dotted name, over file and environment. */
  settings: Record<string, string>
  offline: boolean
  refresh: boolean
  events?: string
  /** File for what the run uses of memory and processor. */
  metrics?: string
  strict: boolean
  debug: boolean
}

const PROFILE_NAMES = ['development', 'staging', 'production']
const LOG_LEVELS = ['off', 'debug', 'info', 'warn']
/** Flags that are settings of this run under a shorter name. */
const SETTING_FLAGS: ReadonlyMap<string, string> = new Map([
  ['--profile', 'profile'],
  ['--log-level', 'log.level'],
  ['--log-file', 'log.file'],
])

export const GLOBAL_OPTIONS: readonly CommandOption[] = [
  { flag: '--json', summary: 'print one JSON value on standard output and nothing else there' },
  { flag: '--quiet', summary: 'no warnings and no progress on standard error' },
  { flag: '--verbose', summary: 'say more on standard error: every registry, every request' },
  { flag: '--no-color', summary: 'no colours (also NO_COLOR=1)' },
  { flag: '--config', value: 'FILE', summary: 'read the settings from FILE', completes: 'file' },
  {
    flag: '--setting',
    value: 'NAME=VALUE',
    summary: 'one setting for this run, such as cache.maxBytes=50MiB',
    isMany: true,
  },
  {
    flag: '--profile',
    value: 'NAME',
    summary: 'what is allowed, and which registries are asked',
    choices: PROFILE_NAMES,
  },
  {
    flag: '--log-level',
    value: 'LEVEL',
    summary: 'log the run as JSON lines, on standard error without --log-file',
    choices: LOG_LEVELS,
  },
  { flag: '--log-file', value: 'FILE', summary: 'append the log to FILE', completes: 'file' },
  { flag: '--offline', summary: 'ask no registry; answer from the cache' },
  { flag: '--refresh', summary: 'ask every registry even when the cache is fresh' },
  { flag: '--events', value: 'FILE', summary: 'write every event of the run to FILE as JSON lines', completes: 'file' },
  {
    flag: '--metrics',
    value: 'FILE',
    summary: 'write memory, processor time and timings of the run to FILE as JSON lines',
    completes: 'file',
  },
  { flag: '--strict', summary: 'exit 3 when any registry failed, not only when all did' },
  { flag: '--debug', summary: 'print the stack of an error' },
  { flag: '--version', summary: 'print the version and end' },
  { flag: '--help', summary: 'print the manual of a command and end' },
]

const SWITCHES: Record<string, Partial<GlobalFlags>> = {
  '--json': { json: true },
  '--quiet': { quiet: true },
  '-q': { quiet: true },
  '--verbose': { verbose: true },
  '--no-color': { color: false },
  '--offline': { offline: true },
  '--refresh': { refresh: true },
  '--strict': { strict: true },
  '--debug': { debug: true },
}

const FILE_FLAGS = new Map([
  ['--config', 'config'],
  ['--events', 'events'],
  ['--metrics', 'metrics'],
] as const)

/**
 * Takes the global flags out of a command line; `rest` is what the command itself reads. `--help` and `--version`
 * stay in `rest`, because some commands have a `--version` of their own. Nothing after `--` is touched.
 */
export function splitGlobalFlags(argv: readonly string[]): { global: GlobalFlags; rest: string[] } {
  const global: GlobalFlags = {
    json: false,
    quiet: false,
    verbose: false,
    color: true,
    settings: {},
    offline: false,
    refresh: false,
    strict: false,
    debug: false,
  }
  const rest: string[] = []
  const settings: [string, string][] = []
  const end = (words: readonly string[]) => ({
    global: { ...global, settings: Object.fromEntries(settings) },
    rest: [...rest, ...words],
  })
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? ''
    if (word === '--') return end(argv.slice(index))
    const [flag, inline] = splitOnce(word)
    const file = FILE_FLAGS.get(flag as '--config')
    if (file) {
      const value = inline ?? argv[++index]
      if (value === undefined || value === '') throw usage(`${flag} needs a file after it.`)
      global[file] = value
    } else if (SETTING_FLAGS.has(flag)) {
      settings.push([SETTING_FLAGS.get(flag) ?? '', chosen(flag, inline ?? argv[++index])])
    } else if (flag === '--setting') settings.push(settingOf(inline ?? argv[++index]))
    else if (Object.hasOwn(SWITCHES, word)) Object.assign(global, SWITCHES[word])
    else rest.push(word)
  }
  return end([])
}

function chosen(flag: string, value: string | undefined): string {
  const choices = GLOBAL_OPTIONS.find((one) => one.flag === flag)?.choices
  if (value === undefined || value === '') throw usage(`${flag} needs a value after it.`)
  if (choices && !choices.includes(value)) {
    throw usage(`${flag} does not take "${harmless(value, 80)}".`, `It takes one of: ${choices.join(', ')}.`)
  }
  return value
}

function settingOf(text: string | undefined): [string, string] {
  const cut = text?.indexOf('=') ?? -1
  if (text === undefined || cut < 1) {
    throw usage('--setting needs NAME=VALUE after it.', 'See "souk config list" for every name.')
  }
  return [text.slice(0, cut), text.slice(cut + 1)]
}

function splitOnce(word: string): [string, string | undefined] {
  const cut = word.startsWith('--') ? word.indexOf('=') : -1
  return cut < 0 ? [word, undefined] : [word.slice(0, cut), word.slice(cut + 1)]
}
