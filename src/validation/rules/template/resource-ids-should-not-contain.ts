import { guardOf } from '../../../arm/expressions.ts'
import { matchesIn } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'

/** Case counts here, as in the toolkit. */
const SHAPES = [
  /(?<![A-Za-z])resourceId\s*\(\s*(?:resourceGroup|subscription|concat|format)\s*\(/g,
  /subscriptionResourceId\s*\(\s*(?:subscription|concat|format)\s*\(/g,
  /(?:tenantResourceId|extensionResourceId)\s*\(\s*(?:concat|format)\s*\(/g,
  /(?:reference|list\w*)\s*\(\s*(?:concat|format)\s*\(/g,
]

export const resourceIdsShouldNotContain: TemplateRule = {
  name: 'ResourceIds-should-not-contain',
  family: 'template',
  step: 'quality',
  summary: 'Functions that make ids get plain names, no concatenations.',
  severity: 'low',
  skipsBicep: true,
  *inspect({ view, document }) {
    for (const shape of SHAPES) {
      for (const { start, groups } of matchesIn(view, shape)) {
        if (guardOf(document.text, start) !== '[') continue
        const message = `${groups[0]}... is not needed: the function puts the parts together itself.`
        yield { id: 'ResourceId.Should.Not.Contain.Function', at: start, message }
      }
    }
  },
}
