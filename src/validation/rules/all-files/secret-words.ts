/**
 * What texts must hold for the pattern to be tried at all, the pattern, and what it is called. Marks begin, or end with
 * `=`, as little else in a template does: they are found by that.
 */
const PATTERNS: readonly (readonly [mark: string, pattern: RegExp, name: string])[] = [
  ['KEY-', /-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----/g, 'a private key'],
  ['AccountKey=', /AccountKey=([A-Za-z0-9+/]{40,100}={0,2})/g, 'the key of a storage account'],
  ['SharedAccessKey=', /SharedAccessKey=([A-Za-z0-9+/]{40,100}={0,2})/g, 'a shared access key'],
  ['sig=', /[?&]sig=([A-Za-z0-9%+/]{40,100}={0,2})/g, 'a shared access signature'],
  ['AKIA', /\b(AKIA[0-9A-Z]{16})\b/g, 'an AWS access key'],
  ['ghp_', /\b(gh[pousr]_[A-Za-z0-9]{36,251})\b/g, 'a GitHub token'],
  ['_pat_', /\b(github_pat_[A-Za-z0-9_]{22,255})\b/g, 'a GitHub token'],
  ['xox', /\b(xox[abprs]-[A-Za-z0-9-]{10,250})\b/g, 'a Slack token'],
  ['AIza', /\b(AIza[0-9A-Za-z_-]{35})\b/g, 'a Google key'],
  ['.eyJ', /\b(eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000})/g, 'a signed token (JWT)'],
  ['assword=', /;\s*(?:Password|Pwd)=([^;"'\s{}[\]()<>$]{6,128})(?=[;"'])/gi, 'a connection string with its password'],
]

/** Names under which secrets are kept. Names of things about secrets, such as a secret's name or version, are no secrets. */
export const KEYWORD =
  /(?:passwords?|passwd|pwd|secrets?|tokens?|credentials?|api[-_]?keys?|access[-_]?keys?|account[-_]?keys?|shared[-_]?keys?|primary[-_]?keys?|private[-_]?keys?|encryption[-_]?keys?|connection[-_]?strings?|sas)(?:[-_]?(?:value|text|\d+))?$/i

/** Shorter ones are words; longer ones are documents. */
const LEAST = 8
const MOST = 4096
/** Bits a character from which a text is no plain word: English words have about 2.5 to 3 at this length. */
const LEAST_ENTROPY = 3
const PLACEHOLDER =
  /^(?:GEN[-_]|<|\$\(|\$\{|%|#\{|__|@Microsoft\.KeyVault)|example|placeholder|change[-_ ]?me|your[-_ ]|x{4,}|\*{3,}|\.{3}/i

export interface SecretMatch {
  start: number
  end: number
  name: string
  secret: string
}

function holdsMark(text: string, mark: string): boolean {
  if (!mark.endsWith('=')) return text.includes(mark)
  for (let at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) if (text.endsWith(mark, at + 1)) return true
  return false
}

/** Where something stands that only secrets look like, in order of the patterns. */
export function* patternsIn(text: string): Iterable<SecretMatch> {
  for (const [mark, pattern, name] of PATTERNS) {
    if (!holdsMark(text, mark)) continue
    for (const match of text.matchAll(pattern)) {
      const secret = match[1] ?? match[0]
      const start = match.index + match[0].indexOf(secret)
      if (PLACEHOLDER.test(secret)) continue
      yield { start, end: start + secret.length, name, secret }
    }
  }
}

/** Shannon's entropy of a text, bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/** Whether a literal is random enough for a secret: no expression, no placeholder, no words, no address, no name. */
export function looksSecret(text: string): boolean {
  if (text.length < LEAST || text.length > MOST || text.startsWith('[') || /\s/.test(text)) return false
  if (PLACEHOLDER.test(text) || /^(?:https?:|\/|[\w.]+\/[\w./]+$)/i.test(text)) return false
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(text)).length
  const hasDigit = /\d/.test(text)
  return (
    hasDigit &&
    kinds >= 2 &&
    entropyOf(text) >= LEAST_ENTROPY &&
    !/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)
  )
}

/** A secret so that its owner knows it and nobody else does: two letters and the length. */
export const masked = (secret: string): string => `${secret.slice(0, 2)}***, ${secret.length} characters`
