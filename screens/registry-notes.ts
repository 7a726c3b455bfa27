import type { SessionState } from '../src/session/session.ts'
import { fill, line } from '../components/line.ts'
import type { Role } from '../components/theme.ts'
import { skippedText } from '../src/model/catalog.ts'
import { markedType } from '../src/model/registry-mark.ts'
import { plural } from '../components/words.ts'
import type { ScreenProps } from './routes.ts'

type Status = SessionState['registries']['list'][number]
type Figures = NonNullable<SessionState['registries']['figures']>['registries'][number]

interface Note {
  text: string
  role?: Role
}

/** The time of day in UTC: it stays what it is, so that nothing is drawn while nothing happens. */
const timeOf = (at: number): string => `${new Date(at).toISOString().slice(11, 19)} UTC`
const momentOf = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

function certificateNote({ certificate }: Figures): Note[] {
  if (!certificate) return []
  const { daysLeft, endsAt, level } = certificate
  const day = momentOf(endsAt).slice(0, 10)
  const left =
    daysLeft < 0 ? `certificate ended on ${day}` : `certificate: ${plural(daysLeft, 'day')} left, until ${day}`
  if (level === 'fine') return [{ text: left, role: 'muted' }]
  return [{ text: `${level}: ${left}`, role: level === 'critical' ? 'error' : 'warn' }]
}

/** What was counted of it, in words. */
export function figureNotes(figures: Figures | undefined): Note[] {
  if (!figures || figures.calls === 0) return []
  const { response, successRate = 0, calls, callsPerMinute, authFailures, rateLimitHits, bursts } = figures
  const times = response
    ? [`p50 ${response.p50} ms, p95 ${response.p95} ms, p99 ${response.p99} ms, mean ${response.mean} ms`]
    : []
  const pace = callsPerMinute === undefined ? [] : [`${callsPerMinute} a minute`]
  const trouble = [
    ...(authFailures ? [`credentials refused ${authFailures} times`] : []),
    ...(rateLimitHits ? [`too many requests ${rateLimitHits} times`] : []),
  ]
  return [
    ...times.map((text) => ({ text })),
    { text: [`${Math.round(successRate * 100)}% of ${plural(calls, 'call')} went well`, ...pace].join(', ') },
    ...(trouble.length ? [{ text: trouble.join(', '), role: 'warn' as const }] : []),
    ...certificateNote(figures),
    ...bursts.slice(0, 1).map(({ count, type, firstAt }) => ({
      text: `${count} failures close together (${type}), the first at ${momentOf(firstAt)} UTC`,
      role: 'warn' as const,
    })),
  ]
}

function placeNotes(entry: Status['entry'], about: string | undefined, settingsFile: string): Note[] {
  if (about !== undefined)
    return [{ text: about }, { text: 'Nothing is asked of it until you enable it with e.', role: 'accent' }]
  if (!entry.place) return [{ text: `comes with the program; add others with a, in ${settingsFile}`, role: 'muted' }]
  return [{ text: `priority ${entry.priority}, written in ${entry.place.file}:${entry.place.line}`, role: 'muted' }]
}

/** What is to say of the chosen registry: breaker, figures, last error, entries that could not be read. */
export function registryNotes(props: ScreenProps, { entry, health, about }: Status, height: number): string[] {
  const { theme, width, state } = props
  const { settingsFile, figures, waiting } = state.registries
  const notes: Note[] = [
    {
      text: `${entry.name}  ${markedType(entry.type)}  ${entry.protocol}  ${entry.url}`,
      role: 'heading',
    },
    ...placeNotes(entry, about, settingsFile),
  ]
  if (waiting.length > 0)
    notes.push({ text: `changed in the file, in effect from the next start: ${waiting.join(', ')}`, role: 'warn' })
  if (health.nextTryAt !== undefined)
    notes.push({
      text: `left alone after too many failures; next try at ${timeOf(health.nextTryAt)}, or ask it now`,
      role: 'warn',
    })
  if (health.state === 'unauthorised') notes.push({ text: 'needs credentials: E sets them', role: 'warn' })
  if (health.lastError !== undefined && health.state !== 'up') notes.push({ text: health.lastError, role: 'error' })
  if (health.lastSuccessAt !== undefined)
    notes.push({ text: `last success ${momentOf(health.lastSuccessAt)} UTC`, role: 'muted' })
  notes.push(...figureNotes(figures?.registries.find((one) => one.registry === entry.name)))
  if (health.skipped.length > 0) {
    const entries = health.skipped.length === 1 ? '1 entry' : `${health.skipped.length} entries`
    notes.push({ text: `${entries} could not be read:`, role: 'warn' })
    notes.push(...health.skipped.slice(0, height).map((one) => ({ text: `  ${skippedText(one)}` })))
  }
  return fill(
    notes.map(({ text, role = 'plain' }) => line(theme, width, [{ text: ` ${text}`, role }])),
    width,
    height,
  )
}
