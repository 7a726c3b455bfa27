import { functionCalls, listCalls, variableReferences, type Match } from '../../../arm/expressions.ts'
import { textOf } from '../../../arm/node.ts'
import { find, isIn } from '../../../arm/templates.ts'
import type { Fault, TemplateRule, TemplateSubject } from '../../rule.ts'
import { judgeUse } from './api-verdict.ts'
import { resourceTypeOf } from './resource-type.ts'

const VERSION = /\d{4}-\d{2}-\d{2}(?:-\w+)?/

export const apiVersionsShouldBeRecentInReferenceFunctions: TemplateRule = {
  name: 'apiVersions-Should-Be-Recent-In-Reference-Functions',
  family: 'template',
  step: 'quality',
  summary: 'API versions in reference() and list functions are recent.',
  severity: 'medium',
  skipsBicep: true,
  *inspect(subject) {
    const { view, document } = subject
    const text = document.text.slice(view.start, view.end)
    for (const call of [...functionCalls(text, 'reference'), ...listCalls(text)]) {
      if (!isIn(view, view.start + call.start)) continue
      const fault = judge(call, subject)
      if (fault) yield fault
    }
  },
}

function judge(call: Match, subject: TemplateSubject): Fault | undefined {
  const version = VERSION.exec(call.text)
  if (!version) return undefined
  const type = typeIn(call.text) ?? typeByVariable(call.text, subject)
  if (!type) return undefined
  const at = subject.view.start + call.start + version.index
  return judgeUse({ version: version[0], type, at, prefix: 'ApiReference.Version', tellsUnknown: false }, subject.facts)
}

/** The type named inside the first resourceId( of a call: all its arguments with a slash. */
function typeIn(text: string): string | undefined {
  const from = /resourceId\s*\(/i.exec(text)
  if (!from) return undefined
  const inside = text.slice(from.index + from[0].length)
  const end = inside.indexOf(')')
  const parts = inside
    .slice(0, end < 0 ? undefined : end)
    .split(',')
    .map((part) => part.trim().replaceAll("'", ''))
    .filter((part) => part.includes('/'))
  return parts.length ? parts.join('/') : undefined
}

/** The type of the first resource whose name uses the variable that a call uses. */
function typeByVariable(text: string, { view, root }: TemplateSubject): string | undefined {
  const [used] = variableReferences(text)
  if (!used) return undefined
  for (const found of find(view, 'name', root)) {
    const name = textOf(found.value) ?? ''
    if (!variableReferences(name).some((one) => one.name === used.name)) continue
    const type = resourceTypeOf(found)
    if (type) return type
  }
  return undefined
}
