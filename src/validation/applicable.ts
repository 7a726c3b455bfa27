import type { ArmDocument } from '../arm/document.ts'
import { isTruthy, member } from '../arm/node.ts'
import { baseName, isMainTemplate, UI_DEFINITION } from '../arm/templates.ts'
import { schemaOf } from './inspect.ts'
import type { DocumentRule } from './rule.ts'

/** The group of rules by the words in `$schema` or the file name that call for it. */
const GROUPS: readonly (readonly [string, DocumentRule['family']])[] = [
  ['deploymenttemplate', 'template'],
  ['createuidefinition', 'ui'],
  ['deploymentparameters', 'parameters'],
]

/** Which families of rules a file gets: by its schema, or without one by its name and members. */
export function familiesOf(document: ArmDocument): ReadonlySet<DocumentRule['family']> {
  const schema = schemaOf(document)
  const name = baseName(document.file).toLowerCase()
  const words = schema || name
  const families = new Set<DocumentRule['family']>(['all-files'])
  for (const [word, family] of GROUPS) if (words.includes(word)) families.add(family)
  if (schema) return families
  if (name === UI_DEFINITION) families.add('ui')
  if (name.endsWith('.parameters.json')) families.add('parameters')
  else if (isMainTemplate(name) || isTruthy(member(document.root, 'resources'))) families.add('template')
  return families
}
