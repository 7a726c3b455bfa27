import { propertyOf } from '../../../arm/node.ts'
import { matchesIn } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'

const HOSTS = [
  'management.core.windows.net',
  'gallery.azure.com',
  'management.azure.com',
  'database.windows.net',
  'core.windows.net',
  'login.microsoftonline.com',
  'graph.windows.net',
  'vault.azure.net',
  'datalake.azure.net',
  'azuredatalakestore.net',
  'azuredatalakeanalytics.net',
  'api.loganalytics.io',
  'asazure.windows.net',
  'batch.core.windows.net',
]
const HOST = new RegExp(HOSTS.map((host) => host.replaceAll('.', String.raw`\.`)).join('|'), 'gi')
const ALLOWED_BEFORE = ['https://schema.', 'https://devopsgallerystorage.blob.']

export const deploymentTemplateMustNotContainHardcodedUri: TemplateRule = {
  name: 'DeploymentTemplate-Must-Not-Contain-Hardcoded-Uri',
  family: 'template',
  step: 'quality',
  summary: 'Addresses that differ between clouds come from environment().',
  severity: 'medium',
  *inspect({ view, root, document, facts }) {
    const parameters = propertyOf(root, 'parameters')
    for (const { start, groups } of matchesIn(view, HOST)) {
      const before = document.text.slice(Math.max(0, start - 40), start).toLowerCase()
      if (ALLOWED_BEFORE.some((allowed) => before.endsWith(allowed))) continue
      if (isAllowed(document.text, start, facts.allowedUris)) continue
      if (parameters && start >= parameters.start && start < parameters.end) continue
      yield {
        id: 'Hardcoded.Url.Reference',
        at: start,
        message: `The address ${groups[0]} is that of one cloud only; take it from environment().`,
      }
    }
  },
}

/** Whether one of the allowed texts stands over the place. */
function isAllowed(text: string, at: number, allowed: readonly string[] = []): boolean {
  return allowed.some((one) => {
    const around = text.slice(Math.max(0, at - one.length), at + one.length).toLowerCase()
    return around.includes(one)
  })
}
