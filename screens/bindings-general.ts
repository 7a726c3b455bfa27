import { currentRoute, type ScreenName } from '../src/session/slices/route.ts'
import type { Session } from '../src/session/session.ts'
import type { Binding } from './keymap.ts'
import { leave } from './leaving.ts'
import { move } from './moving.ts'
import { goTo } from './going.ts'

const page = (session: Session): number => Math.max(1, session.store.getState().view.listRows - 1)
const half = (session: Session): number => Math.max(1, Math.floor(session.store.getState().view.listRows / 2))
const FAR = 1_000_000_000

/** One step back; what the screen that is left still asks registries for is given up. */
function back(session: Session): void {
  const { screen: from, id } = currentRoute(session.store.getState())
  if (from === 'search') session.search.stop()
  if (from === 'browse') session.browse.close()
  if (from === 'details' && id !== undefined) session.details.stop(id)
  if (from === 'install') session.install.close()
  session.route.back()
}

const screen = (key: string, name: ScreenName, text: string, command: string): Binding => ({
  id: `go.${name}`,
  keys: [key],
  screens: 'all',
  text,
  command,
  run: (session) => goTo(session, name),
})

/** Keys that mean the same on every screen. */
export const generalBindings: readonly Binding[] = [
  { id: 'up', keys: ['up', 'k'], screens: 'all', text: 'one row up', run: (session) => move(session, -1) },
  { id: 'down', keys: ['down', 'j'], screens: 'all', text: 'one row down', run: (session) => move(session, 1) },
  {
    id: 'pageUp',
    keys: ['pageup', 'ctrl-b'],
    screens: 'all',
    text: 'one page up',
    run: (session) => move(session, -page(session)),
  },
  {
    id: 'pageDown',
    keys: ['pagedown', 'ctrl-f'],
    screens: 'all',
    text: 'one page down',
    run: (session) => move(session, page(session)),
  },
  {
    id: 'halfUp',
    keys: ['ctrl-u'],
    screens: 'all',
    text: 'half a page up',
    run: (session) => move(session, -half(session)),
  },
  {
    id: 'halfDown',
    keys: ['ctrl-d'],
    screens: 'all',
    text: 'half a page down',
    run: (session) => move(session, half(session)),
  },
  {
    id: 'first',
    keys: ['home', 'g'],
    screens: ['installed', 'jobs', 'log', 'registries', 'messages'],
    text: 'first row',
    run: (session) => move(session, -FAR),
  },
  { id: 'home', keys: ['home'], screens: 'all', text: 'first row', run: (session) => move(session, -FAR) },
  { id: 'last', keys: ['end', 'G'], screens: 'all', text: 'last row', run: (session) => move(session, FAR) },
  screen('1', 'search', 'Search', 'search'),
  screen('2', 'browse', 'Browse by kind and category', 'browse'),
  screen('3', 'installed', 'Installed', 'installed'),
  screen('4', 'jobs', 'Jobs', 'jobs'),
  screen('5', 'registries', 'Registries', 'registries'),
  {
    id: 'messages',
    keys: ['M'],
    screens: 'all',
    text: 'everything said in this sitting',
    run: (session) => session.route.go({ screen: 'messages' }),
  },
  {
    id: 'close',
    keys: ['q', 'ctrl-c'],
    screens: ['details', 'install', 'log', 'messages'],
    text: 'one step back',
    hint: 'back',
    run: back,
  },
  { id: 'back', keys: ['escape'], screens: 'all', text: 'one step back; gives up what is being asked', run: back },
  {
    id: 'palette',
    keys: [':'],
    screens: 'all',
    text: 'run a command by name',
    hint: 'command',
    run: (session) => session.palette.open(),
  },
  {
    id: 'help',
    keys: ['?', 'f1'],
    screens: 'all',
    text: 'the keys of this screen',
    command: '--help',
    hint: 'help',
    run: (session) => session.view.setHelp(''),
  },
  {
    id: 'repaint',
    keys: ['ctrl-l'],
    screens: 'all',
    text: 'draw the screen again',
    run: (_, program) => program.repaint(),
  },
  {
    id: 'suspend',
    keys: ['ctrl-z'],
    screens: 'all',
    text: 'to the shell; fg comes back',
    run: (_, program) => program.suspend(),
  },
  {
    id: 'quit',
    keys: ['q', 'ctrl-c'],
    screens: 'all',
    text: 'leave; running jobs go on',
    hint: 'quit',
    run: leave,
  },
  { id: 'leave', keys: ['Q', 'ctrl-q'], screens: 'all', text: 'leave from anywhere', run: leave },
]
