import { OUTSIDE } from '../../model/limits.ts'
import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import {
  fileProblem,
  isMarketError,
  itemSource,
  itemUnsafe,
  registryAuthentication,
  registryAuthorization,
  registryConnection,
  registryTimeout,
} from '../../model/errors.ts'
import type { Artifact } from '../../model/listing.ts'
import type { RegistryEntry } from '../../model/registry-entry.ts'
import { harmless } from '../../model/text.ts'
import { variablesOf } from '../../http/token-sources.ts'
import type { Call, ProtocolTools } from '../registry.ts'
import type { System } from '../../system/system.ts'
import type { FetchPlace } from './fetch-artifact.ts'

/** How often a growing repository is measured, ms. */
const MEASURE_MS = 500
/** The agent that holds the keys of the person. */
const PASSED_ON = ['SSH_AUTH_SOCK']
const TRANSPORTS = 'file:git:http:https:ssh'

/** The address as git takes it (`git+ssh://` is `ssh://`), or an error for what could be read as an option or a program. */
export function gitAddress(url: string, registry: string): string {
  const bare = url.replace(/^git\+/i, '')
  const isKnown =
    /^(?:https?|ssh|git|file):\/\/[^-\s]/i.test(bare) || /^[\w.-]+@[\w.-]+:[^-\s]/.test(bare) || isAbsolute(bare)
  if (!isKnown || bare.includes('::') || /[\0-\x20]/.test(bare))
    throw registryConnection(registry, `"${harmless(url, 200)}" is not an address git may be given`)
  return bare
}

/** A branch, tag or commit that git cannot take for an option. */
export function gitRef(ref: string, registry: string): string {
  if (!/^[A-Za-z0-9][\w./+-]*$/.test(ref) || ref.includes('..'))
    throw registryConnection(registry, `"${harmless(ref, 100)}" is not a branch or tag name`)
  return ref
}

/** What git is given to be let in: a key by its path, a header out of everybody's sight. Never a prompt, never argv. */
export interface GitAccess {
  env?: Record<string, string>
  /** A text of git's configuration with the secret in it. */
  hidden?: string
}

