import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DeployCommand, Deployment } from '../model/deployment.ts'
import type { Marketplace } from '../marketplace.ts'
import { jobFailed, usage } from '../model/errors.ts'
import { problemOf } from '../model/problem.ts'
import { quoted } from '../model/shell.ts'
import { harmless } from '../model/text.ts'
import type { Command, CommandContext } from './command.ts'
import { confirmed } from './confirm.ts'
import { answer, say, strong, withProgress } from './output.ts'
import { ENV_OPTION } from './run-input.ts'
import { templateOf } from './template-argument.ts'
import { isSet, listOf, textOf } from './values.ts'
import { counted } from './words.ts'

/** An API Management service alone takes Azure up to an hour; a deployment waits for it. */
const LONGEST_MS = 3 * 3_600_000

/** Variables that the two programs take their credentials and their state from; no other is handed over. */
const VARIABLES = [
  'PULUMI_CONFIG_PASSPHRASE',
  'PULUMI_CONFIG_PASSPHRASE_FILE',
  'PULUMI_ACCESS_TOKEN',
  'PULUMI_BACKEND_URL',
  'PULUMI_HOME',
  'AZURE_STORAGE_ACCOUNT',
  'AZURE_STORAGE_KEY',
  'AZURE_STORAGE_SAS_TOKEN',
  'AZURE_CONFIG_DIR',
  'ARM_CLIENT_ID',
  'ARM_CLIENT_SECRET',
  'ARM_TENANT_ID',
  'ARM_SUBSCRIPTION_ID',
  'HTTPS_PROXY',
  'NO_PROXY',
] as const

const lineOf = ({ command }: DeployCommand): string => command.map((word) => quoted(harmless(word, 500))).join(' ')

function printCommands(context: CommandContext, all: readonly Deployment[], generate: (env: string) => string): void {
  for (const one of all) {
    const { env, commands, orElse, isGenerated } = one
    say(context, strong(context, `${env}, with ${one.with}`))
    if (!isGenerated) say(context, `  # not generated yet: ${generate(env)}`)
    const [first] = commands
    if (first) say(context, `  cd ${quoted(harmless(first.folder, 1000))}`)
    const isJoined = orElse !== undefined
    if (isJoined) say(context, `  ${commands.map(lineOf).join(' && ')}`)
    else for (const command of commands) say(context, `  ${lineOf(command)}`)
    if (orElse) say(context, `  # or: ${lineOf(orElse)}`)
  }
}

/** Throws `usage` when a program is not on this machine. */
async function mustHave(context: CommandContext, tool: string): Promise<void> {
  const { run } = context.system
  const isHere = await run.program(tool, ['version'], { timeoutMs: 60_000, signal: context.signal }).then(
    (result) => result.exitCode === 0,
    () => false,
  )
  if (!isHere)
    throw usage(
      `${tool} is not on this machine, so nothing was run.`,
      'Install it, or run the printed commands where it is.',
    )
}

