import { isTruthy, member, textOf } from '../../../arm/node.ts'
import { find } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'

export const deploymentResourcesMustNotBeDebug: TemplateRule = {
  name: 'Deployment-Resources-Must-Not-Be-Debug',
  family: 'template',
  step: 'security',
  summary: 'Deployments do not record their requests and answers.',
  severity: 'medium',
  *inspect({ view, root }) {
    for (const { value, owner } of find(view, 'type', member(root, 'resources'))) {
      if (textOf(value)?.toLowerCase() !== 'microsoft.resources/deployments') continue
      const level = member(owner.node, 'properties', 'debugSetting', 'detailLevel')
      if (!isTruthy(level) || textOf(level)?.toLowerCase() === 'none') continue
      yield {
        id: level.kind === 'string' ? 'Deployment.Resource.Has.DebugSetting' : 'Deployment.Resource.Has.LogDetail',
        at: level.start,
        message: 'The deployment has a debugSetting, which writes secrets into its history.',
      }
    }
  },
}
