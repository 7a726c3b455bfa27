import { EXIT, reasonOf, type ExitCode } from '../src/model/errors.ts'
import { makeQuery } from '../src/model/query.ts'
import { hasTrouble, type Catalog } from '../src/model/catalog.ts'
import type { Listing } from '../src/model/listing.ts'
import { renderMarkdown } from '../src/model/markdown.ts'
import { planTroubles } from '../src/session/slices/install.ts'
import { isLive } from '../src/session/slices/jobs.ts'
import { openSession, type Session } from '../src/session/session.ts'
import type { System } from '../src/system/system.ts'
import { bytesWord, plural, UNKNOWN } from '../components/words.ts'
import { figureNotes } from './registry-notes.ts'
import type { StartParts } from './start.tsx'

const PAGE = 10
const HELP =
  'Type words to search, or "search" and the words. A number opens that item. "install 3", "remove 3", "more", "installed", "jobs", "registries", "help", "quit".'

interface Reader {
  session: Session
  system: System
  say(text: string): void
  query: string
  offset: number
  ids: string[]
}

/** Lines are read aloud: the terminal breaks them, not we. */
const READ_CELLS = 400

const named = ({ title, version }: Listing): string => (version === undefined ? title : `${title} ${version}`)

async function search(reader: Reader, text: string, offset: number): Promise<void> {
  reader.say('Working ...')
  let last: Catalog | undefined
  const query = makeQuery({ text, offset, limit: PAGE })
  for await (const catalog of reader.session.marketplace.search(query)) last = catalog
  if (!last) return
  Object.assign(reader, { query: text, offset, ids: last.rows.map((row) => row.listing.id) })
  last.rows.forEach(({ listing, installed }, index) => {
    const here = installed ? ', installed' : ''
    reader.say(`${index + 1} of ${last.total}: ${named(listing)}, ${listing.kind}${here}. ${listing.description}`)
  })
  for (const one of last.sources.filter(hasTrouble))
    reader.say(`Registry ${one.registry}: ${one.state === 'fresh' ? 'in part' : one.state}. ${one.reason ?? ''}`)
  reader.say(last.total === 0 ? 'Nothing found.' : `Done. ${plural(last.total, 'item')}.`)
}

async function show(reader: Reader, id: string): Promise<void> {
  const { listing, installation } = await reader.session.marketplace.details(id)
  reader.say(`${listing.title}, version ${listing.version ?? UNKNOWN}, ${listing.kind}.`)
  reader.say(listing.description || UNKNOWN)
  reader.say(`Author ${listing.author ?? UNKNOWN}. Licence ${listing.license ?? UNKNOWN}. From ${listing.registry}.`)
  if (installation) reader.say(`Installed in ${installation.path}.`)
  for (const need of listing.needs) reader.say(`${need.label}: ${need.text}`)
  for (const spans of renderMarkdown(listing.readme ?? '', READ_CELLS)) {
    const text = spans.map((span) => span.text).join('')
    if (text.trim() !== '') reader.say(text)
  }
}

/** Plan, question, work: one line for each step that ends. */
async function change(reader: Reader, action: 'install' | 'uninstall', id: string): Promise<void> {
  const { session, system } = reader
  await session.install.plan(action, [id])
  const { plan } = session.store.getState().install
  if (!plan) return
  for (const one of plan.changes)
    reader.say(`${one.action} ${one.id} ${one.version ?? ''} ${one.size === undefined ? '' : bytesWord(one.size)}`)
  const troubles = planTroubles(plan)
  if (troubles.length) return reader.say(`This cannot be done. ${troubles.join(' ')}`)
  const answer = await system.io.ask('Do it? Type yes or no: ')
  if (answer?.trim().toLowerCase() !== 'yes') return reader.say('Nothing was changed.')
  await session.install.start()
  const { jobId } = session.store.getState().install
  if (jobId === undefined) return
  for await (const event of session.marketplace.jobs.follow(jobId)) {
    if (event.type === 'step' && event.state !== 'running')
      reader.say(`${event.step}: ${event.state}${event.reason ? `, ${event.reason}` : ''}`)
    if (event.type === 'finished') reader.say(event.state === 'succeeded' ? 'Done.' : `It ${event.state}.`)
  }
}

/** The item a word means: a number of the last list, or an id. */
const idOf = (reader: Reader, word: string): string => reader.ids[Number(word) - 1] ?? word

async function obey(reader: Reader, line: string): Promise<void> {
  const [word = '', rest = ''] = line.split(/\s+(.*)/s)
  const { session } = reader
  if (/^\d+$/.test(line)) return show(reader, idOf(reader, line))
  if (word === 'search' && rest) return search(reader, rest, 0)
  if (word === 'install' && rest) return change(reader, 'install', idOf(reader, rest))
  if (word === 'remove' && rest) return change(reader, 'uninstall', idOf(reader, rest))
  if (line === 'more') return search(reader, reader.query, reader.offset + PAGE)
  if (line === 'help') return reader.say(HELP)
  if (line === 'installed') {
    const items = await session.marketplace.installed()
    for (const item of items) reader.say(`${item.title} ${item.version ?? ''} in ${item.path}`)
    return reader.say(`${plural(items.length, 'item')} installed.`)
  }
  if (line === 'jobs') {
    for (const job of await session.marketplace.jobs.list())
      reader.say(`${job.title}: ${job.state}${isLive(job) ? `, ${Math.floor(job.percent)} percent` : ''}`)
    return
  }
  if (line === 'registries') {
    const { registries } = await session.marketplace.metrics.figures()
    for (const { entry, health } of session.marketplace.registries.status()) {
      const notes = figureNotes(registries.find((one) => one.registry === entry.name)).map((one) => `${one.text}.`)
      const error = health.state === 'up' ? '' : (health.lastError ?? '')
      reader.say([`${entry.name}: ${health.state}.`, error, ...notes].filter(Boolean).join(' '))
    }
    return
  }
  return search(reader, line, 0)
}

/** The market as lines that are only ever added: for screen readers, and terminals that cannot draw. */
export async function startReader({ marketplace, system }: StartParts): Promise<ExitCode> {
  const session = openSession({ marketplace, system })
  const say = (text: string): void => system.io.out.write(`${text.trimEnd()}\n`)
  const reader: Reader = { session, system, say, query: '', offset: 0, ids: [] }
  // What the session has to say is said as it comes.
  const stop = session.store.subscribe((state, before) => {
    const { shown } = state.notices
    if (shown && shown !== before.notices.shown) say(`${shown.level}: ${shown.text} ${shown.hint ?? ''}`)
  })
  say(`Souk. ${HELP}`)
  try {
    for (;;) {
      const line = (await system.io.ask('souk> '))?.trim()
      if (line === undefined || line === 'quit' || line === 'q') return EXIT.ok
      if (line === '') continue
      try {
        await obey(reader, line)
      } catch (error) {
        say(`error: ${reasonOf(error)} ${(error as { hint?: string }).hint ?? ''}`)
      }
    }
  } finally {
    stop()
    session.close()
  }
}
