import { appendFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CAUSE_VARIABLE } from './system/cause.ts'
import type { Command, CommandContext } from './commands/command.ts'
import { commandsFor } from './commands/commands-for.ts'
import { splitGlobalFlags, type GlobalFlags } from './commands/global-flags.ts'
import { reportError, warn } from './commands/output.ts'
import { runCommand } from './commands/run-command.ts'
import type { SettingsFlags } from './config/load-settings.ts'
import { variablesIn } from './config/secret.ts'
import type { LoadedSettings } from './config/settings.ts'
import { openDoors } from './doors.ts'
import type { Marketplace } from './marketplace.ts'
import { EXIT, fileProblem, isMarketError, reasonOf, type ExitCode } from './model/errors.ts'
import type { MarketplaceOptions } from './engine/open-marketplace.ts'
import { keepSecret, redactAll } from './model/secrets.ts'
import { refuseNowhere } from './refuse-nowhere.ts'
import { nodeSystem } from './system/node-system.ts'
import { openJsonLog, type JsonLog, type LogTarget } from './system/json-log.ts'
import type { System } from './system/system.ts'

const GOODS = fileURLToPath(new URL('../templates', import.meta.url))
/** Word by which the program starts the process of a job; no command for people. */
const JOB_WORD = '__job'

/** One run of the program: command line in, exit code out. Settings load and the market opens when first asked for. */
export async function enter(
  argv: readonly string[],
  signal: AbortSignal,
  program: CommandContext['program'],
): Promise<ExitCode> {
  const log = openJsonLog({ now: () => system.clock.now(), writeError: (line) => system.io.err.write(line) })
  const system: System = nodeSystem({ log })
  const line = readLine(system, argv)
  if (!line) return EXIT.usage
  const { global, rest } = line
  const commands = rest[0] === JOB_WORD ? [] : await commandsFor(rest)
  const cause = causeOf(system, rest, commands)
  let loading: Promise<LoadedSettings> | undefined
  let opening: Promise<Marketplace> | undefined
  let opened: Marketplace | undefined
  const settings = (): Promise<LoadedSettings> =>
    (loading ??= load(system, global).then((loaded) => {
      openLog(log, system, loaded, rest)
      return loaded
    }))
  let isDrawing = false
  const tell = (text: string): void => {
    if (!isDrawing) warn({ system, global }, `warning: ${text}`)
  }
  const market = (): Promise<Marketplace> =>
    (opening ??= settings()
      .then((loaded) => open({ system, loaded, program, cause }, global, tell))
      .then((market) => (opened = market)))
  const doors = openDoors({ system, settings, market, cause, named: global.config })
  const { openScreens } = doors
  // The screens show warnings in a place of their own.
  doors.openScreens = async (route) => {
    isDrawing = true
    return openScreens(route).finally(() => (isDrawing = false))
  }
  // A command that failed before it opened the market has done nothing that is counted.
  const told = (error: unknown): void => opened?.noteError(error, cause.split(' ')[1])
  const context: CommandContext = { system, program, global, signal, market, doors, told, commands }
  let endMeasuring: (() => void) | undefined
  try {
    endMeasuring = global.metrics === undefined ? undefined : await measured(system, global.metrics)
    refuseNowhere(system.env)
    if (rest[0] !== JOB_WORD) return await runCommand(rest, context)
    // Its file was broken since the job was started: other registries than those that were meant are not asked.
    const { unreadable } = await settings()
    if (unreadable) throw unreadable
    const job = await (await market()).jobs.runStarted(rest[1] ?? '', signal)
    return job.state === 'succeeded' ? EXIT.ok : EXIT.findings
  } catch (error) {
    return reportError(context, error)
  } finally {
    await (await opening?.catch(() => undefined))?.close(true)
    endMeasuring?.()
  }
}

async function measured(system: System, file: string): Promise<() => void> {
  const { measureRun } = await import('./metrics/measure-run.ts')
  return measureRun(system, file)
}

