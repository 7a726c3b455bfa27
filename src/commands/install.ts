import { bytesText } from '../model/bytes-text.ts'
import type { Marketplace, PlanRequest } from '../marketplace.ts'
import {
  EXIT,
  isMarketError,
  itemDependency,
  itemNotFound,
  itemVersion,
  registryAuthentication,
  type ExitCode,
  type MarketError,
} from '../model/errors.ts'
import type { Change, Plan } from '../model/plan.ts'
import type { Command, CommandContext, CommandOption } from './command.ts'
import { confirmed } from './confirm.ts'
import { followToEnd } from './follow.ts'
import { askingOf } from './search.ts'
import { answer, printTable, say, sayText, warn, withProgress } from './output.ts'
import { isSet, type Values } from './values.ts'
import { counted } from './words.ts'

const YES: CommandOption = { flag: '--yes', summary: 'do not ask' }
const DRY_RUN: CommandOption = { flag: '--dry-run', summary: 'print the plan and change nothing' }
const DETACH: CommandOption = { flag: '--detach', summary: 'do not wait for the job; print its id' }
const WORDS = { install: 'Install', update: 'Update', uninstall: 'Remove' } as const

/** The plan as people read it. */
function printPlan(context: CommandContext, plan: Plan): void {
  const shown = plan.changes.filter((change) => change.action !== 'keep' || context.global.verbose)
  if (shown.length > 0)
    printTable(context, shown, [
      { title: 'ACTION', of: (change) => change.action, give: 0 },
      { title: 'ID', of: (change) => change.id, give: 1, least: 16 },
      { title: 'VERSION', of: versionsOf, give: 2 },
      {
        title: 'SIZE',
        of: (change) => (change.size === undefined ? '' : bytesText(change.size)),
        align: 'right',
        give: 4,
      },
      { title: 'WHY', of: (change) => change.why.join('; '), give: 9 },
    ])
  for (const one of plan.requires ?? []) sayText(context, `needs ${one.name} ${one.range}, for ${one.by.join(', ')}`)
  for (const conflict of plan.conflicts) {
    const ranges = conflict.ranges.map((one) => `${one.by} wants ${one.range}`).join(', ')
    say(context, `conflict: ${conflict.name}: ${ranges}. ${conflict.suggestion ?? ''}`.trimEnd())
  }
  for (const gap of plan.missing)
    say(
      context,
      `missing: ${gap.name}${gap.by === ASKED ? '' : `, needed by ${gap.by}`} (asked: ${gap.asked.join(', ')})`,
    )
  for (const text of plan.warnings) warn(context, text)
}

function versionsOf(change: Change): string {
  const to = change.version ?? '-'
  return change.fromVersion && change.fromVersion !== change.version ? `${change.fromVersion} -> ${to}` : to
}

/** A plan for scripts: whole listings are left out. */
const planValue = (plan: Plan): Record<string, unknown> => ({
  ...plan,
  changes: plan.changes.map(({ listing: _listing, ...change }) => change),
})

/** How a plan names the person who asked, where others name the item that needs something. */
const ASKED = 'asked for'

async function refuseBroken(context: CommandContext, market: Marketplace, plan: Plan): Promise<void> {
  const [root = ''] = plan.roots
  const facts = { plan: planValue(plan) }
  const [conflict] = plan.conflicts
  const [range] = conflict?.ranges ?? []
  if (conflict && range?.by === ASKED && conflict.ranges.length === 1)
    throw itemVersion(conflict.name, range.range, conflict.known)
  if (conflict) throw itemDependency(root, `no version of ${conflict.name} fits everyone who needs it`, facts)
  const gap = plan.missing.find((one) => one.by !== ASKED)
  if (gap) throw itemDependency(root, `${gap.name}, needed by ${gap.by}, is in no registry that was reached`, facts)
  const [lost] = plan.missing
  // One name of several that is nowhere leaves the others be; the job tells it among what failed.
  const refusing = lost?.asked.flatMap(refusedOf)[0]
  if (refusing !== undefined) throw registryAuthentication(refusing)
  if (!lost || plan.roots.length > 0) return
  // Asked for by itself, an item says why it is not there: withdrawn, and what is like it, or not to be reached.
  await withProgress(context, `Looking for ${lost.name} ...`, () =>
    market.details(nameOnly(lost.name), askingOf(context)),
  )
  throw itemNotFound(lost.name, [], lost.asked.flatMap(unreachedOf))
}