/** The access of a registry to its own repository. Throws what `RegistryCredentials.authorization` throws. */
export async function gitAccessOf(
  entry: RegistryEntry,
  { system, credentials }: Pick<ProtocolTools, 'system' | 'credentials'>,
  signal?: AbortSignal,
): Promise<GitAccess> {
  if (entry.credentials?.type === 'ssh_key') {
    const key = entry.credentials.keyFile.replace(/^~(?=\/)/, system.env.home)
    return {
      env: { GIT_SSH_COMMAND: `ssh -i '${key.replaceAll("'", "'\\''")}' -o IdentitiesOnly=yes -o BatchMode=yes` },
    }
  }
  if (!/^(?:git\+)?https?:/i.test(entry.url)) return {}
  const header = await credentials.authorization(signal)
  const ca = entry.ca === undefined ? {} : { env: { GIT_SSL_CAINFO: entry.ca } }
  if (header === undefined) return ca
  const { origin } = new URL(entry.url.replace(/^git\+/i, ''))
  // A header has printable characters only (checked where it is made), so that quotes and backslashes are all to mind.
  const value = `Authorization: ${header}`.replace(/[\\"]/g, '\\$&')
  if (system.env.platform === 'linux') return { ...ca, hidden: `[http "${origin}/"]\n\textraHeader = "${value}"\n` }
  const set = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader` }
  return { env: { ...ca.env, ...set, GIT_CONFIG_VALUE_0: `Authorization: ${header}` } }
}

export interface GitCall {
  system: System
  registry: string
  access?: GitAccess | undefined
  cwd?: string
  signal?: AbortSignal
}

/** Runs git and answers its output; a failure is a `registry.*` error with git's own last line. */
export async function runGit(args: readonly string[], call: GitCall): Promise<string> {
  const { env, hidden } = call.access ?? {}
  const settings = ['core.hooksPath=/dev/null', 'core.symlinks=false']
  // git and the programs it starts each read it anew, so that the secret is in no environment and on no disk.
  if (hidden !== undefined) settings.push('include.path=/dev/fd/3')
  const from = call.system.clock.monotonic()
  const result = await call.system.run.program('git', [...settings.flatMap((one) => ['-c', one]), ...args], {
    env: {
      ...variablesOf(call.system, PASSED_ON),
      GIT_TERMINAL_PROMPT: '0',
      GIT_ALLOW_PROTOCOL: TRANSPORTS,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_LFS_SKIP_SMUDGE: '1',
      GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
      ...env,
    },
    ...(hidden === undefined ? {} : { hidden }),
    ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
    ...(call.signal ? { signal: call.signal } : {}),
  })
  if (result.exitCode === 0) return result.stdout
  call.signal?.throwIfAborted()
  if (result.timedOut) throw registryTimeout(call.registry, Math.round(call.system.clock.monotonic() - from))
  if (/authentication failed|permission denied|could not read (?:username|password)/i.test(result.stderr))
    throw registryAuthentication(call.registry)
  if (/returned error: 403/i.test(result.stderr)) throw registryAuthorization(call.registry, 403)
  throw registryConnection(call.registry, faultOf(result.stderr, result.exitCode))
}

/** git's own words on what went wrong, as the end of a sentence. */
function faultOf(stderr: string, exitCode: number): string {
  const lines = stderr.split('\n').filter((line) => line.trim())
  const fatal = lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1) ?? `git ended with ${exitCode}`
  const bare = fatal.replace(/^(?:fatal|error): /, '').replace(/^unable to access '[^']*': /, '')
  return harmless(bare, 300).replace(/\.$/, '')
}

/** Bytes of plain files below a folder. */
async function sizeOf(path: string): Promise<number> {
  const facts = await stat(path)
  if (facts.isFile()) return facts.size
  let bytes = 0
  for (const entry of await readdir(path, { withFileTypes: true }))
    if (entry.isFile() || entry.isDirectory()) bytes += await sizeOf(join(path, entry.name))
  return bytes
}

/** A signal that aborts when a folder grows beyond a limit, and its end. Tells the bytes on the way. */
function watchSize(folder: string, maxBytes: number, call: Call, system: System) {
  const stop = new AbortController()
  const end = system.clock.every(MEASURE_MS, () => {
    sizeOf(folder).then(
      (bytes) => {
        call.report?.(bytes, undefined)
        if (bytes > maxBytes) stop.abort(tooLarge(maxBytes))
      },
      () => {},
    )
  })
  return { signal: call.signal ? AbortSignal.any([call.signal, stop.signal]) : stop.signal, end }
}

const tooLarge = (maxBytes: number): Error =>
  itemUnsafe('its repository', `it is larger than ${Math.ceil(maxBytes / 1024 / 1024)} MiB`)

/** Brings the newest files at a ref into an empty folder. What cannot be reached is the repository, not the registry. */
async function checkOut(url: string, ref: string, git: GitCall): Promise<void> {
  try {
    await runGit(['init', '--quiet'], git)
    await runGit(['fetch', '--quiet', '--depth', '1', '--no-tags', '--', url, ref], git)
    await runGit(['checkout', '--quiet', 'FETCH_HEAD'], git)
  } catch (error) {
    if (!isMarketError(error) || error.code !== 'registry.connection') throw error
    const why = error.message.replace(/^.* cannot be reached: /, '').replace(/\.$/, '')
    throw itemSource(harmless(withoutPassword(url), 300), why, error)
  }
}

const withoutPassword = (url: string): string => url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1')

/**
 * Brings the files of a repository at a ref, or of one path in it, to a folder, without `.git` and without links.
 * Throws `item.source` when it cannot be fetched and `item.unsafe` when it is too large.
 */
export async function fetchGit(
  artifact: Extract<Artifact, { form: 'git' }>,
  into: string,
  call: Call,
  place: FetchPlace,
): Promise<{ bytes: number }> {
  const { system, workFolder } = place.tools
  const url = gitAddress(artifact.url, place.registry)
  const ref = artifact.ref === undefined ? 'HEAD' : gitRef(artifact.ref, place.registry)
  const maxBytes = place.maxBytes ?? OUTSIDE.artifactBytes
  const clone = join(workFolder, `fetch-${system.random.id(12)}`)
  await mkdir(clone, { recursive: true })
  const watch = watchSize(clone, maxBytes, call, system)
  try {
    await checkOut(url, ref, {
      system,
      registry: place.registry,
      access: place.gitAccess,
      cwd: clone,
      signal: watch.signal,
    })
    const from = resolve(clone, artifact.path ?? '.')
    const away = relative(clone, from)
    if (away.startsWith('..') || away.split('/')[0] === '.git')
      throw itemUnsafe(harmless(artifact.path ?? ''), 'its path leads out of the repository')
    const facts = await stat(from).catch((error: unknown) => {
      throw fileProblem(harmless(artifact.path ?? ''), `is not in the repository at ${ref}`, error)
    })
    if ((await sizeOf(from)) > maxBytes) throw tooLarge(maxBytes)
    await mkdir(into, { recursive: true })
    const to = facts.isFile() ? join(into, basename(from)) : into
    await mkdir(dirname(to), { recursive: true })
    await cp(from, to, { recursive: true, filter: (path) => relative(clone, path).split('/')[0] !== '.git' })
    const bytes = await sizeOf(into)
    call.report?.(bytes, bytes)
    return { bytes }
  } finally {
    watch.end()
    await rm(clone, { recursive: true, force: true })
  }
}