/** What the work of this process is done for: a command by its words alone, or the screens. */
function causeOf(system: System, words: readonly string[], commands: readonly Command[]): string {
  if (words[0] === JOB_WORD) return system.env.get(CAUSE_VARIABLE) ?? 'job'
  const [first, second] = words[0] === 'marketplace' ? words.slice(1) : words
  if (first === undefined || first === 'browse') return 'screens'
  const child = commands.find((one) => one.parent === first && one.name === second)
  return `souk ${child ? `${first} ${child.name}` : (commands.find((one) => one.name === first)?.name ?? '')}`.trim()
}

function readLine(system: System, argv: readonly string[]): ReturnType<typeof splitGlobalFlags> | undefined {
  try {
    return splitGlobalFlags(argv)
  } catch (error) {
    system.io.err.write(`souk: ${reasonOf(error)}${isMarketError(error) && error.hint ? ` ${error.hint}` : ''}\n`)
    return undefined
  }
}

/** Loads the settings and tells what was wrong with them; what is right counts. */
async function load(system: System, global: GlobalFlags): Promise<LoadedSettings> {
  const { loadSettings } = await import('./config/load-settings.ts')
  const loaded = await loadSettings(system, flagsOf(global, system.env))
  if (!global.quiet) {
    for (const problem of loaded.problems) {
      // Told by who cannot do without them, and by who can.
      if (problem !== loaded.unreadable) system.io.err.write(`warning: ${problem.message} ${problem.hint ?? ''}\n`)
    }
  }
  return loaded
}

/** Where the log goes, if there is one: a file without a level means that something is to be in it. */
function logTarget({ level, file }: LoadedSettings['settings']['log']): LogTarget | undefined {
  if (file === '-') return level === 'off' ? undefined : { level }
  return { level: level === 'off' ? 'info' : level, file }
}

/** The log of a run, where one is asked for. Lines of a job's own process carry its id. */
function openLog(log: JsonLog, system: System, { settings }: LoadedSettings, rest: readonly string[]): void {
  const target = logTarget(settings.log)
  if (!target) return
  const job = rest[0] === JOB_WORD ? { job: rest[1] } : {}
  // Known from now on, so that they are hidden even before they are first sent.
  for (const { credentials } of settings.registries) {
    for (const name of variablesIn(JSON.stringify(credentials ?? {}))) keepSecret(system.env.get(name) ?? '')
  }
  log.open(target, job)
  log.info(`started: ${rest[0] === JOB_WORD ? 'job' : (rest[0] ?? 'screens')}`, { module: 'main', pid: system.env.pid })
}

/** A log file is meant from where we stand, also for the process of a job, which stands elsewhere. */
const flagsOf = ({ config, settings }: GlobalFlags, env: System['env']): SettingsFlags => {
  const file = settings['log.file']
  return {
    ...(config === undefined ? {} : { config }),
    overrides: file === undefined ? settings : { ...settings, 'log.file': resolve(env.cwd, file) },
  }
}

async function open(
  parts: Omit<MarketplaceOptions, 'goods' | 'environment' | 'flags'>,
  global: GlobalFlags,
  tell: (text: string) => void,
): Promise<Marketplace> {
  const [{ openMarketplace }, { environmentFor }] = await Promise.all([
    import('./engine/open-marketplace.ts'),
    import('./config/load-settings.ts'),
  ])
  const environment = environmentFor(parts.loaded, flagsOf(global, parts.system.env), parts.system.env)
  const flags = flagsOf(global, parts.system.env)
  const market = await openMarketplace({ ...parts, goods: GOODS, environment, flags })
  if (logTarget(parts.loaded.settings.log)) {
    const { logEvents } = await import('./log-events.ts')
    logEvents(market, parts.system.log)
  }
  market.on('warning', ({ text }) => tell(text))
  if (global.events !== undefined) writeEvents(parts.system, market, global.events)
  return market
}

/** Every event of the run as a JSON line; each is on disk before the run goes on. */
function writeEvents(system: System, market: Marketplace, file: string): void {
  try {
    appendFileSync(file, '')
  } catch (error) {
    throw fileProblem(file, 'events cannot be written there', error)
  }
  market.onAny((name, payload) => {
    appendFileSync(
      file,
      `${JSON.stringify(redactAll({ at: new Date(system.clock.now()).toISOString(), name, payload }))}\n`,
    )
  })
}
