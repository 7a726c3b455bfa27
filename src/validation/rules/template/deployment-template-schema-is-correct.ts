import { member, plainText, propertyOf } from '../../../arm/node.ts'
import type { TemplateRule } from '../../rule.ts'

const SCHEMAS = [
  '2015-01-01/deploymentTemplate',
  '2019-04-01/deploymentTemplate',
  '2018-05-01/subscriptionDeploymentTemplate',
  '2019-08-01/tenantDeploymentTemplate',
  '2019-08-01/managementGroupDeploymentTemplate',
].map((part) => `https://schema.management.azure.com/schemas/${part}.json#`.toLowerCase())

export const deploymentTemplateSchemaIsCorrect: TemplateRule = {
  name: 'DeploymentTemplate-Schema-Is-Correct',
  family: 'template',
  step: 'structure',
  summary: 'The template names one of the known schemas.',
  severity: 'high',
  *inspect({ root }) {
    const schema = plainText(member(root, '$schema'))
    const at = propertyOf(root, '$schema')?.start ?? root.start
    if (!schema) {
      yield { id: 'Template.Missing.Schema', at, message: 'The template has no $schema.' }
    } else if (!SCHEMAS.includes(schema.toLowerCase())) {
      yield {
        id: 'Template.Bad.Schema',
        at,
        path: '$schema',
        message: `The schema ${schema} is not a template schema.`,
      }
    } else if (schema.includes('2015-01-01')) {
      yield { level: 'warning', at, path: '$schema', message: 'The schema 2015-01-01 is old; use 2019-04-01.' }
    }
  },
}
