/** The parts of `concat('sb-', variables('name'))`: texts as they are, what is referred to in braces. */
const PART = /'((?:[^']|'')*)'|(?:variables|parameters)\('([^']+)'\)/g

/** The name of a resource in words: `[concat(variables('bus'), '/orders')]` is `{bus}/orders`; other expressions stay. */
export function nameInWords(name: string): string {
  const [, expression] = /^\[(?!\[)([\s\S]*)\]$/.exec(name) ?? []
  if (expression === undefined) return name
  const [, joined] = /^concat\(((?:[^()]|(?:variables|parameters)\('[^']+'\))*)\)$/.exec(expression) ?? []
  const isPlain = joined !== undefined || /^(?:(?:variables|parameters)\('[^']+'\)|'[^']*')$/.test(expression)
  if (!isPlain) return expression.replaceAll(/(?:variables|parameters)\('([^']+)'\)/g, '{$1}')
  return [...(joined ?? expression).matchAll(PART)].map(([, text, of]) => text ?? `{${of}}`).join('')
}
