import { dateIn } from '../../../arm/api-versions.ts'
import { member, plainText, textOf } from '../../../arm/node.ts'
import { find, type Found } from '../../../arm/templates.ts'
import type { Fault, TemplateRule, TemplateSubject } from '../../rule.ts'
import { judgeUse } from './api-verdict.ts'
import { providerInName, resourceTypeOf } from './resource-type.ts'

const SWITCH_OFF = 'disable-apiversions-should-be-recent'

export const apiVersionsShouldBeRecent: TemplateRule = {
  name: 'apiVersions-Should-Be-Recent',
  family: 'template',
  step: 'quality',
  summary: 'API versions are younger than two years or the newest there is.',
  severity: 'medium',
  *inspect(subject) {
    for (const found of find(subject.view, 'apiversion', member(subject.root, 'resources'))) {
      if (/\.properties\.apiVersion$/i.test(found.path)) continue
      const fault = judge(found, subject)
      if (fault) yield fault
    }
  },
}

function judge(found: Found, { document, isBicep, facts }: TemplateSubject): Fault | undefined {
  const { owner, value, property } = found
  const at = property.start
  const metadata = member(owner.node, 'metadata')
  if (metadata && document.text.slice(metadata.start, metadata.end).toLowerCase().includes(SWITCH_OFF)) {
    return { at, level: 'warning', severity: 'info', message: 'The check of this API version is switched off.' }
  }
  if (value.kind !== 'string') return { id: 'ApiVersion.Not.String', at, message: 'apiVersion is not a string.' }
  const version = plainText(value)
  let type = resourceTypeOf(found)
  if (isBicep && type.toLowerCase() === 'microsoft.resources/deployments') return undefined
  if (!dateIn(version)) {
    return { id: 'ApiVersion.Not.Date', at, message: `The API version "${version}" has no date.` }
  }
  if (/\/providers\//i.test(type)) {
    const provider = providerInName(textOf(member(owner.node, 'name')))
    if (!provider) return undefined
    type = `${provider}/${type.split('/').at(-1) ?? ''}`
  }
  return judgeUse({ version, type, at, prefix: 'ApiVersion', tellsUnknown: true }, facts)
}
