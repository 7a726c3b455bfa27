import type { RegistryStatus } from '../marketplace.ts'
import type { Source } from '../model/catalog.ts'
import type { CommandContext } from './command.ts'
import { figuresOf, figuresValue, hitRateOf, msText, percentText, type AllFigures } from './figures.ts'
import { printTable, say, strong } from './output.ts'
import { skippedText } from '../model/catalog.ts'
import { ageText, counted } from './words.ts'

/** A registry with how it answered just now, if it was asked. */
export interface RegistryRow {
  status: RegistryStatus
  source: Source | undefined
}

const SKIPPED_SHOWN = 10

/** One registry as `--json` prints it. Credentials are told by their type only. */
export function registryValue({ status, source }: RegistryRow, all: AllFigures): Record<string, unknown> {
  const { entry, health } = status
  return {
    name: entry.name,
    type: entry.type,
    protocol: entry.protocol,
    url: withoutPassword(entry.url),
    enabled: entry.enabled,
    state: entry.enabled ? stateOf(health, source) : 'disabled',
    nextTryAt: health.nextTryAt === undefined ? undefined : new Date(health.nextTryAt).toISOString(),
    health: health.state,
    items: source?.items ?? health.items ?? 0,
    skipped: source?.skipped.length ? source.skipped : health.skipped,
    priority: entry.priority,
    credentials: entry.credentials?.type,
    ms: source?.ms,
    latencyMs: health.latencyMs,
    ageMs: source?.ageMs ?? health.ageMs,
    reason: source?.reason,
    lastSuccessAt: health.lastSuccessAt === undefined ? undefined : new Date(health.lastSuccessAt).toISOString(),
    lastError: health.lastError,
    metrics: figuresValue(all, entry.name),
    place: entry.place,
  }
}

/** `open` while it is left alone after too many failures, else how it answered. */
const stateOf = (health: RegistryStatus['health'], source: Source | undefined): string =>
  health.nextTryAt === undefined ? (source?.state ?? health.state) : 'open'

/** An address as it may be shown: a password in it stays hidden. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/@\s]*)@/i, (_all, scheme: string, user: string) =>
    user.includes(':') ? `${scheme}${user.slice(0, user.indexOf(':'))}:***@` : `${scheme}${user}@`,
  )
}

/** The table of registries, and under it what could not be read of each. */
export function printRegistries(context: CommandContext, rows: readonly RegistryRow[], all: AllFigures): void {
  const now = context.system.clock.now()
  const nameOf = (row: RegistryRow): string => row.status.entry.name
  const figure = (row: RegistryRow): ReturnType<typeof figuresOf> => figuresOf(all, nameOf(row))
  printTable(context, rows, [
    { title: 'NAME', of: nameOf, give: 0, least: 12 },
    { title: 'STATE', of: (row) => stateOf(row.status.health, row.source), give: 1 },
    { title: 'HEALTH', of: (row) => row.status.health.state, give: 2, least: 8 },
    {
      title: 'LAST SUCCESS',
      of: ({ status: { health } }) =>
        health.lastSuccessAt === undefined ? '-' : `${ageText(Math.max(0, now - health.lastSuccessAt))} ago`,
      give: 3,
      least: 12,
    },
    {
      title: 'LATENCY',
      of: (row) => msText(figure(row).response?.p50 ?? row.status.health.latencyMs),
      align: 'right',
      give: 4,
      least: 7,
    },
    {
      title: 'NEXT TRY',
      of: ({ status: { health } }) =>
        health.nextTryAt === undefined ? '' : `in ${ageText(Math.max(0, health.nextTryAt - now))}`,
      give: 5,
      least: 8,
    },
    {
      title: 'ITEMS',
      of: (row) => String(row.source?.items ?? row.status.health.items ?? '-'),
      align: 'right',
      give: 6,
      least: 5,
    },
    { title: 'P95', of: (row) => msText(figure(row).response?.p95), align: 'right', give: 7, least: 7 },
    { title: 'WELL', of: (row) => percentText(figure(row).successRate), align: 'right', give: 8, least: 4 },
    { title: 'CACHE', of: (row) => percentText(hitRateOf(all, nameOf(row))), align: 'right', give: 9, least: 5 },
    { title: 'TYPE', of: (row) => row.status.entry.type, give: 10, least: 9 },
    { title: 'PROTOCOL', of: (row) => row.status.entry.protocol, give: 11, least: 8 },
    {
      title: 'AGE',
      of: (row) => (row.source?.ageMs === undefined ? '-' : ageText(row.source.ageMs)),
      give: 12,
      least: 6,
    },
    { title: 'URL', of: (row) => withoutPassword(row.status.entry.url), give: 13, least: 12 },
  ])
  for (const row of rows) printSkipped(context, row)
}

function printSkipped(context: CommandContext, { status, source }: RegistryRow): void {
  const skipped = source?.skipped.length ? source.skipped : status.health.skipped
  if (skipped.length === 0) return
  say(context)
  say(
    context,
    strong(context, `${status.entry.name}: ${counted(skipped.length, 'entry', 'entries')} could not be read`),
  )
  const shown = context.global.verbose ? skipped : skipped.slice(0, SKIPPED_SHOWN)
  for (const one of shown) say(context, `  ${skippedText(one)}`)
  if (shown.length < skipped.length) say(context, `  and ${skipped.length - shown.length} more; --verbose names them`)
}
