/** The header that asks "changed since?": an ETag stands in quotes, everything else is a date. */
export const validatorHeader = (validator: string): Record<string, string> => ({
  [/^(?:W\/)?"/.test(validator) ? 'if-none-match' : 'if-modified-since']: validator,
})
