const SECRET_MEMBER = /^(?:token|password|secret|passphrase|api_?key)$/i
const REFERENCE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/

/** The path of the first member whose value is a secret in the open rather than `${VAR}`; undefined when there is none. */
export function openSecret(members: Record<string, unknown>, path: readonly string[] = []): string[] | undefined {
  for (const [key, value] of Object.entries(members)) {
    const here = [...path, key]
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const found = openSecret(value as Record<string, unknown>, here)
      if (found !== undefined) return found
    } else if (SECRET_MEMBER.test(key) && !(typeof value === 'string' && REFERENCE.test(value))) return here
  }
  return undefined
}

/** A line of a settings file as it may be shown: the value of a secret that stands there in the open is `***`. */
export function maskedLine(line: string): string {
  // One member a line, or several in braces: each is looked at by itself.
  return line
    .split(/([,{])/)
    .map((part) => {
      const colon = part.indexOf(':')
      const name =
        part
          .slice(0, Math.max(0, colon))
          .split(/[\s"'-]/)
          .findLast(Boolean) ?? ''
      const value =
        part
          .slice(colon + 1)
          .split(/[\s"'}]/)
          .find(Boolean) ?? ''
      if (colon < 0 || value === '' || !SECRET_MEMBER.test(name)) return part
      return value.startsWith('${') || value === '$' ? part : `${part.slice(0, colon)}: ***`
    })
    .join('')
}
