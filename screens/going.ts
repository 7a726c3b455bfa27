import type { ScreenName } from '../src/session/slices/route.ts'
import type { Session } from '../src/session/session.ts'

/** Goes to a screen of the first level and has it look at the world. */
export function goTo(session: Session, screen: ScreenName): void {
  session.route.go({ screen })
  if (screen === 'browse') void session.browse.load()
  if (screen === 'registries') session.registries.load()
  if (screen === 'installed') {
    void session.installed.load()
    void session.installed.check()
  }
}

/** Opens the details of an item. */
export function goToDetails(session: Session, id: string): void {
  // Opened before the list is left, which would end what is fetched ahead.
  session.details.open(id)
  session.route.go({ screen: 'details', id })
}

/** Works out a plan and shows it. */
export function goToPlan(session: Session, action: 'install' | 'update' | 'uninstall', ids: string[]): void {
  session.route.go({ screen: 'install', id: ids.join(' ') })
  void session.install.plan(action, ids)
}
