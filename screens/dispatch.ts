import { runCommand, paletteMatches } from './command-line.ts'
import { facetKeys } from './bindings-screens.ts'
import { focusOf, type Focus } from './focus.ts'

import { bindingsOf, helpEntries, type Program } from './keymap.ts'
import type { Key } from './keys.ts'
import { FRAME_LINES } from './layout.ts'
import { move } from './moving.ts'
import { lastTop } from './run-preview.ts'
import { formFields } from '../src/session/slices/registry-form.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import type { Session } from '../src/session/session.ts'

const TEXT_FOCUS: readonly Focus[] = ['palette', 'help', 'box', 'form']
const EDIT_KEYS: Record<string, string> = {
  backspace: '\u007f',
  delete: '\u007f',
  left: '\u001b[D',
  right: '\u001b[C',
}
const PICK_KEYS: Record<string, string> = { up: '\u001b[A', down: '\u001b[B', k: 'k', j: 'j', enter: '\r' }

/** The bytes by which a text field or list of Ink's family understands a key; undefined when the key is not for it. */
export function inkSequence(focus: Focus, key: Key): string | undefined {
  if (focus === 'picker') return PICK_KEYS[key.name] ?? (/^[1-9]$/.test(key.name) ? key.name : undefined)
  if (!TEXT_FOCUS.includes(focus)) return undefined
  if (key.text !== undefined) {
    // oxlint-disable-next-line no-control-regex
    return key.text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
  }
  return EDIT_KEYS[key.name]
}

function inDialog(session: Session, key: Key): void {
  const { dialog } = session.store.getState().view
  if (key.name === 'y') session.view.answer(true)
  else if (key.name === 'n' || key.name === 'escape' || key.name === 'q' || key.name === 'ctrl-c')
    session.view.answer(false)
  else if (key.name === 'enter') session.view.answer(dialog?.isYes ?? false)
  else if (['left', 'right', 'tab', 'shift-tab', 'h', 'l', 'up', 'down'].includes(key.name))
    session.view.choose(!dialog?.isYes)
}

function inPalette(session: Session, key: Key, program: Program): void {
  const { text = '', index } = session.store.getState().palette
  const matches = paletteMatches(text)
  if (key.name === 'escape' || key.name === 'ctrl-c') session.palette.close()
  else if (key.name === 'up') session.palette.move(-1, matches.length)
  else if (key.name === 'down') session.palette.move(1, matches.length)
  else if (key.name === 'ctrl-u') session.palette.setText('')
  else if (key.name === 'tab') session.palette.setText(`${matches[index]?.name ?? text} `)
  else if (key.name === 'enter') runCommand(session, program, text, matches[index]?.name)
}

function inHelp(session: Session, key: Key, program: Program): void {
  const { help = '', helpIndex } = session.store.getState().view
  const entries = helpEntries(session, help)
  if (key.name === 'escape' || key.name === 'ctrl-c') session.view.setHelp(help === '' ? undefined : '')
  else if (key.name === 'up') session.view.moveHelp(-1, entries.length)
  else if (key.name === 'down') session.view.moveHelp(1, entries.length)
  else if (key.name === 'pageup') session.view.moveHelp(-10, entries.length)
  else if (key.name === 'pagedown') session.view.moveHelp(10, entries.length)
  else if (key.name === 'enter') {
    const chosen = entries[helpIndex]?.binding
    session.view.setHelp(undefined)
    if (chosen && chosen.off?.(session) === undefined) chosen.run(session, program)
  }
}

/** Up and Down walk the searches of before from an empty box, else the rows. */
function walk(session: Session, delta: -1 | 1): void {
  if (!session.search.walkHistory(delta)) move(session, delta)
}

function inBox(session: Session, key: Key): void {
  const { text } = session.store.getState().search
  if (key.name === 'escape') {
    session.search.stop()
    if (text === '') session.search.setFocus('list')
    else session.search.setText('')
  } else if (key.name === 'enter') session.search.submit()
  else if (key.name === 'tab') {
    if (!session.search.acceptSuggestion()) session.search.setFocus('list')
  } else if (key.name === 'ctrl-u') session.search.setText('')
  else if (key.name === 'ctrl-w') session.search.setText(text.slice(0, text.trimEnd().lastIndexOf(' ') + 1))
  else if (key.name === 'ctrl-c') session.search.setFocus('list')
  else if (key.name === 'ctrl-p') session.search.walkHistory(-1)
  else if (key.name === 'ctrl-n') session.search.walkHistory(1)
  else if (key.name === 'up' || key.name === 'down') walk(session, key.name === 'up' ? -1 : 1)
  else if (key.name === 'pageup' || key.name === 'pagedown')
    move(session, (key.name === 'pageup' ? -1 : 1) * session.store.getState().view.listRows)
}

