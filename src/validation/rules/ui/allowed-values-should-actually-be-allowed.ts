import { elementsOf, isTruthy, member, plainText, textOf, type ArmNode } from '../../../arm/node.ts'
import { find, type Found } from '../../../arm/templates.ts'
import type { Fault, UiRule, UiSubject } from '../../rule.ts'
import { outputsOf, parameterOf } from './controls.ts'

export const allowedValuesShouldActuallyBeAllowed: UiRule = {
  name: 'Allowed-Values-Should-Actually-Be-Allowed',
  family: 'ui',
  step: 'structure',
  summary: 'What can be chosen is what the template allows.',
  severity: 'medium',
  needs: 'main',
  *inspect(subject) {
    for (const found of find(subject.view, 'allowedvalues', subject.root)) yield* inspectControl(found, subject)
  },
}

function* inspectControl(found: Found, subject: UiSubject): Iterable<Fault> {
  const { property, value, path } = found
  const at = property.start
  const name = nameOf(found, 0) ?? nameIn(found.owner.node) ?? ''
  const output = outputFor(found, subject)
  if (!output) {
    if (name && subject.document.text.toLowerCase().includes(`.${name.toLowerCase()}`)) return
    yield { at, path, message: `What is chosen in ${name || 'this control'} is in no output.` }
    return
  }
  const parameter = parameterOf(subject.main, output)
  if (!parameter) {
    yield { at, path, message: `The output ${output} is not a parameter of the template.` }
    return
  }
  const offered = elementsOf(value).map((one) => plainText(member(one, 'value') ?? one).toLowerCase())
  yield* compare({ offered, parameter, output }, { at, path })
}

function* compare(
  { offered, parameter, output }: { offered: string[]; parameter: ArmNode; output: string },
  place: { at: number; path: string },
): Iterable<Fault> {
  const allowed = member(parameter, 'allowedValues')
  const values = elementsOf(allowed).map((one) => plainText(one).toLowerCase())
  const isAllowed = (text: string): boolean => values.some((one) => one.includes(text))
  for (const text of isTruthy(allowed) ? offered.filter((one) => !isAllowed(one)) : []) {
    const message = `The value "${text}" can be chosen, but the parameter ${output} does not allow it.`
    yield { ...place, id: 'Allowed.Value.Mismatch', message }
  }
  const given = member(parameter, 'defaultValue')
  if (!isTruthy(given) || plainText(given).toLowerCase() === '[resourcegroup().location]') return
  for (const one of given.kind === 'array' ? given.items : [given]) {
    const text = plainText(one).toLowerCase()
    if (offered.includes(text) || isAllowed(text)) continue
    const message = `The default "${text}" of the parameter ${output} cannot be chosen.`
    yield { ...place, id: 'Allowed.Value.Default.Mismatch', message }
  }
}

const nameIn = (node: ArmNode | undefined): string | undefined => textOf(member(node, 'name'))
const nameOf = ({ ancestors }: Found, index: number): string | undefined => nameIn(ancestors[index]?.node)

/** The output that hands on a control's value: by basics, by its step, or for a grid column by the grid's name. */
function outputFor(found: Found, subject: UiSubject): string | undefined {
  const name = nameOf(found, 0)?.toLowerCase()
  const step = nameOf(found, 1)?.toLowerCase()
  const grid = /\.config\./i.test(`${found.ownerPath}.`) ? found.ownerPath.split('.').at(-1)?.toLowerCase() : undefined
  return outputsOf(subject).find((output) => {
    const text = output.text.toLowerCase()
    if (name === undefined) return grid !== undefined && text.includes(`${grid}(`)
    if (text.includes(`basics('${name}')`)) return true
    const at = step === undefined ? -1 : text.indexOf(`steps('${step}')`)
    return at >= 0 && text.slice(at).includes(`.${name}`)
  })?.name
}
