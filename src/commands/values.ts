import { usage } from '../model/errors.ts'

/** What was given on the command line, by flag name without dashes: a text, several, or true for a switch. */
export type Values = Readonly<Record<string, string | readonly string[] | boolean | undefined>>

export const isSet = (values: Values, name: string): boolean => values[name] === true

/** The one value of a flag; the last one when given several times. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name]
  if (typeof value === 'string') return value
  return typeof value === 'object' ? value.at(-1) : undefined
}

/** All values of a flag; empty when it was not given. */
export function listOf(values: Values, name: string): string[] {
  const value = values[name]
  if (typeof value === 'string') return [value]
  return typeof value === 'object' ? [...value] : []
}

/** A whole number of at least `least`; undefined when not given. */
export function countOf(values: Values, name: string, least = 0): number | undefined {
  const text = textOf(values, name)
  if (text === undefined) return undefined
  const number = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least)
    throw usage(`--${name} takes a whole number from ${least} on, not "${text}".`)
  return number
}

/** A date such as 2026-01-31, or an ISO time. */
export function dateOf(values: Values, name: string): string | undefined {
  const text = textOf(values, name)
  if (text === undefined) return undefined
  const isDate = /^\d{4}-\d\d(-\d\d)?([T ].*)?$/.test(text) && !Number.isNaN(Date.parse(text))
  if (!isDate) throw usage(`--${name} takes a date such as 2026-01-31, not "${text}".`)
  return text
}

/** `key=value` pairs. A value may hold further equals signs. */
export function pairsOf(values: Values, name: string): [string, string][] {
  return listOf(values, name).map((pair) => {
    const cut = pair.indexOf('=')
    if (cut < 1) throw usage(`--${name} takes key=value, not "${pair}".`)
    return [pair.slice(0, cut), pair.slice(cut + 1)]
  })
}
