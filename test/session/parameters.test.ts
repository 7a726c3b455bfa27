import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fieldProblem, folderOf, type Field } from '../../src/session/parameters.ts'
import { environmentNames } from '../../src/session/template-fields.ts'
import { sampleListing } from '../support/sample-market.ts'
import { TEMPLATES } from '../support/run-pipeline.ts'
import { tempFolder } from '../support/temp.ts'

function template(environments: string, table?: string): string {
  const folder = tempFolder()
  const generator = `generator: { type: arm-layers, layers: [main.json.hbs], environments: ${environments} }`
  writeFileSync(
    join(folder, 'souk.yaml'),
    `id: one\nversion: 1.0.0\nkind: template\nname: One\ndescription: It.\n${generator}\n`,
  )
  if (table !== undefined) writeFileSync(join(folder, 'environments.yaml'), table)
  return folder
}

describe('the environments of a template', () => {
  const listing = sampleListing({ name: 'one', kind: 'template' })

  test('are those of the file its manifest names', () => {
    const folder = template('environments.yaml', 'environments: { lab: {}, live: {} }\n')
    expect(environmentNames(folder)).toEqual(['lab', 'live'])
    const event = join(TEMPLATES, 'azure-event-driven')
    expect(environmentNames(event)).toEqual(['dev', 'qa', 'staging', 'prod'])
  })

  test('are unknown where the file is missing, broken, elsewhere, or the goods are not on this machine', () => {
    expect(environmentNames(template('environments.yaml'))).toBeUndefined()
    expect(environmentNames(template('environments.yaml', '{ : ['))).toBeUndefined()
    expect(environmentNames(template('environments.yaml', '[]'))).toBeUndefined()
    const outside = template('environments.yaml', 'environments: { secret: {} }\n')
    expect(environmentNames(template(join('..', outside, 'environments.yaml')))).toBeUndefined()
    expect(environmentNames(template(join(outside, 'environments.yaml')))).toBeUndefined()
    expect(folderOf(listing, undefined)).toBeUndefined()
  })

  test('one that is not among them is told at once, with those there are', () => {
    const field: Field = {
      name: '--env',
      label: 'Environments',
      type: 'string',
      isRequired: true,
      initial: 'lab',
      isParameter: false,
      members: ['lab', 'live'],
    }
    expect(fieldProblem(field, 'lab, live')).toBeUndefined()
    expect(fieldProblem(field, 'lab, nope')).toBe('Environments has no nope; there are lab, live.')
  })
})