/** Why a plan that is only looked at cannot be carried out, in the words of the run itself. */
async function problemOf(context: CommandContext, market: Marketplace, plan: Plan): Promise<MarketError | undefined> {
  try {
    await refuseBroken(context, market, plan)
  } catch (error) {
    context.signal?.throwIfAborted()
    if (isMarketError(error)) return error
    throw error
  }
  return undefined
}

/** What was asked for without its range; an `@` at the start belongs to the name. */
function nameOnly(asked: string): string {
  const at = asked.indexOf('@', 1)
  return at < 0 ? asked : asked.slice(0, at)
}

/** Registries in a list of those asked that are marked as not reached, by their names alone. */
const unreachedOf = (asked: string): string[] => /^(.*) \(unreachable/.exec(asked)?.slice(1) ?? []

/** The same for those that refused the credentials, or had none to send. */
const refusedOf = (asked: string): string[] =>
  /^(.*) \(unreachable: (?:registry\.auth|config\.variable)/.exec(asked)?.slice(1) ?? []

/** Plan, show, ask, start the job, follow it. The dry run is this very plan. */
async function carryOut(context: CommandContext, request: PlanRequest, values: Values): Promise<ExitCode> {
  const market = await context.market()
  const plan = await withProgress(context, 'Working out the plan ...', () =>
    market.plan({
      ...request,
      offline: context.global.offline,
      refresh: context.global.refresh,
      signal: context.signal,
    }),
  )
  const work = plan.changes.filter((change) => change.action !== 'keep')
  const isDry = isSet(values, 'dry-run') || isSet(values, 'plan')
  printPlan(context, plan)
  const isBroken = plan.conflicts.length + plan.missing.length > 0
  if (isDry || (work.length === 0 && !isBroken)) {
    const problem = isBroken ? await problemOf(context, market, plan) : undefined
    answer(context, { plan: planValue(plan), ...(problem ? { problem } : {}) }, () => {
      if (isBroken) say(context, 'This plan cannot be carried out as it is; nothing was done.')
      if (problem) say(context, [problem.message, problem.hint ?? ''].join(' ').trimEnd())
      if (isBroken) return
      if (work.length === 0) say(context, nothingToDo(request.action))
      else say(context, `${counted(work.length, 'change')}; nothing was done.`)
    })
    return isBroken ? EXIT.usage : EXIT.ok
  }
  await refuseBroken(context, market, plan)
  const bytes = plan.bytes === undefined ? '' : ` (${bytesText(plan.bytes)})`
  const what = `${WORDS[request.action]} ${counted(work.length, 'item')}${bytes}`
  await confirmed(context, what, values, () => ({ plan: planValue(plan) }))
  return startAndFollow(context, market, { request, plan, what, values })
}

const nothingToDo = (action: PlanRequest['action']): string =>
  action === 'uninstall'
    ? 'Nothing to remove.'
    : action === 'update'
      ? 'Everything is up to date.'
      : 'Already installed.'

interface Work {
  request: PlanRequest
  plan: Plan
  what: string
  values: Values
}

async function startAndFollow(context: CommandContext, market: Marketplace, work: Work): Promise<ExitCode> {
  const { request, plan, what, values } = work
  const id = await market.jobs.start(request.action, `${what}: ${plan.roots.join(', ')}`, {
    ids: request.ids,
    yes: true,
    cascade: request.cascade ?? false,
    offline: context.global.offline,
  })
  if (isSet(values, 'detach')) {
    answer(context, { plan: planValue(plan), job: { id } }, () => say(context, id))
    return EXIT.ok
  }
  // What the plan warned of stands above already.
  const job = await followToEnd(context, market.jobs, id, plan.warnings)
  const failed = failedOf(job.result)
  answer(context, { plan: planValue(plan), job, failed }, () => {
    for (const change of plan.changes.filter((one) => one.action !== 'keep' && !failed.some(({ id }) => id === one.id)))
      say(context, `${DONE[change.action]} ${change.id} ${doneVersion(change)}`.trimEnd())
  })
  for (const one of failed) warn(context, `${one.id}: ${one.message} It was left as it was.`)
  return failed.length > 0 ? EXIT.findings : EXIT.ok
}

/** Items of a bulk job that failed while the rest went on. */
function failedOf(result: Record<string, unknown> | undefined): { id: string; message: string }[] {
  const failed = result?.['failed']
  if (!Array.isArray(failed)) return []
  return failed.map((one: { id?: unknown; message?: unknown }) => ({
    id: String(one.id),
    message: String(one.message),
  }))
}

const doneVersion = (change: Change): string =>
  change.action === 'remove' ? (change.fromVersion ?? '') : versionsOf(change)

const DONE = { add: 'installed', update: 'updated', remove: 'removed', keep: 'kept' } as const

const install: Command = {
  name: 'install',
  summary: 'install items and what they depend on',
  description:
    'Works out the whole plan first (versions, dependencies, bytes), shows it, asks on a terminal, then carries it out as a job: download, verify the digest, scan, place. A killed or failed install leaves the former state. In a pipe it needs --yes; without it the plan is printed and the exit code is 2.\n\nAn id is a name, registry/name, or either with @ and a version range.',
  examples: [
    { line: 'souk install microsoft.foundry', text: 'show the plan, ask, install' },
    { line: 'souk install "official/web-app@^1.2" --yes', text: 'for scripts' },
    { line: 'souk install web-app --dry-run --json', text: 'the plan as JSON, nothing changes' },
  ],
  arguments: [{ name: 'id', summary: 'what to install', isRequired: true, isMany: true, completes: 'item' }],
  options: [
    DRY_RUN,
    YES,
    { flag: '--upgrade', summary: 'bring items that are installed to the newest version that fits' },
    DETACH,
  ],
  exits: [EXIT.findings, EXIT.unreachable, EXIT.auth],
  seeAlso: ['uninstall', 'update', 'installed', 'deps'],
  module: 'install',
  run: (context, ids, values) =>
    carryOut(context, { action: isSet(values, 'upgrade') ? 'update' : 'install', ids: [...ids] }, values),
}

const uninstall: Command = {
  name: 'uninstall',
  summary: 'remove installed items',
  description:
    'Removes items. Files you changed are kept and named, and so are dependencies that nothing needs any more. An item that others need is refused, unless --cascade removes those too.',
  examples: [{ line: 'souk uninstall microsoft.foundry --yes', text: 'without asking' }],
  arguments: [{ name: 'id', summary: 'what to remove', isRequired: true, isMany: true, completes: 'installed' }],
  options: [{ flag: '--cascade', summary: 'also remove what needs it' }, DRY_RUN, YES, DETACH],
  seeAlso: ['installed', 'install'],
  module: 'install',
  run: (context, ids, values) =>
    carryOut(context, { action: 'uninstall', ids: [...ids], cascade: isSet(values, 'cascade') }, values),
}

const update: Command = {
  name: 'update',
  summary: 'bring installed items to newer versions',
  description:
    'Updates the items named, or all of them with --all or without a name. When an update fails the old bytes stay. --plan prints what would change.',
  examples: [
    { line: 'souk update --all --plan', text: 'what would change' },
    { line: 'souk update web-app --yes', text: 'one item, without asking' },
  ],
  arguments: [{ name: 'id', summary: 'what to update; all when left out', isMany: true, completes: 'installed' }],
  options: [
    { flag: '--all', summary: 'everything that is installed' },
    { flag: '--plan', summary: 'print the plan and change nothing' },
    DRY_RUN,
    YES,
    DETACH,
  ],
  exits: [EXIT.findings, EXIT.unreachable, EXIT.auth],
  seeAlso: ['outdated', 'install'],
  module: 'install',
  run: (context, ids, values) =>
    carryOut(context, { action: 'update', ids: isSet(values, 'all') ? [] : [...ids] }, values),
}

export const INSTALL_COMMANDS: readonly Command[] = [install, uninstall, update]
