import { line } from '../components/line.ts'
import { durationWord, plural } from '../components/words.ts'
import {
  formCommandLine,
  formFields,
  formProblems,
  type RegistryFormState,
} from '../src/session/slices/registry-form.ts'
import { footText, formScreen, type FormView } from './form.ts'
import type { Drawn, ScreenProps } from './routes.ts'

/** What a look at the address found, or that it is under way, or why it failed. */
function lookLines(props: ScreenProps, { probe, isLooking, problem }: RegistryFormState): string[] {
  if (isLooking) return footText(props, 'Looking at the address ...', { role: 'accent' })
  if (problem) return footText(props, `${problem.text} ${problem.hint ?? ''}`, { role: 'error' })
  if (!probe) return []
  const kinds = Object.entries(probe.kinds).map(([kind, count]) => `${count} ${kind}`)
  const items = probe.items === undefined ? 'not counted' : plural(probe.items, 'item')
  const facts = [
    `protocol ${probe.protocol}`,
    kinds.length ? `${items} (${kinds.join(', ')})` : items,
    ...(probe.skipped ? [`${probe.skipped} not readable`] : []),
    probe.needsCredentials ? 'needs credentials' : 'no further credentials needed',
    durationWord(probe.ms),
  ]
  const role = probe.needsCredentials ? 'warn' : 'ok'
  return [
    ...footText(props, `Found: ${facts.join('; ')}.`, { role }),
    ...(probe.note === undefined ? [] : footText(props, probe.note, { most: 2 })),
  ]
}

/** The form that adds a registry, or changes one. */
export function registryFormView(props: ScreenProps): FormView {
  const { state, theme, width, height } = props
  const form = state.registryForm
  const fields = formFields(form)
  const told = Object.entries(formProblems(form)).filter(([name]) => form.isChecked || form.touched[name])
  const foot = [
    ...lookLines(props, form),
    ...(height < 12 ? [] : footText(props, fields[form.index]?.help ?? '', { most: 2 })),
    line(theme, width, []),
    ...footText(props, `Same as: ${formCommandLine(form)}`, { most: 2 }),
  ]
  return {
    title: form.name === undefined ? 'Add a registry' : `Change ${form.name}`,
    keys: 'Up, Down: fields. Ctrl-P: look. Ctrl-R: write it down. Esc: leave.',
    fields,
    texts: form.texts,
    index: form.index,
    told: Object.fromEntries(told),
    foot,
  }
}

export const registryFormScreen = (props: ScreenProps): Drawn => formScreen(props, registryFormView(props))
