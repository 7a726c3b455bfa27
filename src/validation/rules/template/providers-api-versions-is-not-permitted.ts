import { matchesIn } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'

export const providersApiVersionsIsNotPermitted: TemplateRule = {
  name: 'providers_apiVersions-Is-Not-Permitted',
  family: 'template',
  step: 'quality',
  summary: 'API versions are written down, not asked for with providers().',
  severity: 'medium',
  *inspect({ view, document }) {
    const [first] = matchesIn(view, /providers\(/gi)
    const end = first && document.text.toLowerCase().indexOf(').apiversions', first.end)
    if (!first || end === undefined || end < 0 || end >= view.end) return
    const message = 'providers(...).apiVersions gives another version from one day to the next; write the version.'
    yield { id: 'ApiVersion.Using.Providers', at: first.start, message }
  },
}
