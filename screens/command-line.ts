import type { Session } from '../src/session/session.ts'
import { chosenListing } from './bindings-items.ts'
import { goTo, goToDetails, goToPlan } from './going.ts'
import type { Program } from './keymap.ts'
import { leave } from './leaving.ts'

/** A command of the palette: the same name and arguments as on the command line. */
interface PaletteCommand {
  name: string
  usage: string
  text: string
  /** True where the command line has no such command: it is about these screens. */
  isOfScreens?: true
  run(session: Session, argument: string, program: Program): void
}

/** The item named, or the one under the cursor. */
function withItem(session: Session, argument: string, call: (id: string) => void): void {
  const id = argument || chosenListing(session)?.id
  if (id === undefined) session.notices.say('warning', 'Name an item, or choose one first.')
  else call(id)
}

async function openRun(session: Session, id: string): Promise<void> {
  try {
    const { listing } = await session.marketplace.details(id)
    session.run.open(listing)
    session.route.go({ screen: 'run', id: listing.id })
  } catch (error) {
    session.notices.say('error', (error as Error).message)
  }
}

const split = (text: string): string[] => text.split(/\s+/).filter(Boolean)

const paletteCommands: readonly PaletteCommand[] = [
  {
    name: 'search',
    usage: 'search TEXT',
    text: 'search all registries',
    run(session, argument) {
      goTo(session, 'search')
      session.search.setText(argument)
    },
  },
  { name: 'browse', usage: 'browse', text: 'kinds and categories', run: (session) => goTo(session, 'browse') },
  {
    name: 'show',
    usage: 'show ID',
    text: 'details of an item',
    run: (session, argument) => withItem(session, argument, (id) => goToDetails(session, id)),
  },
  {
    name: 'install',
    usage: 'install ID ...',
    text: 'install items',
    run: (session, argument) => withItem(session, argument, (id) => goToPlan(session, 'install', split(id))),
  },
  {
    name: 'update',
    usage: 'update [ID ...]',
    text: 'update items, or everything',
    run: (session, argument) => goToPlan(session, 'update', split(argument)),
  },
  {
    name: 'uninstall',
    usage: 'uninstall ID ...',
    text: 'remove items',
    run: (session, argument) => withItem(session, argument, (id) => goToPlan(session, 'uninstall', split(id))),
  },
  { name: 'installed', usage: 'installed', text: 'what is here', run: (session) => goTo(session, 'installed') },
  {
    name: 'outdated',
    usage: 'outdated',
    text: 'what has a newer version',
    run(session) {
      goTo(session, 'installed')
      void session.installed.check(true)
    },
  },
  {
    name: 'registries',
    usage: 'registries',
    text: 'how each registry fares',
    run: (session) => goTo(session, 'registries'),
  },
  {
    name: 'run',
    usage: 'run ID',
    text: 'generate, validate and package',
    run: (session, argument) => withItem(session, argument, (id) => void openRun(session, id)),
  },
  { name: 'jobs', usage: 'jobs', text: 'running and finished jobs', run: (session) => goTo(session, 'jobs') },
  {
    name: 'messages',
    usage: 'messages',
    text: 'everything said in this sitting',
    isOfScreens: true,
    run: (session) => session.route.go({ screen: 'messages' }),
  },
  {
    name: 'help',
    usage: 'help',
    text: 'the keys of this screen',
    isOfScreens: true,
    run: (session) => session.view.setHelp(''),
  },
  {
    name: 'quit',
    usage: 'quit',
    text: 'leave; running jobs go on',
    isOfScreens: true,
    run: (session, _argument, program) => leave(session, program),
  },
]

/** Commands whose name begins with, or else contains, the first word typed. */
export function paletteMatches(text: string): readonly PaletteCommand[] {
  const [word = ''] = text.trimStart().split(' ')
  const starting = paletteCommands.filter((one) => one.name.startsWith(word))
  return starting.length ? starting : paletteCommands.filter((one) => one.name.includes(word))
}

/** Runs the typed line; a lone start of a name runs the chosen match. */
export function runCommand(session: Session, program: Program, line: string, chosen: string | undefined): void {
  const [word = '', ...rest] = line.trim().split(' ')
  const command = paletteCommands.find((one) => one.name === word) ?? paletteCommands.find((one) => one.name === chosen)
  session.palette.ran(line)
  if (command) command.run(session, rest.join(' ').trim(), program)
  else session.notices.say('warning', `There is no command "${word}". Esc leaves, Tab completes.`)
}
