/** Text as it stands between the quotes of a JSON string. Throws for a value that is not there. */
export const inQuotes = (value: unknown): string => {
  if (value === undefined) throw new TypeError('a value that is not there was asked for')
  return JSON.stringify(plainText(value)).slice(1, -1)
}

/** A value as text: a text as it is, nothing as nothing, all else as JSON. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') return JSON.stringify(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
