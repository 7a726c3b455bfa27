import { usage } from '../../model/errors.ts'
import type { Environment, Environments } from './environments.ts'

/** A feature that is on or off for one run, whatever its cell says. */
export interface Override {
  /** As in the table. */
  feature: string
  table: boolean
  used: boolean
}

/** `cosmosDb`, `cosmos_db` and `cosmos-db` are one name. */
const keyOf = (name: string): string => name.replaceAll(/[-_ ]/g, '').toLowerCase()

/** `cosmosDb` as `cosmos_db`: how features are written where they are asked for. */
export const featureWord = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/**
 * An environment with some features turned on or off. Throws `usage` for a feature that the template does not have,
 * with those it has.
 */
export function overrideFeatures(
  environment: Environment,
  given: Readonly<Record<string, boolean>>,
  template: string,
): { environment: Environment; overrides: Override[] } {
  const known = Object.keys(environment.features)
  const overrides = Object.entries(given).map(([name, used]): Override => {
    const feature = known.find((one) => keyOf(one) === keyOf(name))
    if (feature !== undefined) return { feature, table: environment.features[feature] ?? false, used }
    const hint = known.length > 0 ? `Known: ${known.map(featureWord).join(', ')}.` : `${template} has no features.`
    throw usage(`${template} has no feature "${name.slice(0, 40)}".`, hint)
  })
  const features = Object.fromEntries(overrides.map(({ feature, used }) => [feature, used]))
  return { environment: { ...environment, features: { ...environment.features, ...features } }, overrides }
}

const onOff = (value: boolean): string => (value ? 'on' : 'off')

/** An override in words, for the report. */
export const overrideText = ({ feature, table, used }: Override): string =>
  `Feature ${featureWord(feature)} is ${onOff(used)} for this run; the table says ${onOff(table)}.`

/** Whether a component is made at all: most are named for the feature that makes them. */
export const isMade = (name: string, environment: Environment, all: Environments): boolean => {
  const feature = all.components[name]?.feature ?? name
  return environment.features[feature] !== false
}
