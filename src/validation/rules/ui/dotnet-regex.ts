/**
 * Whether a .NET regular expression can be read. Constructs that only .NET knows (inline options, \A, \z, atomic and
 * balancing groups) are taken for granted: they are rewritten before JavaScript looks at the rest.
 */
export function isRegexReadable(source: string): boolean {
  const plain = source
    .replaceAll(/\(\?[imnsx-]+\)/g, '')
    .replaceAll(/\(\?[imnsx-]+:/g, '(?:')
    .replaceAll('(?>', '(?:')
    .replaceAll(/\(\?<\w*-\w+>/g, '(?:')
    .replaceAll(/\\[AzZ]/g, '')
  try {
    return new RegExp(plain) instanceof RegExp
  } catch {
    return false
  }
}
