import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileFact } from '../bundle/digest.ts'
import { holdsSecret } from '../model/secrets.ts'

/** Something a scan of the content found. `critical` stops an install. */
export interface ScanFinding {
  level: 'critical' | 'note'
  file: string
  message: string
}

/**
 * Secrets that have a fixed form, so that a hit is hardly ever a mistake. Every pattern is a literal beginning and
 * one bounded class: linear in the text.
 */
const SECRETS: readonly { what: string; pattern: RegExp }[] = [
  // RFC 7468 and OpenSSH; the base64 behind it tells a key from a mention of one.
  {
    what: 'a private key',
    pattern: /-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----(?:\r?\n|\\n)[A-Za-z0-9+/=]{32}/,
  },
  // GitHub's documented prefixes with 36 letters and digits.
  { what: 'a GitHub token', pattern: /\bgh[pousr]_[A-Za-z0-9]{36}\b/ },
  // AWS access key ids; those ending in EXAMPLE are from its documentation.
  { what: 'an AWS access key', pattern: /\bAKIA(?![A-Z0-9]{9}EXAMPLE)[A-Z0-9]{16}\b/ },
  // Azure storage keys are 64 bytes in base64.
  { what: 'an Azure storage key', pattern: /AccountKey=[A-Za-z0-9+/]{86}==/ },
  { what: 'a Slack token', pattern: /\bxox[baprs]-[0-9]{10,13}-[A-Za-z0-9-]{20,80}\b/ },
]
const SCRIPT_NAME = /\.(?:sh|bash|ps1|psm1|bat|cmd|vbs|exe)$/i
/** Bytes of a file looked at together, and how much two looks overlap, so that no secret falls between. */
const WINDOW_BYTES = 1024 * 1024
const OVERLAP_BYTES = 512
const PROBE_BYTES = 8192

/** Looks for secrets in text files and lists what could run. Reads in windows, so memory stays flat. */
export async function scanFiles(
  folder: string,
  files: readonly FileFact[],
  signal: AbortSignal,
): Promise<ScanFinding[]> {
  const found: ScanFinding[] = []
  for (const file of files) {
    signal.throwIfAborted()
    const { secrets, isScript } = await scanFile(join(folder, file.path))
    for (const what of secrets) found.push({ level: 'critical', file: file.path, message: `holds ${what}` })
    if (isScript || SCRIPT_NAME.test(file.path) || (file.mode & 0o100) !== 0)
      found.push({ level: 'note', file: file.path, message: 'can be run as a program; it was not run' })
  }
  return found
}

async function scanFile(path: string): Promise<{ secrets: Set<string>; isScript: boolean }> {
  const secrets = new Set<string>()
  const handle = await open(path, 'r')
  try {
    const buffer = Buffer.alloc(WINDOW_BYTES)
    let isScript = false
    for (let at = 0; ; at += WINDOW_BYTES - OVERLAP_BYTES) {
      const { bytesRead } = await handle.read(buffer, 0, WINDOW_BYTES, at)
      const part = buffer.subarray(0, bytesRead)
      if (at === 0) isScript = part.subarray(0, 2).toString('latin1') === '#!'
      // A registry that sends our own way in back as goods would have it written down here for good.
      if (holdsSecret(part)) secrets.add('a credential of yours that was sent to a registry')
      if (at === 0 && part.subarray(0, PROBE_BYTES).includes(0)) break
      const text = part.toString('latin1')
      for (const { what, pattern } of SECRETS) if (pattern.test(text)) secrets.add(what)
      if (bytesRead < WINDOW_BYTES) break
    }
    return { secrets, isScript }
  } finally {
    await handle.close()
  }
}
