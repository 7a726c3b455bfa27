import { functionCalls, hasExpression } from '../../../arm/expressions.ts'
import { plainText } from '../../../arm/node.ts'
import { findWhere, type KeyTest } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'

const isAddress: KeyTest = (key) => /ur[il]$/.test(key)

export const urisShouldBeProperlyConstructed: TemplateRule = {
  name: 'URIs-Should-Be-Properly-Constructed',
  family: 'template',
  step: 'quality',
  summary: 'Addresses are put together with uri().',
  severity: 'low',
  *inspect({ view }) {
    for (const { value, property, path } of findWhere(view, isAddress, view.root)) {
      const text = plainText(value)
      if (!hasExpression(text)) continue
      const [joined] = functionCalls(text, '(?:format|concat)')
      const [uri] = functionCalls(text, 'uri')
      if (!joined || (uri && uri.start < joined.start)) continue
      const message = `${property.name} is put together with concat() or format(); use uri().`
      yield { id: 'URI.Improperly.Constructed', at: property.start, path, message }
    }
  },
}
