import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EXIT } from '../model/errors.ts'
import { pathsOf } from '../system/paths.ts'
import type { Command, CommandContext } from './command.ts'
import { answer, printTable, say } from './output.ts'
import { door } from './package.ts'
import { counted } from './words.ts'

/** One thing looked at. `problem` keeps souk from working, `note` only takes something away. */
interface Checkup {
  what: string
  state: 'ok' | 'note' | 'problem'
  text: string
}

/** A folder that is there and may be written, or could be made. */
async function folderCheck(what: string, folder: string): Promise<Checkup> {
  for (let at = folder; ; at = dirname(at)) {
    const facts = await stat(at).catch(() => undefined)
    if (!facts && at !== dirname(at)) continue
    if (!facts?.isDirectory()) return { what, state: 'problem', text: `${folder}: ${at} is not a folder` }
    const isWritable = await access(at, constants.W_OK).then(
      () => true,
      () => false,
    )
    if (!isWritable) return { what, state: 'problem', text: `${folder}: ${at} may not be written` }
    return { what, state: 'ok', text: at === folder ? folder : `${folder} (will be made)` }
  }
}

async function gitCheck(context: CommandContext): Promise<Checkup> {
  const answered = await context.system.run.program('git', ['--version'], { timeoutMs: 5000, signal: context.signal })
  if (answered.exitCode === 0) return { what: 'git', state: 'ok', text: answered.stdout.trim() }
  return { what: 'git', state: 'note', text: 'not found; registries of protocol git cannot be read without it' }
}

function terminalCheck(context: CommandContext): Checkup {
  const { env, io } = context.system
  const term = env.get('TERM') ?? 'unset'
  const what = 'terminal'
  if (!io.stdinIsTTY || !io.out.isTTY)
    return { what, state: 'note', text: 'no terminal here; the screens need one, commands do not' }
  const size = `${io.out.columns}x${io.out.rows}`
  if (term === 'dumb') return { what, state: 'note', text: `TERM=dumb, ${size}: no screens` }
  const isSmall = io.out.columns < 40 || io.out.rows < 12
  return { what, state: isSmall ? 'note' : 'ok', text: `${term}, ${size}${isSmall ? ': the screens need 40x12' : ''}` }
}

async function settingsCheck(context: CommandContext): Promise<Checkup> {
  if (!context.doors.settings) return { what: 'settings', state: 'note', text: 'not read' }
  const { file, problems, unreadable } = await context.doors.settings()
  if (unreadable) return { what: 'settings', state: 'problem', text: unreadable.message }
  const text = file ? `${file.path}, ${counted(problems.length, 'fault')}` : 'no file; the defaults are used'
  return { what: 'settings', state: problems.length > 0 ? 'note' : 'ok', text }
}

const doctor: Command = {
  name: 'doctor',
  summary: 'look at this installation and say what is wrong',
  description:
    'Checks the runtime, the folders, the settings file, the terminal and the programs souk uses. Exit 1 when something keeps it from working.',
  examples: [{ line: 'souk doctor', text: 'one line a check' }],
  arguments: [],
  options: [],
  exits: [EXIT.findings],
  seeAlso: ['config', 'registries'],
  module: 'commands',
  async run(context) {
    const { config, cache, state, data } = pathsOf(context.system.env)
    const { platform, arch } = context.system.env
    const checks: Checkup[] = [
      { what: 'program', state: 'ok', text: `${context.program.name} ${context.program.version}` },
      { what: 'runtime', state: 'ok', text: `Node ${context.program.runtime ?? 'unknown'} on ${platform} ${arch}` },
      await settingsCheck(context),
      await folderCheck('settings folder', config),
      await folderCheck('cache folder', cache),
      await folderCheck('state folder', state),
      await folderCheck('data folder', data),
      terminalCheck(context),
      await gitCheck(context),
    ]
    const isOk = checks.every((check) => check.state !== 'problem')
    answer(context, { ok: isOk, checks }, () =>
      printTable(context, checks, [
        { title: 'STATE', of: (check) => check.state, give: 0 },
        { title: 'WHAT', of: (check) => check.what, give: 1 },
        { title: 'FOUND', of: (check) => check.text, give: 9, least: 12 },
      ]),
    )
    return isOk ? EXIT.ok : EXIT.findings
  },
}

const modules: Command = {
  name: 'modules',
  parent: 'doctor',
  summary: 'list the parts the engine is built from',
  description:
    'Prints each part of the engine, what provides it, and whether that is the built-in one or a replacement.',
  examples: [{ line: 'souk doctor modules --json', text: 'for a script' }],
  arguments: [],
  options: [],
  module: 'commands',
  async run(context) {
    const rows = await door(context, 'modules')()
    answer(context, rows, () => {
      if (rows.length === 0) say(context, 'No parts are named.')
      else
        printTable(context, rows, [
          { title: 'PART', of: (row) => row.token, give: 0 },
          { title: 'PROVIDER', of: (row) => row.provider, give: 1, least: 10 },
          { title: 'FROM', of: (row) => row.origin, give: 2 },
        ])
    })
  },
}

const paths: Command = {
  name: 'paths',
  parent: 'doctor',
  summary: 'print where everything is kept',
  description: 'Prints the places of settings, cache, state, jobs and installed goods. SOUK_HOME moves all of them.',
  examples: [{ line: 'souk doctor paths --json', text: 'for a script' }],
  arguments: [],
  options: [],
  module: 'commands',
  async run(context) {
    const { config, cache, state, data, jobs, store } = pathsOf(context.system.env)
    const places = {
      settings: config,
      cache: join(cache, 'cache.sqlite'),
      health: join(state, 'health.json'),
      jobs,
      data,
      metadata: join(store, 'installed.json'),
      assets: join(store, 'goods'),
      plugins: join(data, 'plugins'),
    }
    answer(context, places, () => {
      for (const [what, path] of Object.entries(places)) say(context, `${what.padEnd(10)}${path}`)
    })
  },
}

export const DOCTOR_COMMANDS: readonly Command[] = [doctor, modules, paths]
