import { allBindings } from '../../screens/bindings.ts'
import { keyWord } from '../../screens/keymap.ts'
import { pathOf } from '../../src/commands/command.ts'
import { GLOBAL_OPTIONS } from '../../src/commands/global-flags.ts'
import { COMMANDS } from '../../src/commands/list.ts'
import { EXIT_MEANINGS, synopsisOf } from '../../src/commands/manual.ts'
import { SETTING_RULES, type SettingRule } from '../../src/config/defaults.ts'
import * as errors from '../../src/model/errors.ts'
import { OUTSIDE } from '../../src/model/limits.ts'

const row = (...cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
const table = (heading: string[], rows: string[]): string =>
  [row(...heading), `|${' --- |'.repeat(heading.length)}`, ...rows].join('\n')

function commandsTable(): string {
  const rows = COMMANDS.filter((command) => !command.isHidden).map((command) =>
    row(
      `\`${synopsisOf(command).replace(' [options]', '')}\``,
      command.summary,
      command.options.map((one) => `\`${one.flag}\``).join(' '),
    ),
  )
  const global = GLOBAL_OPTIONS.map((one) =>
    row(`\`${one.value ? `${one.flag} ${one.value}` : one.flag}\``, one.summary),
  )
  return [
    table(['command', 'what it does', 'flags'], rows),
    '',
    '`souk marketplace X` is the same as `souk X`. Every command has a manual: `souk X --help`. Flags that every command takes:',
    '',
    table(['flag', 'what it does'], global),
  ].join('\n')
}

const exitTable = (): string =>
  table(
    ['code', 'meaning'],
    Object.entries(EXIT_MEANINGS).map(([code, text]) => row(code, text)),
  )

const LIMIT_WORDS: Record<keyof typeof OUTSIDE, string> = {
  jsonBytes: 'one JSON document of a registry, bytes after decompression',
  jsonDepth: 'nesting of lists and objects in it',
  jsonValues: 'values in it',
  yamlBytes: 'one YAML document, bytes',
  yamlDepth: 'nesting in it',
  yamlValues: 'values in it',
  yamlAliases: 'uses of aliases in it',
  fileJsonBytes: 'one JSON file of a folder or repository, bytes',
  fileTextBytes: 'any other file of goods that is read, bytes',
  files: 'files of one folder or repository that are looked at',
  fileDepth: 'folders above such a file',
  listEntries: 'entries of one list of a document',
  words: 'words of one list of words (tags, categories)',
  extraBytes: 'members that no shape knows, bytes kept of one item',
  lineChars: 'one line of text, characters; the rest is cut',
  textChars: 'one text of several lines, characters; the rest is cut',
  artifactBytes: 'one artifact on its way in, bytes',
  archiveDepth: 'folders above a file in an archive',
  pluginFiles: 'files of a plugin',
  pluginBytes: 'bytes of these files together',
  patternChars: 'a pattern that comes with goods, characters',
  patternTextChars: 'the text such a pattern is tried on, characters',
}

const limitsTable = (): string =>
  table(
    ['what comes from outside', 'at most'],
    Object.entries(OUTSIDE).map(([name, most]) =>
      row(LIMIT_WORDS[name as keyof typeof OUTSIDE], most.toLocaleString('en-US')),
    ),
  )

/** One made-up case of every error, so that the manual shows the very sentences of the program. */
export const SAMPLES: Record<string, () => errors.MarketError> = {
  registryConnection: () => errors.registryConnection('team', 'connection refused'),
  registryTimeout: () => errors.registryTimeout('team', 5000),
  registryAuthentication: () => errors.registryAuthentication('team', 401),
  registryCredentials: () => errors.registryCredentials('team', 'private'),
  registryProbe: () => errors.registryProbe('https://market.example.com', 'connection refused', undefined),
  registryAuthorization: () => errors.registryAuthorization('team', 403),
  registryRateLimit: () => errors.registryRateLimit('team', 30_000),
  registryStatus: () => errors.registryStatus('team', 500),
  registryAnswer: () => errors.registryAnswer('team', 'HTML instead of JSON'),
  registryVersion: () => errors.registryVersion('team', '2', 1),
  registryOffline: () => errors.registryOffline('team'),
  registryPartial: () =>
    errors.registryPartial(
      'team',
      { have: 200, total: 1000, page: 3 },
      errors.registryConnection('team', 'the connection was reset'),
    ),
  registryPace: () => errors.registryPace('team'),
  registryOpen: () => errors.registryOpen('team', { failures: 5, at: 30_000, now: 18_000 }),
  registryUntrusted: () =>
    errors.registryUntrusted('team', 'http://market.example would be asked in the clear; use https'),
  registryUnknown: () => errors.registryUnknown('taem', ['team']),
  registryPublisher: () => errors.registryPublisher('team'),
  registryRefused: () => errors.registryRefused('team', 409, 'web-app 1.0.0 is published already'),
  registryReadOnly: () => errors.registryReadOnly('official', 'it is read-only'),
  allRegistriesFailed: () => errors.allRegistriesFailed([{ registry: 'team', reason: 'connection refused' }]),
  itemNotFound: () => errors.itemNotFound('web-ap', ['web-app']),
  itemWithdrawn: () => errors.itemWithdrawn('team/web-app', 'team', ['acme/web-shop', 'acme/web-site']),
  itemUnreachable: () =>
    errors.itemUnreachable('web-app', 'team', errors.registryConnection('team', 'the connection was refused')),
  itemVersion: () => errors.itemVersion('web-app', '^9', ['1.2.0']),
  itemDependency: () => errors.itemDependency('web-app', 'no version of core fits everyone who needs it'),
  itemDigest: () => errors.itemDigest('web-app', 'ab', 'cd'),
  itemSource: () => errors.itemSource('https://git.example.com/web-app', 'Could not resolve host: git.example.com'),
  itemUnsafe: () => errors.itemUnsafe('web-app', 'an entry leaves its folder'),
  itemFailedRules: () => errors.itemFailedRules('web-app', [{ env: 'dev', score: 40, findings: 3 }], 'out'),
  itemInstall: () => errors.itemInstall('web-app', 'the disk is full'),
  itemNeeded: () => errors.itemNeeded('core', ['web-app']),
  itemNotInstalled: () => errors.itemNotInstalled('web-app', []),
  itemJson: () => errors.itemJson('main.json', { line: 7, column: 12 }, 'a value is expected here, found "}"'),
  itemManifest: () => errors.itemManifest('souk.yaml', 'version must be a semantic version'),
  configInvalid: () =>
    errors.configInvalid({ file: 'registries.yaml', line: 3, column: 5, field: 'url' }, 'is missing'),
  configChanged: () => errors.configChanged('registries.yaml'),
  configMissing: () => errors.configMissing('team.yaml'),
  configVariable: () => errors.configVariable({ file: 'registries.yaml', line: 7, column: 14 }, 'TEAM_TOKEN'),
  configCredential: () =>
    errors.configCredential(
      { field: 'registries.team.credentials.tokenCommand' },
      'pass ended with 1',
      'Run it by hand to see why; nothing was sent.',
    ),
  configWrite: () => errors.configWrite('registries.yaml', 'permission denied'),
  pluginUnknown: () => errors.pluginUnknown('acmee', ['acme']),
  pluginInvalid: () => errors.pluginInvalid('acme', ['its manifest has no version', 'its code has no protocol "acme"']),
  pluginUntrusted: () => errors.pluginUntrusted('acme', true),
  pluginStopped: () => errors.pluginStopped('acme', 'took more than 256 MiB of memory', 'team'),
  pluginFailed: () => errors.pluginFailed('acme', 'the answer has no rows', 'team'),
  pluginRefused: () => errors.pluginRefused('acme', 'its entry has no member "shop"', 'team'),
  pluginRuntime: () => errors.pluginRuntime('acme'),
  usage: () => errors.usage('There is no command "serach".', 'Did you mean search?'),
  confirmationNeeded: () => errors.confirmationNeeded('Install 2 items'),
  notTerminal: () => errors.notTerminal(),
  jobUnknown: () => errors.jobUnknown('5k2', []),
  jobCancelled: () => errors.jobCancelled('Install 2 items'),
  jobFailed: () => errors.jobFailed('Package', 'the disk is full'),
  jobEnded: () => errors.jobEnded('Package'),
  jobInterrupted: () => errors.jobInterrupted('Package', '5k2m'),
  parameterInvalid: () => errors.parameterInvalid(['location must be of type string.'], ['location']),
  folderNotEmpty: () => errors.folderNotEmpty('out'),
  fileProblem: () => errors.fileProblem('a.json', 'it cannot be read'),
  machineProblem: () =>
    errors.machineProblem(
      Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write', path: 'out/dev' }),
    ) as errors.MarketError,
  storeBusy: () => errors.storeBusy('process 4711'),
}

/** Names of the functions in errors.ts that make an error. */
export const makers = (): string[] =>
  Object.entries(errors)
    .filter(
      ([name, value]) =>
        typeof value === 'function' && /^[a-z]/.test(name) && !['reasonOf', 'isMarketError'].includes(name),
    )
    .map(([name]) => name)

function errorTable(): string {
  const seen = new Map<string, errors.MarketError>()
  for (const make of Object.values(SAMPLES)) {
    const error = make()
    if (!seen.has(error.code)) seen.set(error.code, error)
  }
  const rows = [...seen.values()]
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .map((error) => row(`\`${error.code}\``, String(error.exit), error.message, error.hint ?? ''))
  return table(['code', 'exit', 'it reads, for example', 'what to do'], rows)
}

const STEPS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const

function defaultText({ kind, default: value }: SettingRule): string {
  if (value === undefined) return ''
  if (typeof value !== 'number') return `\`${String(value)}\``
  if (kind === 'duration') {
    const step = STEPS.find(([size]) => value >= size && value % size === 0)
    return step ? `${value / step[0]} ${step[1]}` : `${value} ms`
  }
  if (kind !== 'bytes') return String(value)
  const power = [3, 2, 1].find((one) => value >= 1024 ** one && value % 1024 ** one === 0)
  return power ? `${value / 1024 ** power} ${['KiB', 'MiB', 'GiB'][power - 1] ?? ''}` : `${value} B`
}

const KINDS: Record<SettingRule['kind'], string> = {
  duration: 'duration, such as `15m` or ms',
  bytes: 'size, such as `100MiB` or bytes',
  count: 'whole number',
  flag: '`true` or `false`',
  text: 'text',
  stores: '`disk`, `memory`, or one or more addresses',
}

const settingsTable = (): string =>
  table(
    ['setting', 'default', 'written as'],
    SETTING_RULES.map((rule) =>
      row(
        `\`${rule.name}\``,
        defaultText(rule),
        rule.choices ? rule.choices.map((one) => `\`${one}\``).join(' or ') : KINDS[rule.kind],
      ),
    ),
  )

const keysTable = (): string =>
  table(
    ['key', 'where', 'what it does'],
    allBindings.map((one) =>
      row(
        one.keys.map((key) => `\`${keyWord(key)}\``).join(' '),
        one.screens === 'all' ? 'everywhere' : one.screens.join(', '),
        one.text,
      ),
    ),
  )

/** The parts of the README that are drawn from code, by the name in their markers. */
export const README_PARTS: Record<string, () => string> = {
  commands: commandsTable,
  'exit-codes': exitTable,
  'error-codes': errorTable,
  settings: settingsTable,
  limits: limitsTable,
  keys: keysTable,
}

/** Every command by the words that call it. */
export const commandPaths = (): string[] => COMMANDS.filter((command) => !command.isHidden).map(pathOf)
