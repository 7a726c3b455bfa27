import type { TemplateRule } from '../../rule.ts'

/** Rules that the toolkit lists but has switched off: their names are known, and they find nothing. */
const switchedOff = (name: string, summary: string): TemplateRule => ({
  name,
  family: 'template',
  step: 'quality',
  summary: `${summary} (Switched off in the toolkit.)`,
  severity: 'info',
  inspect: () => [],
})

export const resourcesShouldNotBeAmbiguous = switchedOff(
  'Resources-Should-Not-Be-Ambiguous',
  'Resource ids name their type unambiguously.',
)
export const vmImagesShouldUseLatestVersion = switchedOff(
  'VM-Images-Should-Use-Latest-Version',
  'Images are given as their latest version.',
)