async function startRun(session: Session): Promise<void> {
  const id = await session.run.start()
  if (id === undefined) return
  session.jobs.choose(id)
  session.route.go({ screen: 'jobs' })
}

async function writeRegistry(session: Session): Promise<void> {
  if (await session.registryForm.write()) session.route.back()
}

function inRegistryForm(session: Session, key: Key): void {
  const { index, ...form } = session.store.getState().registryForm
  const fields = formFields(form)
  if (key.name === 'escape' || key.name === 'ctrl-c') {
    session.registryForm.close()
    session.route.back()
  } else if (key.name === 'up' || key.name === 'shift-tab') session.registryForm.move(-1)
  else if (key.name === 'down' || key.name === 'tab') session.registryForm.move(1)
  else if (key.name === 'ctrl-u') session.registryForm.setText(fields[index]?.name ?? '', '')
  else if (key.name === 'ctrl-p') void session.registryForm.look()
  else if (key.name === 'ctrl-r' || (key.name === 'enter' && index === fields.length - 1)) void writeRegistry(session)
  else if (key.name === 'enter') session.registryForm.move(1)
}

function inForm(session: Session, key: Key): void {
  if (currentRoute(session.store.getState()).screen === 'registry') return inRegistryForm(session, key)
  const { index, fields } = session.store.getState().run
  if (key.name === 'escape' || key.name === 'ctrl-c') session.route.back()
  else if (key.name === 'up' || key.name === 'shift-tab') session.run.move(-1)
  else if (key.name === 'down' || key.name === 'tab') session.run.move(1)
  else if (key.name === 'pageup') session.run.move(-session.store.getState().view.listRows)
  else if (key.name === 'pagedown') session.run.move(session.store.getState().view.listRows)
  else if (key.name === 'ctrl-u') session.run.setText(fields[index]?.name ?? '', '')
  else if (key.name === 'ctrl-e') session.run.takeExample()
  else if (key.name === 'ctrl-p') void session.run.preview()
  else if (key.name === 'ctrl-r') void startRun(session)
  else if (key.name === 'enter') {
    if (index === fields.length - 1) void startRun(session)
    else session.run.move(1)
  }
}

/** Space, arrows and the first letters of the words go through what a field may be; all else is as in a form. */
function inOptions(session: Session, key: Key): void {
  const isLetter = key.text !== undefined && /^[\p{L}\d]$/u.test(key.text)
  if (key.name === 'space' || key.text === ' ' || key.name === 'right') session.run.cycle(1)
  else if (key.name === 'left') session.run.cycle(-1)
  else if (isLetter) session.run.cycle(1, key.text?.toLowerCase())
  else inForm(session, key)
}

function inPreview(session: Session, key: Key): void {
  const { run, view } = session.store.getState()
  const page = Math.max(1, view.listRows - 1)
  const steps: Record<string, number> = { up: -1, k: -1, down: 1, j: 1, pageup: -page, pagedown: page }
  const far = Number.MAX_SAFE_INTEGER
  const ends: Record<string, number> = { home: -far, g: -far, end: far, G: far }
  const delta = steps[key.name] ?? ends[key.name]
  if (key.name === 'escape' || key.name === 'ctrl-c' || key.name === 'q') session.run.closePreview()
  else if (key.name === 'ctrl-r') void startRun(session)
  else if (delta !== undefined && run.preview)
    session.run.scroll(delta, lastTop(run.preview, view.columns, view.rows - FRAME_LINES))
}

/** Keys that leave where nothing is drawn. Jobs go on. */
const LEAVING = ['q', 'Q', 'ctrl-c', 'ctrl-q']

/** Does what a key means where the focus is. Keys on their way to a text field never come here. */
export function dispatch(session: Session, program: Program, key: Key): void {
  session.notices.seen()
  const focus = focusOf(session)
  if (key.name === 'ctrl-z') return program.suspend()
  if (key.name === 'ctrl-l') return program.repaint()
  if (focus === 'blind') return LEAVING.includes(key.name) ? program.quit() : undefined
  if (focus === 'dialog') return inDialog(session, key)
  if (focus === 'picker') {
    if (['escape', 'q', 'ctrl-c'].includes(key.name)) session.view.picked(undefined)
    return
  }
  if (focus === 'palette') return inPalette(session, key, program)
  if (focus === 'help') return inHelp(session, key, program)
  if (focus === 'box') return inBox(session, key)
  if (focus === 'form') return inForm(session, key)
  if (focus === 'options') return inOptions(session, key)
  if (focus === 'preview') return inPreview(session, key)
  if (focus === 'facets' && facetKeys[key.name]) return facetKeys[key.name]?.(session)
  const { screen } = currentRoute(session.store.getState())
  const binding = bindingsOf(screen).find((one) => one.keys.includes(key.name))
  if (!binding) return
  const off = binding.off?.(session)
  if (off === undefined) binding.run(session, program)
  else session.notices.say('warning', `${key.name}: ${off}.`)
}
