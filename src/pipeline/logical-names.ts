import { nameInWords } from '../model/arm-name.ts'
import type { Names } from './generators/names.ts'

/**
 * What resources are called whatever their environment: names that were made by the table of names give way to the
 * key they have in it, so that `sb-evt-dev-x1/orders` and `sb-evt-prod-y2/orders` are both `{serviceBus}/orders`.
 */
export function logicalNames(names: Names): (name: string) => string {
  const known = Object.entries(names)
    .flatMap(([key, made]) =>
      typeof made === 'string'
        ? [{ made, key }]
        : Object.entries(made).map(([item, one]) => ({ made: one, key: `${key} ${item}` })),
    )
    // A name such as a service's own says what it is by itself.
    .filter(({ made, key }) => made.length > 3 && !key.endsWith(` ${made}`))
    .toSorted((a, b) => b.made.length - a.made.length)
  return (name) => known.reduce((text, { made, key }) => text.replaceAll(made, `{${key}}`), nameInWords(name))
}
