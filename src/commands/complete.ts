import type { Marketplace } from '../marketplace.ts'
import { SORTS } from '../model/vocabulary.ts'
import type { Command, CommandContext, CommandOption, Completes } from './command.ts'
import { pathOf } from './command.ts'
import { GLOBAL_OPTIONS } from './global-flags.ts'
import { queryOf } from './search.ts'

/** A word the shell may offer. */
interface Offer {
  value: string
  summary?: string
}

/** What to offer: words, or that the shell should look for paths itself. */
export interface Offers {
  kind: 'words' | 'files' | 'folders'
  words: readonly Offer[]
}

const MOST = 200
const NONE: Offers = { kind: 'words', words: [] }
const words = (values: readonly string[]): Offers => ({ kind: 'words', words: values.map((value) => ({ value })) })

/** Where the line stands: the command so far, its plain words, and a flag that waits for its value. */
interface Position {
  command?: Command
  args: string[]
  waiting?: CommandOption
}

function positionOf(commands: readonly Command[], before: readonly string[]): Position {
  const at: Position = { args: [] }
  for (const word of before) {
    const options = [...(at.command?.options ?? []), ...GLOBAL_OPTIONS]
    if (at.waiting) delete at.waiting
    else if (word.startsWith('-')) {
      const option = options.find((one) => one.flag === word)
      if (option?.value) at.waiting = option
    } else if (!at.command) {
      const command = commands.find((one) => !one.parent && one.name === word)
      if (command) at.command = command
      else if (word !== 'marketplace') at.args.push(word)
    } else {
      const parent = at.command
      const child = parent.parent ? undefined : commands.find((one) => one.parent === parent.name && one.name === word)
      if (child && at.args.length === 0) at.command = child
      else at.args.push(word)
    }
  }
  return at
}

/**
 * What fits at the end of a line. The last word is the one being typed (possibly empty). Only values of the market
 * (ids, categories, jobs ...) open it, and only what is cached is read.
 */
export async function offersFor(context: CommandContext, line: readonly string[]): Promise<Offers> {
  // Bash hands "--kind=te" over as three words.
  const flat = line.filter((word, index) => word !== '=' || index === line.length - 1)
  const current = flat.at(-1) === '=' ? '' : (flat.at(-1) ?? '')
  const at = positionOf(context.commands, flat.slice(0, -1))
  const inline = /^(--[a-z-]+)=(.*)$/.exec(current)
  const options = [...(at.command?.options ?? []), ...GLOBAL_OPTIONS]
  if (inline) {
    const option = options.find((one) => one.flag === inline[1])
    const found = option ? await valuesOf(context, option.completes, option.choices) : NONE
    return fitting(
      { ...found, words: found.words.map((one) => ({ ...one, value: `${inline[1]}=${one.value}` })) },
      current,
    )
  }
  if (at.waiting) return fitting(await valuesOf(context, at.waiting.completes, at.waiting.choices), current)
  if (current.startsWith('-'))
    return fitting({ kind: 'words', words: options.map(({ flag, summary }) => ({ value: flag, summary })) }, current)
  if (!at.command) return at.args.length > 0 ? NONE : fitting(childrenOf(context.commands, undefined), current)
  const children = at.command.parent || at.args.length > 0 ? NONE : childrenOf(context.commands, at.command.name)
  const argument = at.command.arguments[at.args.length] ?? at.command.arguments.find((one) => one.isMany)
  const fixed = typeof argument?.completes === 'object' ? argument.completes : undefined
  const own = argument
    ? await valuesOf(context, typeof argument.completes === 'string' ? argument.completes : undefined, fixed, current)
    : NONE
  return fitting({ kind: own.kind, words: [...children.words, ...own.words] }, current)
}

function childrenOf(commands: readonly Command[], parent: string | undefined): Offers {
  const found = commands.filter((one) => !one.isHidden && one.parent === parent)
  const group = parent === undefined ? [{ value: 'marketplace', summary: 'the same commands as a group' }] : []
  return { kind: 'words', words: [...found.map((one) => ({ value: one.name, summary: one.summary })), ...group] }
}

function fitting(offers: Offers, current: string): Offers {
  if (offers.kind !== 'words' && offers.words.length === 0) return offers
  const fit = offers.words.filter((one) => one.value.toLowerCase().startsWith(current.toLowerCase()))
  return { kind: fit.length > 0 ? 'words' : offers.kind, words: fit.slice(0, MOST) }
}

async function valuesOf(
  context: CommandContext,
  completes: Completes | undefined,
  choices: readonly string[] | undefined,
  current = '',
): Promise<Offers> {
  if (choices) return words(choices)
  if (completes === undefined) return NONE
  if (completes === 'file') return { kind: 'files', words: [] }
  if (completes === 'folder') return { kind: 'folders', words: [] }
  if (completes === 'command') return words(context.commands.filter((one) => !one.isHidden).map(pathOf))
  const market = await context.market()
  return words([...new Set(await marketWords(context, market, completes, current))])
}

type MarketWord = Exclude<Completes, 'file' | 'folder' | 'command'>

async function marketWords(
  context: CommandContext,
  market: Marketplace,
  what: MarketWord,
  current: string,
): Promise<string[]> {
  if (what === 'registry') return market.registries.status().map((status) => status.entry.name)
  if (what === 'job') return (await market.jobs.list()).map((job) => job.id)
  if (what === 'installed') return (await market.installed()).map((one) => (current.includes('/') ? one.id : one.name))
  const query = queryOf([], what === 'template' ? { kind: ['template'] } : {}, 0)
  const asking = { offline: true, signal: context.signal }
  let found: string[] = []
  for await (const catalog of market.search({ ...query, sort: SORTS[1] }, asking))
    found =
      what === 'item' || what === 'template'
        ? catalog.rows.map(({ listing }) => (current.includes('/') ? listing.id : listing.name))
        : catalog.facets[what].map((one) => one.value)
  return found
}
