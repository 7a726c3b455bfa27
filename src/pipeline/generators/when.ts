/** What a condition may name. */
export interface Switches {
  features: Readonly<Record<string, unknown>>
  settings: Readonly<Record<string, unknown>>
  parameters: Readonly<Record<string, unknown>>
}

/**
 * Whether a condition holds: the name of a feature, a setting or a parameter, with `!` before it for its opposite, and
 * `and` between several. Undefined when a name is none of these.
 */
export function holds(when: string, { features, settings, parameters }: Switches): boolean | undefined {
  const each = when.split(' and ').map((term) => {
    const name = term.trim().replace(/^!/, '')
    const from = [features, settings, parameters].find((one) => Object.hasOwn(one, name))
    if (!from) return undefined
    const value = from[name]
    const isOn = Array.isArray(value) ? value.length > 0 : Boolean(value)
    return term.trim().startsWith('!') ? !isOn : isOn
  })
  return each.includes(undefined) ? undefined : each.every(Boolean)
}
