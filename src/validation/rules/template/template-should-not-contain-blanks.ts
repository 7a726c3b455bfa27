import { blanksIn } from '../blanks.ts'
import { entriesOf, member, propertyOf, textOf, type Property } from '../../../arm/node.ts'
import { find, type TemplateView } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'

/** Names that may be blank; also excuses any name that stands beside a name which contains one of these (lower case). */
const EXCUSED = [
  'resources',
  'outputs',
  'variables',
  'parameters',
  'functions',
  'properties',
  'template',
  'defaultvalue',
  'accesspolicies',
  'value',
  'promotioncode',
  'inputs',
  'notequals',
  'clientid',
  'allowedcalleripaddresses',
  'workerpools',
  'azuremonitor',
  'requireddataconnectors',
  'usertokenprepend',
]

/** Parts of resources in which anything may be blank: the type and the members that lead there. */
const FREE: readonly (readonly [string, readonly string[]])[] = [
  ['microsoft.web/sites/config', ['properties']],
  ['microsoft.insights/workbooks', ['properties', 'serializedData']],
]

export const templateShouldNotContainBlanks: TemplateRule = {
  name: 'Template-Should-Not-Contain-Blanks',
  family: 'template',
  step: 'quality',
  summary: 'Empty objects, arrays, strings and nulls are left out.',
  severity: 'low',
  *inspect({ view }) {
    const verdicts = new Map<string, boolean>()
    const free = freeRanges(view)
    for (const { name, at, what } of blanksIn(view)) {
      const key = name.toLowerCase()
      if (name.includes('[') || key.includes('/subscriptions/')) continue
      if (free.some((range) => at >= range.start && at < range.end)) continue
      let isExcused = verdicts.get(key)
      if (isExcused === undefined)
        verdicts.set(key, (isExcused = EXCUSED.includes(key) || hasExcusedNeighbour(view, key)))
      if (!isExcused) yield { at, message: `${name} is ${what}: leave it out.` }
    }
  },
}

function hasExcusedNeighbour(view: TemplateView, key: string): boolean {
  return find(view, key, view.root).some(({ owner }) =>
    entriesOf(owner.node).some((other) => EXCUSED.some((word) => other.key.includes(word))),
  )
}

function freeRanges(view: TemplateView): Property[] {
  const found: Property[] = []
  for (const { value, owner, property } of find(view, 'type', view.root)) {
    const names = FREE.find(([type]) => type === textOf(value)?.toLowerCase())?.[1]
    if (!names) continue
    const part = propertyOf(member(owner.node, ...names.slice(0, -1)), names.at(-1) ?? '')
    // The toolkit looks for the part after the type only.
    if (part && part.start > property.start) found.push(part)
  }
  return found
}
