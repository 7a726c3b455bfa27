import { mkdtempSync, rmSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import {
  armouredSignature,
  digestOf,
  SIGNATURE_AGE_MS,
  SIGNATURE_NAMESPACE,
  signedText,
  type SignedParts,
} from '../model/wire.ts'
import type { System } from '../system/system.ts'

/** Signatures looked at side by side, and how many more may wait: each costs two processes. */
const AT_ONCE = 4
const MAX_WAITING = 100
const VERIFY_MS = 5000
const MAX_KNOWN = 1000

/** A request with its three headers as they came; `body` is '' when there is none. */
interface ClaimedRequest extends SignedParts {
  signature: string
  body: string
}

/** Who signed a request, or why nobody is believed to have. */
type Verdict = { signer: string } | { refused: string }

export interface Verifier {
  verify(request: ClaimedRequest): Promise<Verdict>
  close(): void
}

/**
 * Verifies signed requests with the program that made them, against a file of allowed signers (ssh-keygen(1)). The
 * file is read anew each time, so that who is taken out of it is out after the memory of what was seen, which is
 * dropped whenever the date of a request is too old to matter.
 */
export function openVerifier(system: System, allowed: string): Verifier {
  const folder = mkdtempSync(join(tmpdir(), 'souk-signatures-'))
  const limit = pLimit(AT_ONCE)
  const known = new Map<string, string>()
  return {
    async verify(request) {
      const refused = refusalOf(request, system.clock.now())
      if (refused !== undefined) return { refused }
      const armoured = armouredSignature(request.signature)
      if (armoured === undefined) return { refused: 'The signature cannot be read.' }
      const text = signedText(request)
      const name = createHash('sha256').update(`${text}\0${request.signature}`).digest('hex')
      const before = known.get(name)
      if (before !== undefined) return { signer: before }
      if (limit.pendingCount >= MAX_WAITING) return { refused: 'Too many signatures are being looked at; try again.' }
      const file = join(folder, system.random.id(16))
      const signer = await limit(() => signerOf(system, { allowed, file, armoured, text }))
      if (signer === undefined) return { refused: 'The signature is not that of an allowed signer over this request.' }
      known.set(name, signer)
      const oldest = known.keys().next()
      if (known.size > MAX_KNOWN && !oldest.done) known.delete(oldest.value)
      return { signer }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** What can be said without looking at the signature. */
function refusalOf({ date, digest, body }: ClaimedRequest, now: number): string | undefined {
  const at = Date.parse(date)
  if (Number.isNaN(at) || new Date(at).toUTCString() !== date) return 'A signed request needs a Date header.'
  if (Math.abs(now - at) > SIGNATURE_AGE_MS)
    return `The request was signed ${at < now ? 'too long ago' : 'in the future'}; check the clock.`
  if (digest !== digestOf(body)) return 'The body is not the one that was signed.'
  return undefined
}

async function signerOf(
  system: System,
  { allowed, file, armoured, text }: { allowed: string; file: string; armoured: string; text: string },
): Promise<string | undefined> {
  const run = (args: string[], input?: string) =>
    system.run.program('ssh-keygen', ['-Y', ...args, '-f', allowed, '-s', file], {
      timeoutMs: VERIFY_MS,
      ...(input === undefined ? {} : { input }),
    })
  try {
    await writeFile(file, armoured, { mode: 0o600 })
    const found = await run(['find-principals'])
    const [principal] = found.stdout.split('\n').filter(Boolean)
    if (found.exitCode !== 0 || principal === undefined) return undefined
    const verified = await run(['verify', '-I', principal, '-n', SIGNATURE_NAMESPACE], text)
    return verified.exitCode === 0 ? principal : undefined
  } finally {
    await rm(file, { force: true })
  }
}
