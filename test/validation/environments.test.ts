import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { validatePath } from '../../src/validation/validator.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { parameters, template } from './samples.ts'

const declared = {
  location: { type: 'string', defaultValue: '[resourceGroup().location]' },
  size: { type: 'string', allowedValues: ['Small', 'large'] },
  count: { type: 'int', minValue: 1, maxValue: 9 },
  names: { type: 'array', maxLength: 2 },
  key: { type: 'secureString' },
}

/** The findings about the values of each environment, by the file they stand in. */
async function findingsOf(environments: Record<string, Record<string, unknown>>): Promise<string[]> {
  const folder = tempFolder()
  writeFileSync(join(folder, 'mainTemplate.json'), template({ parameters: declared }))
  for (const [env, values] of Object.entries(environments)) {
    const given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]))
    writeFileSync(join(folder, `mainTemplate.${env}.parameters.json`), parameters({ parameters: given }))
  }
  const rule = 'DeploymentParameters-Must-Fit-Template'
  const { findings } = await validatePath({ system: testSystem(), path: folder, rule })
  return findings.map(({ file, id, path }) => `${file.split('.')[1] ?? ''} ${id ?? ''} ${path ?? ''}`)
}

const FINE = { size: 'small', count: 3, names: ['a'] }

it('the values of every environment are held against the template they are for', async () => {
  expect(
    await findingsOf({
      dev: FINE,
      prod: { size: 'huge', count: 12, names: 'a', colour: 'red' },
      qa: { ...FINE, count: 1.5, names: ['a', 'b', 'c'] },
      staging: { size: 'GEN-SIZE', count: 1 },
    }),
  ).toEqual([
    'prod Parameters.Fit.Allowed parameters.size',
    'prod Parameters.Fit.Bounds parameters.count',
    'prod Parameters.Fit.Type parameters.names',
    'prod Parameters.Fit.Unknown parameters.colour',
    'qa Parameters.Fit.Type parameters.count',
    'qa Parameters.Fit.Bounds parameters.names',
    'staging Parameters.Fit.Missing parameters',
  ])
})

it('the template of its own folder is what an environment is held against', async () => {
  const folder = tempFolder()
  for (const [env, type] of [
    ['dev', 'string'],
    ['prod', 'int'],
  ] as const) {
    mkdirSync(join(folder, env))
    writeFileSync(join(folder, env, 'mainTemplate.json'), template({ parameters: { location: { type } } }))
    writeFileSync(join(folder, env, 'parameters.json'), parameters())
  }
  const rule = 'DeploymentParameters-Must-Fit-Template'
  const { findings } = await validatePath({ system: testSystem(), path: folder, rule })
  expect(findings.map(({ file, id }) => [file, id])).toEqual([['prod/parameters.json', 'Parameters.Fit.Type']])
})
