import { appendFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { CommandContext } from './commands/command.ts'
import { splitGlobalFlags, type GlobalFlags } from './commands/global-flags.ts'
import { COMMANDS } from './commands/list.ts'
import { reportError, warn } from './commands/output.ts'
import { runCommand } from './commands/run-command.ts'
import type { SettingsFlags } from './config/load-settings.ts'
import type { LoadedSettings } from './config/settings.ts'
import { openDoors } from './doors.ts'
import type { Marketplace } from './marketplace.ts'
import { EXIT, fileProblem, isMarketError, reasonOf, type ExitCode } from './model/errors.ts'
import type { MarketplaceOptions } from './open-marketplace.ts'
import { redactAll } from './model/secrets.ts'
import { nodeSystem } from './system/node-system.ts'
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
  const system = nodeSystem()
  const line = readLine(system, argv)
  if (!line) return EXIT.usage
  const { global, rest } = line
  const cause = causeOf(system, rest)
  let loading: Promise<LoadedSettings> | undefined
  let opening: Promise<Marketplace> | undefined
  let opened: Marketplace | undefined
  const settings = (): Promise<LoadedSettings> => (loading ??= load(system, global))
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
  const told = (error: unknown): void => opened?.noteError(error, rest[0])
  const context: CommandContext = { system, program, global, signal, market, doors, told, commands: COMMANDS }
  try {
    if (rest[0] !== JOB_WORD) return await runCommand(rest, context)
    const job = await (await market()).jobs.runStarted(rest[1] ?? '', signal)
    return job.state === 'succeeded' ? EXIT.ok : EXIT.findings
  } catch (error) {
    return reportError(context, error)
  } finally {
    await (await opening?.catch(() => undefined))?.close()
  }
}

/** Variable that tells the process of a job which command started it. */
const CAUSE_VARIABLE = 'SOUK_CAUSE'

/** What the work of this process is done for: a command by its words alone, or the screens. */
function causeOf(system: System, words: readonly string[]): string {
  if (words[0] === JOB_WORD) return system.env.get(CAUSE_VARIABLE) ?? 'job'
  const [first, second] = words[0] === 'marketplace' ? words.slice(1) : words
  if (first === undefined || first === 'browse') return 'screens'
  const child = COMMANDS.find((one) => one.parent === first && one.name === second)
  return `souk ${child ? `${first} ${child.name}` : (COMMANDS.find((one) => one.name === first)?.name ?? '')}`.trim()
}

function readLine(system: System, argv: readonly string[]): ReturnType<typeof splitGlobalFlags> | undefined {
  try {
    return splitGlobalFlags(argv)
  } catch (error) {
    system.io.err.write(`${reasonOf(error)}${isMarketError(error) && error.hint ? ` ${error.hint}` : ''}\n`)
    return undefined
  }
}

/** Loads the settings and tells what was wrong with them; what is right counts. */
async function load(system: System, global: GlobalFlags): Promise<LoadedSettings> {
  const { loadSettings } = await import('./config/load-settings.ts')
  const loaded = await loadSettings(system, flagsOf(global))
  if (!global.quiet) {
    for (const problem of loaded.problems) system.io.err.write(`warning: ${problem.message} ${problem.hint ?? ''}\n`)
  }
  return loaded
}

const flagsOf = ({ config, settings }: GlobalFlags): SettingsFlags => ({
  ...(config === undefined ? {} : { config }),
  overrides: settings,
})

async function open(
  parts: Omit<MarketplaceOptions, 'goods' | 'environment' | 'flags'>,
  global: GlobalFlags,
  tell: (text: string) => void,
): Promise<Marketplace> {
  const [{ openMarketplace }, { environmentFor }] = await Promise.all([
    import('./open-marketplace.ts'),
    import('./config/load-settings.ts'),
  ])
  const environment = {
    ...environmentFor(parts.loaded, flagsOf(global), parts.system.env),
    [CAUSE_VARIABLE]: parts.cause ?? '',
  }
  const market = await openMarketplace({ ...parts, goods: GOODS, environment, flags: flagsOf(global) })
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
