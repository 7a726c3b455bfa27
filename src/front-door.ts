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
import type { Workshop, WorkshopOptions } from './engine/open-workshop.ts'
import type { Jobs } from './jobs/job.ts'
import { keepSecret, redactAll } from './model/secrets.ts'
import { refuseNowhere } from './refuse-nowhere.ts'
import { nodeSystem } from './system/node-system.ts'
import type { EventHub } from './system/event-hub.ts'
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
  let preparing: Promise<Workshop> | undefined
  let prepared: Workshop | undefined
  let opening: Promise<Marketplace> | undefined
  const settings = (): Promise<LoadedSettings> =>
    (loading ??= load(system, global).then((loaded) => {
      openLog(log, system, loaded, rest)
      return loaded
    }))
  let isDrawing = false
  const tell = (text: string): void => {
    if (!isDrawing) warn({ system, global }, `warning: ${text}`)
  }
  const workshop = (): Promise<Workshop> =>
    (preparing ??= settings()
      .then((loaded) => prepare({ system, loaded, program, cause, openMarket: market }, global, tell))
      .then((made) => (prepared = made)))
  const market = (): Promise<Marketplace> =>
    (opening ??= Promise.all([settings(), workshop()]).then(([loaded, made]) =>
      open({ system, loaded, program, cause, workshop: made }, global),
    ))
  const doors = openDoors({ system, settings, market, cause, named: global.config })
  const { openScreens } = doors
  // The screens show warnings in a place of their own.
  doors.openScreens = async (route) => {
    isDrawing = true
    return openScreens(route).finally(() => (isDrawing = false))
  }
  // A command that failed before it opened anything has done nothing that is counted.
  const told = (error: unknown): void => prepared?.noteError(error, cause.split(' ')[1])
  const jobs = async (): Promise<Jobs> => (await workshop()).jobs
  const context: CommandContext = { system, program, global, signal, market, jobs, doors, told, commands }
  let endMeasuring: (() => void) | undefined
  try {
    endMeasuring = global.metrics === undefined ? undefined : await measured(system, global.metrics)
    refuseNowhere(system.env)
    if (rest[0] !== JOB_WORD) return await runCommand(rest, context)
    // Its file was broken since the job was started: other registries than those that were meant are not asked.
    const { unreadable } = await settings()
    if (unreadable) throw unreadable
    const job = await (await jobs()).runStarted(rest[1] ?? '', signal)
    return job.state === 'succeeded' ? EXIT.ok : EXIT.findings
  } catch (error) {
    return reportError(context, error)
  } finally {
    const market = await opening?.catch(() => undefined)
    await (market ?? (await preparing?.catch(() => undefined)))?.close(true)
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

/** Opens what stands before the market, and tells of its events whom the command line names. */
async function prepare(
  parts: Omit<WorkshopOptions, 'environment' | 'flags'>,
  global: GlobalFlags,
  tell: (text: string) => void,
): Promise<Workshop> {
  const [{ openWorkshop }, { environmentFor }] = await Promise.all([
    import('./engine/open-workshop.ts'),
    import('./config/load-settings.ts'),
  ])
  const flags = flagsOf(global, parts.system.env)
  const environment = environmentFor(parts.loaded, flags, parts.system.env)
  const workshop = openWorkshop({ ...parts, environment, flags })
  const { hub } = workshop
  if (logTarget(parts.loaded.settings.log)) {
    const { logEvents } = await import('./log-events.ts')
    logEvents(hub, parts.system.log)
  }
  hub.on('warning', ({ text }) => tell(text))
  if (global.events !== undefined) writeEvents(parts.system, hub, global.events)
  return workshop
}

async function open(
  parts: Omit<MarketplaceOptions, 'goods' | 'environment' | 'flags'> & { workshop: Workshop },
  global: GlobalFlags,
): Promise<Marketplace> {
  const { openMarketplace } = await import('./engine/open-marketplace.ts')
  const { environment } = parts.workshop
  return openMarketplace({ ...parts, goods: GOODS, environment, flags: flagsOf(global, parts.system.env) })
}

/** Every event of the run as a JSON line; each is on disk before the run goes on. */
function writeEvents(system: System, hub: EventHub, file: string): void {
  try {
    appendFileSync(file, '')
  } catch (error) {
    throw fileProblem(file, 'events cannot be written there', error)
  }
  hub.onAny((name, payload) => {
    appendFileSync(
      file,
      `${JSON.stringify(redactAll({ at: new Date(system.clock.now()).toISOString(), name, payload }))}\n`,
    )
  })
}
