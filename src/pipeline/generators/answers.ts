import { parameterInvalid } from '../../model/errors.ts'
import { environmentOf, resolveTiers, type Environment } from './environments.ts'
import { computeNames, type Names } from './names.ts'
import type { Template } from './template-folder.ts'

/** What is asked of a template for one environment. */
export interface Asked {
  env: string
  /** Checked, defaults filled in. */
  parameters: Record<string, unknown>
  /** Whatever looks like chance comes from it. */
  seed: string
}

/** What was asked, and all that follows from it and the tables before the first file is made. */
export interface Answers extends Asked {
  environment: Environment
  /** Tiers that are generated, by component. */
  tiers: Record<string, string>
  names: Names
  /** How tiers were raised, for the report. */
  notes: string[]
}

/**
 * Reads the tables of a template for one environment. Throws `usage` for an environment there is none of, and
 * `parameter.invalid` when a name would not do.
 */
export function openAnswers(template: Template, asked: Asked): Answers {
  const { manifest, environments } = template
  const { env, parameters, seed } = asked
  const environment = environmentOf(environments, env, manifest.id)
  const { shared, network, names: table } = environments
  const lists = { shared, parameters, network }
  const { names, problems } = table
    ? computeNames(table, { id: manifest.id, env, seed, parameters, lists })
    : { names: {}, problems: [] }
  if (problems.length > 0) throw parameterInvalid(problems)
  return { ...asked, environment, names, ...resolveTiers(environments, environment) }
}