async function execute(context: CommandContext, { command, folder }: DeployCommand): Promise<void> {
  const { system, signal } = context
  const [tool = '', ...rest] = command
  // The yes was said here: asked once more, the program would wait for a terminal it has not got.
  const args = tool === 'pulumi' && rest[0] === 'up' ? [...rest, '--yes', '--non-interactive'] : rest
  const env = Object.fromEntries(
    VARIABLES.flatMap((name) => {
      const value = system.env.get(name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
  const line = [tool, ...args].join(' ')
  const ended = await withProgress(context, `${line} ...`, () =>
    system.run.program(tool, args, { cwd: folder, env, timeoutMs: LONGEST_MS, signal, isTree: true }),
  )
  for (const text of ended.stdout.split('\n').filter(Boolean)) say(context, harmless(text, 2000))
  if (ended.exitCode === 0) return
  const why = ended.timedOut ? 'it took too long' : `it ended with ${ended.exitCode}`
  throw jobFailed(line, `${why}: ${harmless(ended.stderr.trim(), 2000) || 'it said nothing'}`)
}

/** Runs the commands of one environment; however it ends, that is told. */
async function deployOne(context: CommandContext, market: Marketplace, target: string, one: Deployment): Promise<void> {
  const told = { target, env: one.env, with: one.with }
  try {
    for (const command of one.commands) await execute(context, command)
    market.templates.deployed(told)
  } catch (error) {
    market.templates.deployed({ ...told, problem: problemOf(error) })
    throw error
  }
}

export const deploy: Command = {
  name: 'deploy',
  summary: 'print the commands that deploy an environment, or run them',
  description:
    'Prints what to run with the Azure CLI, or with Pulumi where there is a project or --with pulumi says so, for each environment. The files are those of the folder that is named, or of a template those in --out. Nothing runs and nothing is contacted, which is what --dry-run says too. With --execute the commands run, one after another, in the order of the environments, once you have said yes: the program must be on this machine, the files generated, and it must be signed in.',
  examples: [
    { line: 'souk deploy azure-event-driven --env dev', text: 'the commands for one' },
    { line: 'souk deploy out --env dev,qa,staging,prod --with pulumi', text: 'all four, with Pulumi' },
    { line: 'souk deploy out --env dev --execute', text: 'ask, then run them' },
  ],
  arguments: [
    { name: 'target', summary: 'a template, or a folder that was generated', isRequired: true, completes: 'template' },
  ],
  options: [
    ENV_OPTION,
    { flag: '--out', value: 'DIR', summary: 'where the files of the template are', preset: 'out', completes: 'folder' },
    { flag: '--with', value: 'PROGRAM', summary: 'what deploys', choices: ['az', 'pulumi'] },
    { flag: '--resource-group', value: 'NAME', summary: 'in place of the one that the names of the template make' },
    { flag: '--dry-run', summary: 'print the commands only; so it is without --execute' },
    { flag: '--execute', summary: 'run them, after a yes' },
    { flag: '--yes', summary: 'say yes in advance' },
  ],
  seeAlso: ['run', 'cost', 'diff'],
  module: 'pipeline',
  async run(context, [given = ''], values) {
    const { cwd } = context.system.env
    const isWanted = isSet(values, 'execute') && !isSet(values, 'dry-run')
    const envs = [...new Set(listOf(values, 'env'))]
    if (envs.length === 0) throw usage('--env names what is deployed, such as dev.')
    const kind = textOf(values, 'with')
    const resourceGroup = textOf(values, 'resource-group')
    if (resourceGroup !== undefined && !/^[\w().-]{1,90}$/.test(resourceGroup))
      throw usage('A resource group has 1 to 90 letters, digits and ._-() in its name.')
    const folder = resolve(cwd, given)
    const out = resolve(cwd, textOf(values, 'out') ?? 'out')
    const market = await context.market()
    const all = await market.templates.deployments({
      target: existsSync(folder) ? folder : templateOf(context, given),
      envs,
      out,
      ...(kind === 'az' || kind === 'pulumi' ? { with: kind } : {}),
      ...(resourceGroup === undefined ? {} : { resourceGroup }),
    })
    const generate = (env: string): string => `souk run ${quoted(given)} --env ${env} --out ${quoted(out)}`
    if (!isWanted) {
      return answer(context, { deployments: all, executed: false }, () => {
        printCommands(context, all, generate)
        say(context, 'Nothing was run; --execute runs them.')
      })
    }
    const missing = all.find((one) => !one.isGenerated)
    if (missing) throw usage(`${missing.env} is not generated yet.`, `First run "${generate(missing.env)}".`)
    for (const tool of new Set(all.map((one) => one.with))) await mustHave(context, tool)
    printCommands(context, all, generate)
    await confirmed(context, `Deploy ${counted(all.length, 'environment')}`, values, () => ({ deployments: all }))
    for (const one of all) await deployOne(context, market, harmless(given, 200), one)
    answer(context, { deployments: all, executed: true }, () => say(context, `Deployed ${envs.join(', ')}.`))
  },
}
