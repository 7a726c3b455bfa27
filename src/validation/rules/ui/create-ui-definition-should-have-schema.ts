import { member, plainText, propertyOf } from '../../../arm/node.ts'
import type { UiRule } from '../../rule.ts'

const SCHEMA = 'https://schema.management.azure.com/schemas/0.1.2-preview/CreateUIDefinition.MultiVm.json#'

export const createUiDefinitionShouldHaveSchema: UiRule = {
  name: 'CreateUIDefinition-Should-Have-Schema',
  family: 'ui',
  step: 'structure',
  summary: 'The definition names its schema, and its version is that of the schema.',
  severity: 'medium',
  *inspect({ root }) {
    const schema = plainText(member(root, '$schema'))
    const version = plainText(member(root, 'version'))
    const at = propertyOf(root, '$schema')?.start ?? root.start
    const atVersion = propertyOf(root, 'version')?.start ?? root.start
    if (!schema) yield { id: 'CreateUIDef.Must.Have.Schema', at, message: 'The definition has no $schema.' }
    else if (schema !== SCHEMA) {
      const message = `The schema must be ${SCHEMA}, in this spelling.`
      yield { id: 'CreateUIDef.Incorrect.Schema', at, path: '$schema', message }
    }
    const wanted = /\/schemas\/([^/]+)\//i.exec(schema)?.[1]
    if (!version)
      yield { id: 'CreateUIDef.Must.Have.Version', at: atVersion, message: 'The definition has no version.' }
    else if (wanted && version.toLowerCase() !== wanted.toLowerCase()) {
      const message = `The version ${version} is not that of the schema, ${wanted}.`
      yield { id: 'CreateUIDef.Version.Mismatch', at: atVersion, path: 'version', message }
    }
  },
}
