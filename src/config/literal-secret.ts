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
  return line.replace(
    /\b((?:token|password|secret|passphrase|api_?key)["']?\s*:\s*)(?!\s*["']?\$\{[A-Za-z_]\w*\})[^\s,}][^,}]*/gi,
    '$1***',
  )
}
