import { elementsOf, entriesOf, member, textOf, type ArmNode } from '../../../arm/node.ts'
import type { Fault, UiRule } from '../../rule.ts'

const BASICS = /\[\s*basics\(\s*'([^']*)'\s*\)/gi
const STEPS = /\[\s*steps\(\s*'([^']*)'\s*\)(?:\.(\w+))?/gi

export const controlsInOutputsMustExist: UiRule = {
  name: 'Controls-In-Outputs-Must-Exist',
  family: 'ui',
  step: 'structure',
  summary: 'Outputs take their values from controls that are there.',
  severity: 'high',
  *inspect({ root }) {
    const parameters = member(root, 'parameters')
    for (const { name, value } of entriesOf(member(parameters, 'outputs'))) {
      const values = [value, ...entriesOf(value).map((inner) => inner.value)]
      for (const one of values) yield* inspectText(one, `parameters.outputs.${name}`, parameters)
    }
  },
}

function* inspectText(value: ArmNode, path: string, parameters: ArmNode | undefined): Iterable<Fault> {
  const text = textOf(value) ?? ''
  const place = { at: value.start, path }
  for (const [, name = ''] of text.matchAll(BASICS)) {
    if (named(member(parameters, 'basics'), name)) continue
    yield { ...place, id: 'ControlName.Not.Found', message: `There is no control ${name} in basics.` }
  }
  for (const [, step = '', element] of text.matchAll(STEPS)) {
    const found = named(member(parameters, 'steps'), step)
    if (!found) yield { ...place, id: 'StepName.Not.Found', message: `There is no step ${step}.` }
    else if (element !== undefined && !named(member(found, 'elements'), element)) {
      yield { ...place, id: 'ElementName.Not.Found', message: `There is no element ${element} in the step ${step}.` }
    }
  }
}

const named = (list: ArmNode | undefined, name: string): ArmNode | undefined =>
  elementsOf(list).find((one) => textOf(member(one, 'name'))?.toLowerCase() === name.toLowerCase())
