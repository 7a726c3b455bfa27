import { hasTrouble, type Catalog, type Source } from '../src/model/catalog.ts'
import { line } from '../components/line.ts'
import { durationWord } from '../components/words.ts'
import type { ScreenProps } from './routes.ts'

/** Health of a registry as far as it is known. */
const healthOf = ({ state }: ScreenProps, registry: string) =>
  state.registries.list.find((one) => one.entry.name === registry)?.health

const NOT_WELL: ReadonlySet<string | undefined> = new Set(['down', 'degraded', 'unauthorised'])

/** True for one that is asked again just now after it did not answer before: the banner stays instead of flickering. */
export const isAskedAgain = (props: ScreenProps, source: Source): boolean =>
  source.state === 'pending' && NOT_WELL.has(healthOf(props, source.registry)?.state)

const clockOf = (at: number, from: 11, to: 16 | 19): string => `${new Date(at).toISOString().slice(from, to)} UTC`

/** The name stands before the sentence already. */
const withoutName = (reason: string, registry: string): string =>
  reason.replace(`Registry "${registry}" `, '').replace(/\.$/, '')

/** What kind of fault it is (inventory S10.1), where the sentence may be cut off before it says so. */
const KINDS: Readonly<Record<string, string>> = {
  authentication: ' no valid credentials',
  authorization: ' not allowed',
  rate_limit: ' limits requests',
}

/** Who does not answer: since when or how old its answer is, when it is tried next, why. */
function troubleWord(props: ScreenProps, source: Source): string {
  const { ageMs, registry, state, code } = source
  const health = healthOf(props, registry)
  const next = health?.nextTryAt
  // While nothing is sent, what went wrong before says more than that nothing is sent.
  const said = code === 'registry.open' ? (health?.lastError ?? source.reason) : (source.reason ?? health?.lastError)
  const hasNothing = state === 'failed' || state === 'pending' || state === 'unauthorised'
  const kind = KINDS[source.fault ?? ''] ?? (state === 'unauthorised' ? ' unauthorised' : '')
  const word = hasNothing ? kind : ` ${state === 'fresh' ? 'in part' : state}`
  const age = ageMs === undefined ? '' : `, ${durationWord(ageMs)} old`
  const since =
    health?.since === undefined || ageMs !== undefined || state === 'fresh'
      ? ''
      : ` since ${clockOf(health.since, 11, 16)}`
  const tried = next === undefined ? '' : `, next try ${clockOf(next, 11, 19)}`
  return `${registry}${word}${since}${age}${tried}${said === undefined ? '' : `: ${withoutName(said, registry)}`}`
}

/** One line when some registry did not answer: how many, who, since when and why, and the keys that help. */
export function degradedLine(props: ScreenProps, catalog: Catalog | undefined): string | undefined {
  const { theme, width } = props
  const bad = catalog?.sources.filter((one) => hasTrouble(one) || isAskedAgain(props, one)) ?? []
  if (bad.length === 0) return undefined
  const what = width >= 60 ? '  r retries, 5 why ' : ' r, 5 '
  const who = bad.map((one) => troubleWord(props, one)).join('; ')
  return line(theme, width, [
    {
      text: ` ! ${bad.length} of ${catalog?.sources.length ?? 0} not answering: ${who}`,
      role: 'warn',
      width: Math.max(1, width - what.length),
    },
    { text: what, role: 'accent' },
  ])
}
