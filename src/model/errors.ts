/**
 * Every error a user can meet: one class, one maker each, grouped by who has to act. The group decides the exit
 * code, the hint says what to do, and a test compares the codes with the table in the README.
 */

import { redact, redactAll } from './secrets.ts'
import { withoutEnd } from './text.ts'

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Exit codes of the program (inventory S10.16). */
export const EXIT = { ok: 0, findings: 1, usage: 2, unreachable: 3, auth: 4, cancelled: 5, internal: 6 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export interface ErrorFacts {
  /** What to do, one sentence. */
  hint?: string
  /** Machine-readable facts: registry, item, file, line, column, field, status ... Never secrets. */
  details?: Record<string, unknown>
  cause?: unknown
  exit?: ExitCode
  severity?: Severity
}

/** An error with a stable code (`registry.connection`, `item.notFound` ...) and a hint. */
export class MarketError extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly details: Record<string, unknown>
  readonly exit: ExitCode
  readonly severity: Severity

  constructor(code: string, message: string, facts: ErrorFacts = {}) {
    super(redact(message), facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'MarketError'
    this.code = code
    this.hint = facts.hint === undefined ? undefined : redact(facts.hint)
    this.details = redactAll(facts.details ?? {})
    this.exit = facts.exit ?? EXIT.internal
    this.severity = facts.severity ?? 'high'
  }

  /**
   * Plain JSON for `--json`, journals and events. `type` with `registry` or `template` are the members that the source
   * documents give a RegistryError and a TemplateError (inventory S10.1, S10.2).
   */
  toJSON(): Record<string, unknown> {
    const { type, registry, item } = this.details
    return {
      code: this.code,
      type,
      registry,
      template: item,
      message: this.message,
      hint: this.hint,
      severity: this.severity,
      exit: this.exit,
      details: this.details,
    }
  }
}

export const isMarketError = (value: unknown): value is MarketError => value instanceof MarketError

/** The text of anything thrown. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name
  return String(error)
}

/* ---- registry.*: the other side failed (RegistryError of the source documents) ---- */

export function registryConnection(registry: string, why: string, cause?: unknown): MarketError {
  return new MarketError('registry.connection', `Registry "${registry}" cannot be reached: ${why}.`, {
    hint: `Check the address with "souk registries test ${registry}"; cached answers are used meanwhile.`,
    details: { registry, type: 'connection' },
    cause,
    exit: EXIT.unreachable,
  })
}

export function registryTimeout(registry: string, afterMs: number): MarketError {
  return new MarketError('registry.timeout', `Registry "${registry}" did not answer within ${afterMs} ms.`, {
    hint: 'Raise its timeoutMs in the settings; press r or add --refresh to ask again.',
    details: { registry, type: 'connection', afterMs },
    exit: EXIT.unreachable,
  })
}

const saying = (why: string | undefined): string => (why === undefined ? '' : `: ${why}`)

export function registryAuthentication(registry: string, status?: number, why?: string): MarketError {
  return new MarketError(
    'registry.authentication',
    `Registry "${registry}" refused the credentials${status ? ` (${status})` : ''}${saying(why)}.`,
    {
      hint: `Set the credentials of "${registry}" in the settings file (a token may come from \${VAR}).`,
      details: { registry, type: 'authentication', status },
      exit: EXIT.auth,
    },
  )
}

/** A registry that wants to know who asks, and settings that do not say. */
export function registryCredentials(registry: string, type: string): MarketError {
  return new MarketError(
    'registry.credentials',
    `Registry "${registry}" needs credentials: it is ${type} and the settings hold none; nothing was sent.`,
    {
      hint: 'Put credentials into its entry (a token from ${VAR}, token_command or token_file), or type: none when it asks for none.',
      details: { registry, type: 'authentication' },
      exit: EXIT.auth,
    },
  )
}

/** A look at an address that is in no settings yet found nothing to talk to. */
export function registryProbe(address: string, why: string, cause: unknown): MarketError {
  return new MarketError('registry.probe', `${address} cannot be used as a registry: ${why}.`, {
    hint: 'Correct the address, name its --protocol, or write it down without a look with --no-probe.',
    details: { address, type: 'connection' },
    cause,
    exit: isMarketError(cause) ? cause.exit : EXIT.unreachable,
  })
}

/** Publishing needs credentials, whatever the registry's type; without them nothing is sent. */
export function registryPublisher(registry: string): MarketError {
  return new MarketError(
    'registry.authentication',
    `Registry "${registry}" takes publications with credentials only, and the settings hold none for it; nothing was sent.`,
    {
      hint: `Set the credentials of "${registry}" in the settings file (a token may come from \${VAR}).`,
      details: { registry, type: 'authentication' },
      exit: EXIT.auth,
    },
  )
}

export function registryAuthorization(registry: string, status?: number, why?: string): MarketError {
  return new MarketError(
    'registry.authorization',
    `Registry "${registry}" does not allow this${status ? ` (${status})` : ''}${saying(why)}.`,
    {
      hint: 'Ask the owner of the registry for access, or disable the registry.',
      details: { registry, type: 'authorization', status },
      exit: EXIT.auth,
    },
  )
}

export function registryRateLimit(registry: string, retryAfterMs?: number): MarketError {
  const wait =
    retryAfterMs === undefined || retryAfterMs <= 0 ? '' : ` It asks to wait ${Math.ceil(retryAfterMs / 1000)} s.`
  return new MarketError('registry.rateLimit', `Registry "${registry}" is limiting requests (429).${wait}`, {
    hint: 'Wait, or lower rateLimit for this registry in the settings.',
    details: { registry, type: 'rate_limit', status: 429, retryAfterMs },
    exit: EXIT.unreachable,
  })
}

export function registryStatus(registry: string, status: number, reason?: string): MarketError {
  return new MarketError(
    'registry.status',
    `Registry "${registry}" answered ${status}${reason ? `: ${reason}` : ''}.`,
    {
      hint: 'The fault is on the side of the registry; cached answers are used meanwhile.',
      details: { registry, type: 'connection', status },
      exit: EXIT.unreachable,
    },
  )
}

export function registryAnswer(registry: string, why: string, cause?: unknown): MarketError {
  return new MarketError('registry.answer', `Registry "${registry}" gave an answer that cannot be read: ${why}.`, {
    hint: 'Check that the address is that of a registry and that its protocol is set right.',
    details: { registry, type: 'connection' },
    cause,
    exit: EXIT.unreachable,
  })
}

/** The first pages of an answer came and a later one did not. `have` and `total` are rows, pages count from 1. */
export function registryPartial(
  registry: string,
  { have, total, page }: { have: number; total: number | undefined; page: number },
  cause: unknown,
): MarketError {
  const all = total === undefined ? '' : ` of ${total.toLocaleString('en-US')}`
  const why = withoutEnd(reasonOf(cause).replace(`Registry "${registry}" `, 'it '), '. ')
  const rows = `first ${have.toLocaleString('en-US')}${all}`
  const of: Partial<MarketError> = isMarketError(cause) ? cause : {}
  return new MarketError('registry.partial', `Registry "${registry}" sent the ${rows}: page ${page} failed: ${why}.`, {
    hint: 'What came is shown, with the rest from the cache where it is known; press r or add --refresh to ask again.',
    details: { registry, type: of.details?.['type'] ?? 'connection', have, total, page, code: of.code },
    cause,
    exit: of.exit ?? EXIT.unreachable,
  })
}

/** The registry says outright that it speaks another version of the protocol (inventory S4.19). */
export function registryVersion(registry: string, theirs: string, ours: number): MarketError {
  const why = `Registry "${registry}" speaks version ${theirs} of the registry protocol; this program speaks version ${ours}.`
  return new MarketError('registry.version', why, {
    hint: 'Use a newer release of this program, or an address of the registry that still speaks the older version.',
    details: { registry, type: 'version', theirs, ours },
    exit: EXIT.unreachable,
  })
}

export function registryOffline(registry: string): MarketError {
  return new MarketError('registry.offline', `Registry "${registry}" was not asked (offline).`, {
    hint: 'Run once without --offline to fill the cache.',
    details: { registry, type: 'connection' },
    exit: EXIT.unreachable,
  })
}

/** Our own `rateLimit` held a request back until its time was up; the registry has not been asked. */
export function registryPace(registry: string): MarketError {
  const why = `Registry "${registry}" was not asked in time: its rateLimit in the settings held the request back.`
  return new MarketError('registry.pace', why, {
    hint: 'Wait a moment, or raise rateLimit for this registry in the settings.',
    details: { registry, type: 'rate_limit' },
    exit: EXIT.unreachable,
  })
}

/** Too many failures in a row: nothing is sent until `at`. Moments in ms since 1970. */
export function registryOpen(
  registry: string,
  { failures, at, now }: { failures: number; at: number; now: number },
): MarketError {
  const seconds = Math.max(1, Math.ceil((at - now) / 1000))
  const when = `${new Date(at).toISOString().slice(11, 19)} UTC, in ${seconds} s`
  const why = `Registry "${registry}" failed ${failures} times in a row and is left alone; next try at ${when}.`
  return new MarketError('registry.open', why, {
    hint: `Ask it at once with "souk registries test ${registry}" or --refresh; cached answers are used meanwhile.`,
    details: { registry, type: 'connection', failures, nextTryAt: new Date(at).toISOString() },
    exit: EXIT.unreachable,
  })
}

/** An address that nothing is sent to: in the clear, or of another kind than HTTP. */
export function registryUntrusted(registry: string, why: string): MarketError {
  return new MarketError(
    'registry.untrusted',
    `Registry "${registry}" leads to an address that is not asked: ${why}.`,
    {
      hint: 'Nothing was sent there. Use https, or ask the owner of the registry to.',
      details: { registry, type: 'connection' },
      exit: EXIT.unreachable,
    },
  )
}

export function registryUnknown(name: string, nearest: readonly string[]): MarketError {
  return new MarketError('registry.unknown', `There is no registry "${name}".`, {
    hint: nearest.length ? `Did you mean ${nearest.join(', ')}?` : 'See "souk registries".',
    details: { registry: name, nearest },
    exit: EXIT.usage,
  })
}

export function registryReadOnly(registry: string, why: string): MarketError {
  return new MarketError('registry.readOnly', `Registry "${registry}" does not take publications: ${why}.`, {
    hint: 'Choose another registry with --registry.',
    details: { registry, type: 'authorization' },
    exit: EXIT.auth,
  })
}

/** The registry looked at a publication and did not take it. */
export function registryRefused(registry: string, status: number, why?: string): MarketError {
  const hints: Readonly<Record<number, string>> = {
    404: 'Check that the address is that of a registry and takes publications.',
    409: 'A published version never changes: raise the version in souk.yaml.',
    413: 'Make the package smaller; --dry-run shows what is in it.',
  }
  return new MarketError('registry.refused', `Registry "${registry}" did not take it (${status})${saying(why)}.`, {
    hint: hints[status] ?? 'Correct what it names, then publish again.',
    details: { registry, type: 'validation', status, reason: why },
    exit: EXIT.findings,
  })
}

export function allRegistriesFailed(failed: readonly { registry: string; reason: string }[]): MarketError {
  const list = failed.map((one) => `${one.registry} (${one.reason})`).join('; ')
  return new MarketError('registry.allFailed', `No registry answered and nothing is cached: ${list}.`, {
    hint: 'See "souk registries" for each reason.',
    details: { failed },
    exit: EXIT.unreachable,
  })
}

/* ---- item.*: the thing asked for (TemplateError of the source documents) ---- */

export function itemNotFound(id: string, nearest: readonly string[], unreachable: readonly string[] = []): MarketError {
  const unasked = unreachable.length ? ` Not reachable just now: ${unreachable.join(', ')}.` : ''
  return new MarketError('item.notFound', `Nothing called "${id}" was found.${unasked}`, {
    hint: nearest.length ? `Did you mean ${nearest.join(', ')}?` : 'Try "souk search".',
    details: { item: id, type: 'version', nearest, unreachable },
    exit: unreachable.length ? EXIT.unreachable : EXIT.usage,
  })
}

/** A registry that had an item answers without it. */
export function itemWithdrawn(id: string, registry: string, nearest: readonly string[]): MarketError {
  return new MarketError('item.withdrawn', `"${id}" is no longer offered: ${registry} had it and has withdrawn it.`, {
    hint: nearest.length
      ? `Similar and available: ${nearest.join(', ')}.`
      : 'Nothing similar is on offer; try "souk search".',
    details: { item: id, type: 'version', registry, nearest },
    exit: EXIT.usage,
    severity: 'medium',
  })
}

/** An item is known from a registry that does not answer: nothing is said of whether it is still there. */
export function itemUnreachable(id: string, registry: string, fault: MarketError): MarketError {
  const why = withoutEnd(fault.message.replace(`Registry "${registry}" `, 'it '), '. ')
  return new MarketError('item.unreachable', `"${id}" is in ${registry}, which cannot say more just now: ${why}.`, {
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
    details: { item: id, registry, type: fault.details['type'], code: fault.code },
    cause: fault,
    exit: fault.exit,
  })
}

export function itemVersion(id: string, wanted: string, known: readonly string[]): MarketError {
  return new MarketError('item.version', `"${id}" has no version that fits ${wanted}.`, {
    hint: known.length ? `Known: ${known.slice(0, 8).join(', ')}.` : 'The registry names no version of it.',
    details: { item: id, type: 'version', wanted, known },
    exit: EXIT.usage,
  })
}

export function itemDependency(id: string, why: string, details: Record<string, unknown> = {}): MarketError {
  return new MarketError('item.dependency', `The dependencies of "${id}" cannot be met: ${why}.`, {
    hint: 'Run with --dry-run to see the plan, or choose another version.',
    details: { item: id, type: 'dependency', ...details },
    exit: EXIT.usage,
  })
}

export function itemDigest(id: string, expected: string, actual: string): MarketError {
  return new MarketError(
    'item.digest',
    `What was downloaded for "${id}" is not what the registry promised (digest differs).`,
    {
      hint: 'Nothing was installed. Try again later, and tell the owner of the registry.',
      details: { item: id, type: 'validation', expected, actual },
      exit: EXIT.findings,
      severity: 'critical',
    },
  )
}

/** The place an item's bytes lie at, which is not the registry, could not be reached. */
export function itemSource(source: string, why: string, cause?: unknown): MarketError {
  return new MarketError('item.source', `${source} cannot be fetched: ${why}.`, {
    hint: 'Nothing was installed. Try again when that address can be reached.',
    details: { source, type: 'connection' },
    cause,
    exit: EXIT.unreachable,
  })
}

export function itemUnsafe(id: string, why: string, details: Record<string, unknown> = {}): MarketError {
  return new MarketError('item.unsafe', `"${id}" is refused: ${why}.`, {
    hint: 'Nothing of it was unpacked or installed.',
    details: { item: id, type: 'validation', ...details },
    exit: EXIT.findings,
    severity: 'critical',
  })
}

/** A report with status failed: the files are there to be read, and nothing was packed. */
export function itemFailedRules(
  id: string,
  failed: readonly { env: string; score: number; findings: number }[],
  folder: string,
): MarketError {
  const list = failed.map((one) => `${one.env ? `${one.env}: ` : ''}score ${one.score}, ${one.findings} findings`)
  return new MarketError('item.failedRules', `"${id}" did not pass the rules (${list.join('; ')}).`, {
    hint: `Read the report in ${folder}.`,
    details: { item: id, type: 'validation', failed, folder },
    exit: EXIT.findings,
  })
}

export function itemInstall(id: string, why: string, cause?: unknown): MarketError {
  return new MarketError('item.installation', `"${id}" could not be installed: ${why}.`, {
    hint: 'Nothing was left half-done; the former state is kept.',
    details: { item: id, type: 'installation' },
    cause,
    exit: EXIT.internal,
  })
}

export function itemNeeded(id: string, by: readonly string[]): MarketError {
  return new MarketError('item.needed', `"${id}" is needed by ${by.join(', ')}.`, {
    hint: 'Remove those first, or add --cascade.',
    details: { item: id, type: 'dependency', by },
    exit: EXIT.usage,
  })
}

export function itemNotInstalled(id: string, nearest: readonly string[]): MarketError {
  return new MarketError('item.notInstalled', `"${id}" is not installed.`, {
    hint: nearest.length ? `Installed: ${nearest.join(', ')}.` : 'See "souk installed" for what is.',
    details: { item: id, nearest },
    exit: EXIT.usage,
  })
}

export function itemManifest(where: string, why: string, details: Record<string, unknown> = {}): MarketError {
  return new MarketError('item.manifest', `${where}: ${why}.`, {
    hint: 'Correct the file; the README shows the shape.',
    details: { type: 'validation', ...details },
    exit: EXIT.usage,
  })
}

/** A stream that is no JSON; the place counts from 1. */
export function itemJson(file: string, place: { line: number; column: number }, why: string): MarketError {
  const { line, column } = place
  return new MarketError('item.json', `${file}:${line}:${column}: this is not JSON: ${why}.`, {
    hint: 'Correct the file at this place; comments, trailing commas and raw line breaks in texts are taken as they are.',
    details: { type: 'validation', file, line, column },
    exit: EXIT.findings,
  })
}

/* ---- config.*: the settings ---- */

export interface Place {
  file?: string
  line?: number
  column?: number
  field?: string
  /** The rule of ours that refuses it. */
  policy?: string
}

const at = (place: Place): string =>
  place.file ? `${place.file}${place.line ? `:${place.line}${place.column ? `:${place.column}` : ''}` : ''}: ` : ''

export function configInvalid(
  place: Place,
  why: string,
  hint = 'See registries.example.yaml for every setting.',
): MarketError {
  return new MarketError('config.invalid', `${at(place)}${place.field ? `${place.field}: ` : ''}${why}.`, {
    hint,
    details: { ...place },
    exit: EXIT.usage,
  })
}

export function configMissing(file: string): MarketError {
  return new MarketError('config.missing', `The settings file ${file} does not exist.`, {
    hint: 'Give another path with --config, or copy registries.example.yaml there.',
    details: { file },
    exit: EXIT.usage,
  })
}

export function configVariable(place: Place, variable: string): MarketError {
  return new MarketError('config.variable', `${at(place)}the variable ${variable} is not set.`, {
    hint: `Set it (export ${variable}=...) or change the entry; nothing was sent.`,
    details: { ...place, variable, type: 'authentication' },
    exit: EXIT.auth,
  })
}

/** A credential of the settings cannot be had: its program or file fails. Never tells what was found. */
export function configCredential(place: Place, why: string, hint: string): MarketError {
  return new MarketError('config.credential', `${at(place)}${place.field ? `${place.field}: ` : ''}${why}.`, {
    hint,
    details: { ...place, type: 'authentication' },
    exit: EXIT.auth,
  })
}

export function configWrite(file: string, why: string, cause?: unknown): MarketError {
  return new MarketError('config.write', `The settings file ${file} could not be written: ${why}.`, {
    hint: 'Check its owner and mode; it was left as it was.',
    details: { file },
    cause,
    exit: EXIT.internal,
  })
}

/** Another program wrote the settings file between our look at it and our change. */
export function configChanged(file: string): MarketError {
  return new MarketError('config.changed', `The settings file ${file} was changed by another program meanwhile.`, {
    hint: 'Nothing was written. Look at it again, then repeat the change.',
    details: { file },
    exit: EXIT.internal,
  })
}

/* ---- plugin.*: code of others that asks a registry for us ---- */

export function pluginUnknown(name: string, nearest: readonly string[]): MarketError {
  return new MarketError('plugin.unknown', `There is no plugin "${name}".`, {
    hint: nearest.length ? `Did you mean ${nearest.join(', ')}?` : 'See "souk plugin list".',
    details: { plugin: name, nearest },
    exit: EXIT.usage,
  })
}

/** All that is wrong with a plugin at once: its manifest, its files, or what its code turned out to be. */
export function pluginInvalid(name: string, problems: readonly string[], registry?: string): MarketError {
  return new MarketError('plugin.invalid', `The plugin "${name}" cannot be used: ${problems.join('; ')}.`, {
    hint: 'Its author has to correct this; everything else goes on without it.',
    details: { plugin: name, problems, registry },
    exit: EXIT.usage,
  })
}

export function pluginUntrusted(name: string, isChanged: boolean, registry?: string): MarketError {
  const why = isChanged ? 'was changed since it was trusted' : 'is not trusted yet'
  return new MarketError('plugin.untrusted', `The plugin "${name}" ${why}; none of it was run.`, {
    hint: `Look at its files, then run "souk plugin trust ${name}".`,
    details: { plugin: name, registry },
    exit: EXIT.auth,
  })
}

/** Its process ended by itself, or was ended for what it did. */
export function pluginStopped(name: string, why: string, registry: string): MarketError {
  return new MarketError('plugin.stopped', `The plugin "${name}" of registry "${registry}" was stopped: it ${why}.`, {
    hint: 'It is started again at the next question; after three times in a row the registry is left alone for a while.',
    details: { plugin: name, registry, type: 'connection' },
    exit: EXIT.unreachable,
  })
}

/** Its code ended a question with an error. */
export function pluginFailed(name: string, why: string, registry: string): MarketError {
  return new MarketError('plugin.failed', `The plugin "${name}" could not ask registry "${registry}": ${why}.`, {
    hint: 'Try again later, and tell the author of the plugin.',
    details: { plugin: name, registry, type: 'connection' },
    exit: EXIT.unreachable,
  })
}

/** It does not want the entry of the settings. */
export function pluginRefused(name: string, why: string, registry: string): MarketError {
  return new MarketError('plugin.refused', `The plugin "${name}" refuses registry "${registry}": ${why}.`, {
    hint: `Correct its entry with "souk registries edit ${registry}".`,
    details: { plugin: name, registry, type: 'validation' },
    exit: EXIT.usage,
  })
}

/** A runtime that cannot shut a process in: nothing of a plugin runs there. */
export function pluginRuntime(name: string, registry?: string): MarketError {
  const why = `The plugin "${name}" does not run on this Node, which cannot keep a process from the network.`
  return new MarketError('plugin.runtime', why, {
    hint: 'Use Node 25 or newer; a checkout brings its own.',
    details: { plugin: name, registry, type: 'version' },
    exit: EXIT.unreachable,
  })
}

/* ---- usage.*: the command line ---- */

export function usage(why: string, hint?: string): MarketError {
  return new MarketError('usage.wrong', why, { exit: EXIT.usage, hint: hint ?? 'See "souk --help".' })
}

/** Asked in a pipe for something that a person should say yes to. `details` carries the plan. */
export function confirmationNeeded(what: string, details: Record<string, unknown> = {}): MarketError {
  return new MarketError('usage.confirm', `${what} needs a yes, and there is no terminal to ask on.`, {
    hint: 'Add --yes to go ahead, or --dry-run to see the plan only.',
    details,
    exit: EXIT.usage,
  })
}

export function notTerminal(): MarketError {
  return new MarketError('usage.noTerminal', 'The marketplace screens need a terminal on standard input and output.', {
    hint: 'Use a command instead, for example "souk search kubernetes --json".',
    exit: EXIT.usage,
  })
}

/* ---- job.*: long work ---- */

export function jobUnknown(id: string, nearest: readonly string[]): MarketError {
  return new MarketError('job.unknown', `There is no job "${id}".`, {
    hint: nearest.length ? `Did you mean ${nearest.join(', ')}?` : 'See "souk jobs".',
    details: { job: id, nearest },
    exit: EXIT.usage,
  })
}

export function jobCancelled(what: string): MarketError {
  return new MarketError('job.cancelled', `${what} was cancelled.`, {
    hint: 'Nothing was left half-done.',
    exit: EXIT.cancelled,
  })
}

export function jobFailed(what: string, why: string, cause?: unknown): MarketError {
  return new MarketError('job.failed', `${what} failed: ${why}.`, {
    hint: 'See "souk jobs show" for its log.',
    cause,
    exit: EXIT.internal,
  })
}

/** The error a job's journal ended with, as the error it was. */
export function jobEnded(title: string, error: Record<string, unknown> = {}): MarketError {
  const text = (name: string): string | undefined => (typeof error[name] === 'string' ? error[name] : undefined)
  const details = error['details']
  return new MarketError(text('code') ?? 'job.failed', text('message') ?? `${title} failed.`, {
    hint: text('hint') ?? 'See "souk jobs show" for its log.',
    details: typeof details === 'object' && details !== null ? { ...details } : {},
    exit: Object.values(EXIT).find((exit) => exit === error['exit']) ?? EXIT.internal,
    severity: SEVERITIES.find((severity) => severity === error['severity']) ?? 'high',
  })
}

export function jobInterrupted(title: string, id: string): MarketError {
  return new MarketError('job.interrupted', `${title} was interrupted: its process ended before it did.`, {
    hint: `Start it again with "souk jobs rerun ${id}".`,
    details: { job: id },
    exit: EXIT.internal,
  })
}

export function parameterInvalid(problems: readonly string[], known: readonly string[] = []): MarketError {
  return new MarketError('job.parameter', problems.join(' '), {
    hint: known.length ? `Known: ${known.join(', ')}.` : 'See "souk show" for the parameters.',
    details: { problems, known },
    exit: EXIT.usage,
  })
}

export function folderNotEmpty(folder: string): MarketError {
  return new MarketError('job.folderNotEmpty', `The output folder ${folder} is not empty.`, {
    hint: 'Choose another folder, or add --force to overwrite what Souk writes there.',
    details: { folder },
    exit: EXIT.usage,
  })
}

export function fileProblem(path: string, why: string, cause?: unknown): MarketError {
  return new MarketError('file.problem', `${path}: ${why}.`, {
    hint: 'Check that the path exists and may be read or written.',
    details: { path },
    cause,
    exit: EXIT.usage,
  })
}

/** What the operating system says, in words; a path is added when it named one. Codes are those of errno(3). */
const MACHINE_WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'this may not be read or written',
  EPERM: 'this may not be changed',
  EROFS: 'this place can only be read',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  ENOTDIR: 'a file stands where a folder is needed',
  EISDIR: 'a folder stands where a file is needed',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'the disk reports a fault',
}

/** An error of the operating system that a person can do something about; undefined for anything else. */
export function machineProblem(error: unknown): MarketError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined
  const { code } = error
  const words = typeof code === 'string' && Object.hasOwn(MACHINE_WORDS, code) ? MACHINE_WORDS[code] : undefined
  if (words === undefined) return undefined
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined
  const sentence = path === undefined ? `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.` : `${path}: ${words}.`
  return new MarketError('file.machine', sentence, {
    hint: 'Make room or give access, then try again.',
    details: { errno: code, path },
    cause: error,
    exit: EXIT.internal,
  })
}

export function storeBusy(owner: string): MarketError {
  return new MarketError('job.storeBusy', `Another install is at work (${owner}).`, {
    hint: 'Wait for it to end, or see "souk jobs".',
    details: { owner },
    exit: EXIT.usage,
  })
}
