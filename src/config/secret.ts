import { configVariable, type Place } from '../model/errors.ts'
import type { Env } from '../system/system.ts'

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g

/**
 * A text with every `${VAR}` replaced from the environment, at the moment it is needed. An unset or empty variable
 * throws `config.variable` naming it, so that nothing is sent with an empty secret.
 */
export function secretOf(text: string, env: Env, place: Place = {}): string {
  return text.replace(VARIABLE, (_, name: string) => {
    const value = env.get(name)
    if (!value) throw configVariable(place, name)
    return value
  })
}

/** The names of the variables a text speaks of. */
export const variablesIn = (text: string): string[] => [...text.matchAll(VARIABLE)].map((match) => match[1] ?? '')
