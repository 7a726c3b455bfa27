import { bytesText } from '../model/bytes-text.ts'
import type { ErrorFigures, RegistryFigures, TemplateFigures } from '../model/figures.ts'
import type { Command, CommandContext } from './command.ts'
import { alarmsOf, figuresOf, figuresValue, hitRateOf, msText, percentText, type AllFigures } from './figures.ts'
import { answer, printTable, say, strong } from './output.ts'
import { counted } from './words.ts'

const SHARED = { parent: 'metrics', arguments: [], options: [], module: 'metrics' } as const
/** Installs shown in the table; `--json` has all. */
const TOP_SHOWN = 10

async function allFigures(context: CommandContext): Promise<{ all: AllFigures; names: string[] }> {
  const market = await context.market()
  const all = await market.metrics.figures()
  // Those of the settings, and those that are no longer in them.
  const set = market.registries.status().map(({ entry }) => entry.name)
  const known = all.registries.map((one) => one.registry).filter((name) => !set.includes(name))
  return { all, names: [...set, ...known] }
}

const registriesValue = (all: AllFigures, names: readonly string[]): Record<string, unknown> => {
  const calls = all.registries.reduce((sum, one) => sum + one.calls, 0)
  const failed = all.registries.reduce((sum, one) => sum + one.failed, 0)
  return {
    overall: {
      calls,
      failed,
      ...(calls === 0 ? {} : { successRate: (calls - failed) / calls }),
      cacheHitRate: all.cache.rate,
      authFailures: all.registries.reduce((sum, one) => sum + one.authFailures, 0),
      rateLimitHits: all.registries.reduce((sum, one) => sum + one.rateLimitHits, 0),
    },
    registries: names.map((registry) => ({ registry, ...figuresValue(all, registry) })),
  }
}

const templatesValue = ({ installs, ...rest }: TemplateFigures): Record<string, unknown> => ({
  ...rest,
  installs: Object.fromEntries(installs.map(({ id, count }) => [id, count])),
})

const errorsValue = (all: AllFigures): Record<string, unknown> => ({
  byType: all.errors.byType,
  byCode: Object.fromEntries(all.errors.byCode.map(({ code, count }) => [code, count])),
  byRegistry: Object.fromEntries(all.registries.map((one) => [one.registry, one.errors])),
})

function printRegistries(context: CommandContext, all: AllFigures, names: readonly string[]): void {
  const figure = (of: (one: RegistryFigures) => string) => (name: string) => of(figuresOf(all, name))
  printTable(context, names, [
    { title: 'NAME', of: (name) => name, give: 0, least: 12 },
    { title: 'CALLS', of: figure((one) => String(one.calls)), align: 'right', give: 4, least: 5 },
    { title: 'WELL', of: figure((one) => percentText(one.successRate)), align: 'right', give: 1, least: 4 },
    { title: 'MEAN', of: figure((one) => msText(one.response?.mean)), align: 'right', give: 5, least: 7 },
    { title: 'P50', of: figure((one) => msText(one.response?.p50)), align: 'right', give: 2, least: 7 },
    { title: 'P95', of: figure((one) => msText(one.response?.p95)), align: 'right', give: 3, least: 7 },
    { title: 'P99', of: figure((one) => msText(one.response?.p99)), align: 'right', give: 8, least: 7 },
    { title: '/MIN', of: figure((one) => String(one.callsPerMinute ?? '-')), align: 'right', give: 9, least: 4 },
    { title: 'CACHE', of: (name) => percentText(hitRateOf(all, name)), align: 'right', give: 6, least: 5 },
    { title: 'AUTH', of: figure((one) => String(one.authFailures)), align: 'right', give: 10, least: 4 },
    { title: '429', of: figure((one) => String(one.rateLimitHits)), align: 'right', give: 11, least: 3 },
    {
      title: 'CERT',
      of: figure((one) => (one.certificate === undefined ? '-' : `${one.certificate.daysLeft} d`)),
      align: 'right',
      give: 7,
      least: 6,
    },
  ])
  say(context, `The cache answered ${percentText(all.cache.rate)} of all questions.`)
  for (const line of names.flatMap((name) => alarmsOf(figuresOf(all, name)))) say(context, line)
}

function printTemplates(context: CommandContext, of: TemplateFigures): void {
  const { passed, warning, failed } = of.validations
  say(context, `${counted(of.searches, 'search', 'searches')}`)
  for (const { text, count } of of.topSearches) say(context, `  ${String(count).padStart(5)}  ${text}`)
  say(context, `${of.installed} of ${counted(of.asked, 'install')} went well (${percentText(of.installationRate)})`)
  for (const { id, count } of of.installs.slice(0, TOP_SHOWN)) say(context, `  ${String(count).padStart(5)}  ${id}`)
  say(
    context,
    `${counted(passed + warning + failed, 'validation')}: ${passed} passed, ${warning} warning, ${failed} failed`,
  )
}

