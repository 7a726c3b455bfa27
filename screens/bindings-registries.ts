import { chosenRegistry } from '../src/session/slices/registries.ts'
import type { Session } from '../src/session/session.ts'
import type { Binding } from './keymap.ts'

const chosen = (session: Session) => chosenRegistry(session.store.getState().registries)

/** Why the chosen registry cannot be changed. */
function fixed(session: Session): string | undefined {
  const status = chosen(session)
  if (!status) return 'there is no registry'
  if (status.about !== undefined) return 'it is a suggestion; e writes it down'
  return status.entry.place === undefined ? 'it comes with the program' : undefined
}

const notOffered = (session: Session): string | undefined =>
  chosen(session)?.about === undefined ? fixed(session) : undefined

function withChosen(session: Session, call: (name: string) => void): void {
  const status = chosen(session)
  if (status) call(status.entry.name)
}

const screens = ['registries'] as const

/** Keys that change the list of registries. */
export const registryBindings: readonly Binding[] = [
  {
    id: 'addRegistry',
    keys: ['a'],
    screens,
    text: 'add a registry',
    command: 'registries add ADDRESS',
    hint: 'add',
    run(session) {
      session.registryForm.openNew()
      session.route.go({ screen: 'registry' })
    },
  },
  {
    id: 'editRegistry',
    keys: ['E'],
    screens,
    text: 'change it: address, name, type, protocol, credentials',
    command: 'registries edit NAME',
    hint: 'edit',
    off: fixed,
    run(session) {
      const entry = chosen(session)?.entry
      if (!entry) return
      session.registryForm.openExisting(entry)
      session.route.go({ screen: 'registry', id: entry.name })
    },
  },
  {
    id: 'toggleRegistry',
    keys: ['e'],
    screens,
    text: 'enable it, or disable it',
    command: 'registries enable NAME',
    hint: 'enable',
    off: notOffered,
    run(session) {
      const entry = chosen(session)?.entry
      if (entry) void session.registryEdits.set(entry.enabled ? 'disable' : 'enable', entry.name)
    },
  },
  {
    id: 'removeRegistry',
    keys: ['x'],
    screens,
    text: 'take it out of the settings',
    command: 'registries remove NAME',
    hint: 'remove',
    off: fixed,
    run: (session) =>
      withChosen(session, (name) =>
        session.view.ask({
          title: `Remove ${name}?`,
          lines: ['Its entry goes out of the settings file. What was installed from it stays.'],
          isYes: false,
          onYes: () => void session.registryEdits.set('remove', name),
        }),
      ),
  },
  {
    id: 'defaultRegistry',
    keys: ['d'],
    screens,
    text: 'make it the default: it is asked first for a bare name',
    command: 'registries default NAME',
    off: fixed,
    run: (session) => withChosen(session, (name) => void session.registryEdits.set('default', name)),
  },
  {
    id: 'registryUp',
    keys: ['K'],
    screens,
    text: 'earlier in the order of registries',
    command: 'registries priority NAME N',
    off: fixed,
    run: (session) => withChosen(session, (name) => void session.registryEdits.shift(name, -1)),
  },
  {
    id: 'registryDown',
    keys: ['J'],
    screens,
    text: 'later in the order of registries',
    command: 'registries priority NAME N',
    off: fixed,
    run: (session) => withChosen(session, (name) => void session.registryEdits.shift(name, 1)),
  },
]
