import { parameterInvalid } from '../../model/errors.ts'
import { environmentOf, type Environment } from './environments.ts'
import { overrideFeatures, type Override } from './features.ts'
import { computeNames, type Names } from './names.ts'
import { networkSettings, rangeFault, sharedAddresses } from './network.ts'
import type { Template } from './template-folder.ts'
import { resolveTiers, type TierMode, type Tiers } from './tiers.ts'

/** What is asked of a template for one environment. */
export interface Asked {
  env: string
  /** Checked, defaults filled in. */
  parameters: Record<string, unknown>
  /** Whatever looks like chance comes from it. */
  seed: string
  /** Features that are on or off whatever the table says, by name. */
  features?: Readonly<Record<string, boolean>>
  tierMode?: TierMode
}

/** What was asked, and all that follows from it and the tables before the first file is made. */
export interface Answers extends Tiers {
  env: string
  parameters: Record<string, unknown>
  seed: string
  /** With the features of this run. */
  environment: Environment
  overrides: Override[]
  names: Names
}

/**
 * Reads the tables of a template for one environment. Throws `usage` for an environment or a feature there is none of,
 * and `job.parameter` when a name would not do.
 */
export function openAnswers(template: Template, asked: Asked): Answers {
  const { manifest, environments } = template
  const { env, parameters, seed, features = {}, tierMode = 'effective' } = asked
  const table = environmentOf(environments, env, manifest.id)
  const { environment: own, overrides } = overrideFeatures(table, features, manifest.id)
  const environment = withParameters(template, own, asked)
  const tiers = resolveTiers(environments, environment, { parameters, mode: tierMode })
  return { env, parameters, seed, environment, overrides, names: namesOf(template, asked), ...tiers }
}

/** The one parameter that is about the environment of a run alone: no two environments may have the same range. */
export const OWN_PARAMETER = 'vnetCidr'

const textIn = (parameters: Record<string, unknown>, name: string): string | undefined => {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

/**
 * An environment with the parameters that change its cells: `location` its region and `vnetCidr` its range, which may
 * be no other's. The rules of its network are those of the features that are on.
 */
function withParameters({ environments }: Template, own: Environment, { env, parameters }: Asked): Environment {
  const { network } = environments
  const location = textIn(parameters, 'location') ?? own.location
  if (!network) return { ...own, location }
  const cidr = textIn(parameters, OWN_PARAMETER)
  if (cidr !== undefined) {
    const fault = rangeFault(network, cidr) ?? sharedAddresses({ ...network.addresses, [env]: cidr })
    if (fault !== undefined) throw parameterInvalid([`Parameter "vnetCidr": ${fault}.`])
  }
  const { features } = own
  return { ...own, location, settings: { ...own.settings, ...networkSettings(network, env, { cidr, features }) } }
}

function namesOf({ manifest, environments }: Template, { env, seed, parameters }: Asked): Names {
  const { shared, network, names: table } = environments
  if (!table) return {}
  const { names, problems } = computeNames(table, {
    id: manifest.id,
    env,
    seed,
    parameters,
    lists: { shared, parameters, network },
  })
  if (problems.length > 0) throw parameterInvalid(problems)
  return names
}