function printErrors(context: CommandContext, { byType, byCode }: ErrorFigures): void {
  const rows = Object.entries(byType).map(([type, count]) => ({ type, count }))
  printTable(context, rows, [
    { title: 'TYPE', of: (row) => row.type, give: 0 },
    { title: 'COUNT', of: (row) => String(row.count), align: 'right', give: 1 },
  ])
  if (byCode.length === 0) return
  say(context)
  printTable(context, byCode, [
    { title: 'CODE', of: (row) => row.code, give: 0 },
    { title: 'COUNT', of: (row) => String(row.count), align: 'right', give: 1 },
  ])
}

/** Says where the figures come from, or that none are kept. */
function printSource(context: CommandContext, all: AllFigures): void {
  const since = all.since === undefined ? 'nothing yet' : `since ${new Date(all.since).toISOString().slice(0, 16)}Z`
  const off = all.isEnabled ? '' : '; none are added, because metrics.enabled is false'
  say(context, `Figures of this machine only, ${since}, ${bytesText(all.bytes)}${off}.`)
}

const metrics: Command = {
  name: 'metrics',
  summary: 'figures of registries, goods and errors',
  description:
    'Prints what this machine has counted over all runs: how fast and how well each registry answers, what was searched for, installed and validated, and what went wrong. Figures stay on this machine, in files only you can read; "metrics.enabled: false" in the settings keeps none.\n\nResponse times are of the last 100 calls of a registry. Rates in --json are 0 to 1.',
  examples: [
    { line: 'souk metrics', text: 'everything' },
    { line: 'souk metrics registries --json', text: 'response times and success rates for a script' },
  ],
  arguments: [],
  options: [],
  seeAlso: ['registries', 'cache'],
  module: 'metrics',
  async run(context) {
    const { all, names } = await allFigures(context)
    const since = all.since === undefined ? {} : { since: new Date(all.since).toISOString() }
    const value = {
      enabled: all.isEnabled,
      ...since,
      bytes: all.bytes,
      ...registriesValue(all, names),
      templates: templatesValue(all.templates),
      errors: errorsValue(all),
    }
    answer(context, value, () => {
      printSource(context, all)
      say(context, `\n${strong(context, 'Registries')}`)
      printRegistries(context, all, names)
      say(context, `\n${strong(context, 'Templates')}`)
      printTemplates(context, all.templates)
      say(context, `\n${strong(context, 'Errors')}`)
      printErrors(context, all.errors)
    })
  },
}

const ofRegistries: Command = {
  ...SHARED,
  name: 'registries',
  summary: 'response times, success and cache hits of each registry',
  description:
    'Prints for each registry the mean, 50th, 95th and 99th percentile of its response times and the calls a minute over the last 100 calls, how many calls went well, how often the cache answered, refused credentials, answers that said "too many requests", and the days its certificate is still good for: a warning below 30, critical below 7. Failures of one kind within a minute of each other, three or more, are told as a burst.',
  examples: [{ line: 'souk metrics registries --json', text: 'the same for a script' }],
  async run(context) {
    const { all, names } = await allFigures(context)
    answer(context, registriesValue(all, names), () => printRegistries(context, all, names))
  },
}

const ofTemplates: Command = {
  ...SHARED,
  name: 'templates',
  summary: 'searches, installs and validations',
  description:
    'Prints how often was searched and for what, how often each item was installed, how many installs went well, and how validations ended.',
  examples: [{ line: 'souk metrics templates', text: 'what this machine is used for' }],
  async run(context) {
    const { all } = await allFigures(context)
    answer(context, templatesValue(all.templates), () => printTemplates(context, all.templates))
  },
}

const ofErrors: Command = {
  ...SHARED,
  name: 'errors',
  summary: 'errors by type and by code',
  description:
    'Prints how often each kind of error happened: connection, authentication, authorization and rate_limit for registries; validation, dependency, installation and version for goods.',
  examples: [{ line: 'souk metrics errors --json', text: 'also by registry' }],
  async run(context) {
    const { all } = await allFigures(context)
    answer(context, errorsValue(all), () => printErrors(context, all.errors))
  },
}

const clear: Command = {
  ...SHARED,
  name: 'clear',
  summary: 'forget all figures',
  description:
    'Removes the files of figures. The hit figures of the cache belong to the cache and stay until it is cleared.',
  examples: [{ line: 'souk metrics clear', text: 'begin anew' }],
  async run(context) {
    const bytes = (await context.market()).metrics.clear()
    answer(context, { bytes }, () => say(context, `Removed ${bytesText(bytes)} of figures.`))
  },
}

export const METRIC_COMMANDS: readonly Command[] = [metrics, ofRegistries, ofTemplates, ofErrors, clear]
