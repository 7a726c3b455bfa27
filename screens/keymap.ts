import type { HelpEntry } from '../components/key-help.ts'
import type { ScreenName } from '../src/session/slices/route.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import type { Session } from '../src/session/session.ts'
import { allBindings } from './bindings.ts'
import { focusOf, type Focus } from './focus.ts'

/** What a key may ask of the program around the screens. */
export interface Program {
  quit(): void
  suspend(): void
  repaint(): void
  /** Puts a text on the clipboard of the user's machine; false when it is too long for a terminal to carry. */
  copy(text: string): boolean
}

/** A key as data: the hint line, the help and the README table are drawn from this. */
export interface Binding {
  id: string
  /** Names as `screens/keys.ts` gives them. */
  keys: readonly string[]
  screens: readonly ScreenName[] | 'all'
  text: string
  /** The command line that does the same, without the program's name. */
  command?: string
  /** Short word for the hint line; without it the key is not hinted. */
  hint?: string
  /** Why it does nothing just now; undefined when it works. */
  off?(session: Session): string | undefined
  run(session: Session, program: Program): void
}

const applies = (binding: Binding, screen: ScreenName): boolean =>
  binding.screens === 'all' || binding.screens.includes(screen)

/** Bindings of a screen, its own before the general ones. */
export function bindingsOf(screen: ScreenName): Binding[] {
  const fitting = allBindings.filter((binding) => applies(binding, screen))
  return fitting.toSorted((a, b) => Number(a.screens === 'all') - Number(b.screens === 'all'))
}

const SHOWN: Record<string, string> = {
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  space: 'Space',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  f1: 'F1',
}

/** A key as people write it: `Ctrl-C`, `PgUp`. */
export const keyWord = (name: string): string =>
  SHOWN[name] ?? (name.startsWith('ctrl-') ? `Ctrl-${name.slice(5).toUpperCase()}` : name)

/** Help lines of the screen that fit a typed filter. */
export function helpEntries(session: Session, filter: string): { entry: HelpEntry; binding: Binding }[] {
  const words = filter.toLowerCase().split(' ').filter(Boolean)
  const bindings = bindingsOf(currentRoute(session.store.getState()).screen)
  /** A key that the screen itself has another use for is told with that one alone. */
  const own = (binding: Binding): readonly string[] =>
    binding.keys.filter((key) => bindings.find((one) => one.keys.includes(key)) === binding)
  return bindings
    .filter((binding) => own(binding).length > 0)
    .map((binding) => {
      const off = binding.off?.(session)
      const entry: HelpEntry = {
        keys: own(binding).map(keyWord).join(' '),
        text: binding.text,
        ...(binding.command === undefined ? {} : { command: binding.command }),
        ...(off === undefined ? {} : { off }),
      }
      return { entry, binding }
    })
    .filter(({ entry }) =>
      words.every((word) => `${entry.keys} ${entry.text} ${entry.command ?? ''}`.toLowerCase().includes(word)),
    )
}

/** A narrow screen has room for only a few hints: these go first. */
const FIRST_HINTS = ['help', 'type', 'open', 'install', 'quit', 'close']
const hintRank = ({ id }: Binding): number => (FIRST_HINTS.includes(id) ? FIRST_HINTS.indexOf(id) : FIRST_HINTS.length)

/** Where keys are typed into something, its own keys are what one needs to know. */
const FOCUS_HINTS: Partial<Record<Focus, { key: string; text: string }[]>> = {
  dialog: [
    { key: 'y', text: 'yes' },
    { key: 'n', text: 'no' },
    { key: 'Enter', text: 'takes the marked one' },
  ],
  picker: [
    { key: 'Enter', text: 'choose' },
    { key: 'Esc', text: 'leave it' },
  ],
  palette: [
    { key: 'Enter', text: 'run' },
    { key: 'Tab', text: 'complete' },
    { key: 'Esc', text: 'leave' },
  ],
  help: [
    { key: 'Enter', text: 'do it' },
    { key: 'Esc', text: 'leave' },
  ],
  box: [
    { key: 'Enter', text: 'to the list' },
    { key: 'Tab', text: 'complete' },
    { key: 'Esc', text: 'clear' },
    { key: 'Up', text: 'searches before' },
    { key: 'Ctrl-U', text: 'clear' },
  ],
  form: [
    { key: 'Ctrl-R', text: 'start' },
    { key: 'Ctrl-P', text: 'preview' },
    { key: 'Esc', text: 'back' },
    { key: 'Tab', text: 'next field' },
    { key: 'Ctrl-U', text: 'clear' },
    { key: 'Ctrl-E', text: 'example' },
  ],
  options: [
    { key: 'Space', text: 'change' },
    { key: 'Ctrl-R', text: 'start' },
    { key: 'Ctrl-P', text: 'preview' },
    { key: 'Esc', text: 'back' },
    { key: 'Tab', text: 'next field' },
  ],
  preview: [
    { key: 'Ctrl-R', text: 'start' },
    { key: 'Esc', text: 'to the form' },
    { key: 'PgDn', text: 'more' },
  ],
  facets: [
    { key: 'Space', text: 'choose' },
    { key: 'Tab', text: 'to the list' },
    { key: 'Esc', text: 'close' },
    { key: '?', text: 'help' },
  ],
}

const REGISTRY_FORM_HINTS = [
  { key: 'Ctrl-R', text: 'write it down' },
  { key: 'Ctrl-P', text: 'look first' },
  { key: 'Esc', text: 'leave' },
  { key: 'Tab', text: 'next field' },
  { key: 'Ctrl-U', text: 'clear' },
]

/** Keys for the last line of the screen. */
export function hintsOf(session: Session): { key: string; text: string }[] {
  const { screen } = currentRoute(session.store.getState())
  const typed = FOCUS_HINTS[focusOf(session)]
  if (typed) return typed === FOCUS_HINTS.form && screen === 'registry' ? REGISTRY_FORM_HINTS : typed
  const bindings = bindingsOf(screen)
  const taken = (binding: Binding): boolean =>
    bindings.find((one) => one.keys.includes(binding.keys[0] ?? '')) !== binding
  return bindings
    .filter((binding) => binding.hint !== undefined && !taken(binding) && binding.off?.(session) === undefined)
    .toSorted((a, b) => hintRank(a) - hintRank(b))
    .map((binding) => ({ key: keyWord(binding.keys[0] ?? ''), text: binding.hint ?? '' }))
}
