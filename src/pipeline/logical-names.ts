import type { Names } from './generators/names.ts'

/** The parts of `concat('sb-', variables('name'))`: texts as they are, what is referred to in braces. */
const PART = /'((?:[^']|'')*)'|(?:variables|parameters)\('([^']+)'\)/g

/** `[concat(variables('busName'), '/orders')]` as `{busName}/orders`; anything but references and joins stays. */
function wordOf(name: string): string {
  const [, expression] = /^\[(?!\[)([\s\S]*)\]$/.exec(name) ?? []
  if (expression === undefined) return name
  const [, joined] = /^concat\(((?:[^()]|(?:variables|parameters)\('[^']+'\))*)\)$/.exec(expression) ?? []
  const isPlain = joined !== undefined || /^(?:variables|parameters)\('[^']+'\)$/.test(expression)
  if (!isPlain) return expression.replaceAll(/(?:variables|parameters)\('([^']+)'\)/g, '{$1}')
  return [...(joined ?? expression).matchAll(PART)].map(([, text, of]) => text ?? `{${of}}`).join('')
}

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
  return (name) => known.reduce((text, { made, key }) => text.replaceAll(made, `{${key}}`), wordOf(name))
}
