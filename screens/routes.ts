import type { Theme } from '../components/theme.ts'
import type { ScreenName } from '../src/session/slices/route.ts'
import type { SessionState } from '../src/session/session.ts'
import { browseScreen } from './browse.ts'
import { detailsScreen } from './details.ts'
import { installScreen } from './install.ts'
import { installedScreen } from './installed.ts'
import { jobsScreen, logScreen } from './jobs.ts'
import { messagesScreen } from './messages.ts'
import { registriesScreen } from './registries.ts'
import { registryFormScreen } from './registry-form.ts'
import { runScreen } from './run.ts'
import { searchScreen } from './search.ts'

/** What a screen draws from: state in, lines out. */
export interface ScreenProps {
  state: SessionState
  theme: Theme
  width: number
  /** Lines of the body. */
  height: number
}

export interface Drawn {
  lines: string[]
  /** Rows of the main list that show at once; page keys move by it. */
  listRows: number
  /** What stays so: stands on the message line while nothing newer is said there, and moves no row. */
  banner?: string | undefined
}

export interface Screen {
  title: string
  draw(props: ScreenProps): Drawn
}

/** Every screen, by name. A new one is a file and a line here. */
export const screens: Record<ScreenName, Screen> = {
  search: { title: 'Search', draw: searchScreen },
  browse: { title: 'Browse', draw: browseScreen },
  details: { title: 'Details', draw: detailsScreen },
  install: { title: 'Install', draw: installScreen },
  installed: { title: 'Installed', draw: installedScreen },
  jobs: { title: 'Jobs', draw: jobsScreen },
  log: { title: 'Log', draw: logScreen },
  registries: { title: 'Registries', draw: registriesScreen },
  registry: { title: 'Registry', draw: registryFormScreen },
  run: { title: 'Run', draw: runScreen },
  messages: { title: 'Messages', draw: messagesScreen },
}
