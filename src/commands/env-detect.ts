import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { harmless } from '../model/text.ts'
import type { Command, CommandContext } from './command.ts'
import { answer, printTable } from './output.ts'

/** A program that does not tell its version within this is as good as absent, ms; az takes some seconds. */
const PATIENCE_MS = 20_000
/** Characters of an answer in which a version is looked for. */
const MOST_TOLD = 10_000

/** Programs that some commands use, how each tells its version, and what it is for. */
const PROGRAMS = [
  { name: 'pwsh', ask: ['--version'], use: 'validate --arm-ttk' },
  { name: 'pulumi', ask: ['version'], use: 'deploy --with pulumi' },
  { name: 'az', ask: ['version', '--output', 'json'], use: 'deploy' },
  { name: 'git', ask: ['--version'], use: 'registries in git' },
  { name: 'python3', ask: ['--version'], use: 'the project of --format pulumi' },
] as const

interface Detected {
  name: string
  isPresent: boolean
  version: string | null
  use: string
}

/** The first word of a text that looks like a version; a pattern over all of it would take quadratic time. */
const versionIn = (text: string): string | null =>
  text
    .slice(0, MOST_TOLD)
    .split(/[^\w.+-]/)
    .map((word) => word.replace(/^v/, ''))
    .find((word) => /^\d+\.\d/.test(word)) ?? null

async function detect(context: CommandContext, { name, ask, use }: (typeof PROGRAMS)[number]): Promise<Detected> {
  const { run } = context.system
  const options = { timeoutMs: PATIENCE_MS, signal: context.signal }
  const told = await run.program(name, ask, options).catch(() => undefined)
  const isPresent = told !== undefined && told.exitCode === 0
  return { name, isPresent, version: isPresent ? versionIn(`${told.stdout}${told.stderr}`) : null, use }
}

/** The folder of the Azure toolkit, as the settings name it. */
async function armTtk(context: CommandContext): Promise<Detected> {
  const { armTtk: folder } = (await context.market()).loaded.settings.validation
  const path = resolve(context.system.env.cwd, folder)
  const isPresent = folder !== 'none' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  return { name: 'arm-ttk', isPresent, version: null, use: 'validate --arm-ttk' }
}

export const envDetect: Command = {
  name: 'detect',
  parent: 'env',
  summary: 'tell which programs that commands use are on this machine',
  description:
    'Reports the platform, Node, and whether PowerShell, the Azure toolkit of the settings, Pulumi, the Azure CLI, git and Python are there, with their versions. Each is asked for its version and nothing else; nothing is changed and nothing is contacted.',
  examples: [{ line: 'souk env detect --json', text: 'for a script' }],
  arguments: [],
  options: [],
  seeAlso: ['doctor', 'deploy'],
  module: 'pipeline',
  async run(context) {
    const { env } = context.system
    const node = {
      name: 'node',
      isPresent: true,
      version: versionIn(context.program.runtime ?? ''),
      use: 'souk itself',
    }
    const found = await Promise.all(PROGRAMS.map((one) => detect(context, one)))
    const programs: Detected[] = [node, ...found, await armTtk(context)]
    answer(context, { platform: env.platform, arch: env.arch, programs }, () =>
      printTable(
        context,
        [{ name: 'platform', isPresent: true, version: `${env.platform} ${env.arch}`, use: '' }, ...programs],
        [
          { title: 'WHAT', of: (one) => one.name, give: 0 },
          { title: 'HERE', of: (one) => (one.isPresent ? 'yes' : 'no'), give: 1 },
          { title: 'VERSION', of: (one) => harmless(one.version ?? '-', 60), give: 2 },
          { title: 'FOR', of: (one) => one.use, give: 3 },
        ],
      ),
    )
  },
}
