import { configCredential } from '../model/errors.ts'
import { isInsecureAddress, type RegistryEntry } from '../model/registry-entry.ts'
import { harmless } from '../model/text.ts'
import { digestOf, SIGNATURE_NAMESPACE, signatureHeader, signedText } from '../model/wire.ts'
import type { System } from '../system/system.ts'
import { variablesOf } from './token-sources.ts'

/** The same question again within this time is sent with the same signature: one costs a process. */
const REUSE_MS = 60_000
const MAX_KEPT = 200
const SIGN_MS = 10_000

export interface SignableRequest {
  method: string
  url: URL
  body?: string | undefined
}

/** Signs the requests of one registry (inventory C16, S5.6). */
export interface RequestSigner {
  /** The headers `date`, `digest` and `signature`. Throws `config.credential` when the key cannot be used. */
  headersFor(request: SignableRequest): Promise<Record<string, string>>
}

/** A signer when the entry has an SSH key or asks for signing, and its address goes over HTTP; undefined otherwise. */
export function openSigner(system: System, entry: RegistryEntry): RequestSigner | undefined {
  const sshKey = entry.credentials?.type === 'ssh_key' ? entry.credentials.keyFile : undefined
  const wants = entry.signing ?? (sshKey ?? entry.signingKey) !== undefined
  if (!wants || !/^https?:/i.test(entry.url) || isInsecureAddress(entry.url)) return undefined
  const key = (entry.signingKey ?? sshKey ?? '~/.ssh/id_ed25519').replace(/^~(?=\/)/, system.env.home)
  const kept = new Map<string, { at: number; headers: Promise<Record<string, string>> }>()
  return {
    headersFor({ method, url, body = '' }) {
      const now = system.clock.now()
      const parts = { method, host: url.host, path: `${url.pathname}${url.search}`, digest: digestOf(body) }
      const name = JSON.stringify(parts)
      const known = kept.get(name)
      if (known && Math.abs(now - known.at) < REUSE_MS) return known.headers
      const date = new Date(now).toUTCString()
      const headers = sign(system, entry, { key, text: signedText({ ...parts, date }) }).then((signature) => ({
        date,
        digest: parts.digest,
        signature,
      }))
      headers.catch(() => kept.delete(name))
      kept.delete(name)
      kept.set(name, { at: now, headers })
      const oldest = kept.keys().next()
      if (kept.size > MAX_KEPT && !oldest.done) kept.delete(oldest.value)
      return headers
    },
  }
}

/**
 * ssh-keygen signs: it knows every kind of key, hardware ones too, and asks the agent first. It is given no terminal to
 * ask for a passphrase on, since that would be in the middle of our screen.
 */
async function sign(
  system: System,
  entry: RegistryEntry,
  { key, text }: { key: string; text: string },
): Promise<string> {
  const result = await system.run.program('ssh-keygen', ['-Y', 'sign', '-f', key, '-n', SIGNATURE_NAMESPACE], {
    input: text,
    timeoutMs: SIGN_MS,
    env: { ...variablesOf(system, ['SSH_AUTH_SOCK']), SSH_ASKPASS: 'false', SSH_ASKPASS_REQUIRE: 'force' },
  })
  const signature = result.exitCode === 0 ? signatureHeader(result.stdout) : undefined
  if (signature !== undefined) return signature
  const field = `registries.${entry.name}.${entry.signingKey === undefined ? 'credentials.keyFile' : 'signingKey'}`
  const [why, hint] = result.timedOut
    ? ([`did not sign within ${SIGN_MS / 1000} s`, AGENT] as const)
    : reasonFor(result, key)
  throw configCredential({ ...entry.place, field }, `${key} ${why}`, `${hint} Nothing was sent.`)
}

const AGENT = 'Is the agent waiting for you?'

function reasonFor({ exitCode, stderr }: { exitCode: number; stderr: string }, key: string): readonly [string, string] {
  if (exitCode === -1) return ['cannot be used without ssh-keygen', 'Install OpenSSH, or set signing: false.']
  if (/passphrase/i.test(stderr))
    return ['has a passphrase, and no agent holds it', `Run "ssh-add ${key}" (or start an agent first).`]
  if (/too open/i.test(stderr)) return ['may be read by others', `Run "chmod 600 ${key}".`]
  if (/no such file/i.test(stderr)) return ['is not there', 'Name the private key with signingKey or keyFile.']
  const last = stderr.trim().split('\n').at(-1) ?? ''
  return [`cannot be signed with (${harmless(last, 200) || `ssh-keygen ended with ${exitCode}`})`, 'Try another key.']
}
