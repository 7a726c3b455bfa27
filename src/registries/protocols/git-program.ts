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
import { harmless } from '../../model/text.ts'
import { variablesOf } from '../../http/token-sources.ts'
import type { Call } from '../registry.ts'
import type { System } from '../../system/system.ts'
import type { FetchPlace } from './fetch-artifact.ts'
import { accessAbroad, hiddenSettings, proxySettings, withoutPassword, type GitAccess } from './git-access.ts'

/** How often a growing repository is measured, ms. */
const MEASURE_MS = 500
/** The agent that holds the keys of the person, and what goes past a proxy. */
const PASSED_ON = ['SSH_AUTH_SOCK', 'NO_PROXY', 'no_proxy']
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

export interface GitCall {
  system: System
  registry: string
  /** The address that is asked, when one is. */
  url?: string
  access?: GitAccess | undefined
  cwd?: string
  signal?: AbortSignal
}

/** Runs git and answers its output; a failure is a `registry.*` error with git's own last line. */
export async function runGit(args: readonly string[], call: GitCall): Promise<string> {
  const { env: system } = call.system
  const access = call.access ?? {}
  const settings = [...proxySettings(system, call.url), ...(access.settings ?? [])]
  const { env, hidden } = hiddenSettings(settings, system.platform)
  const plain = ['core.hooksPath=/dev/null', 'core.symlinks=false']
  if (hidden !== undefined) plain.push('include.path=/dev/fd/3')
  const from = call.system.clock.monotonic()
  const result = await call.system.run.program('git', [...plain.flatMap((one) => ['-c', one]), ...args], {
    env: {
      ...variablesOf(call.system, PASSED_ON),
      GIT_TERMINAL_PROMPT: '0',
      GIT_ALLOW_PROTOCOL: TRANSPORTS,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_LFS_SKIP_SMUDGE: '1',
      GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
      ...env,
      ...access.env,
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
    await runGit(['fetch', '--quiet', '--depth', '1', '--no-tags', '--', url, ref], { ...git, url })
    await runGit(['checkout', '--quiet', 'FETCH_HEAD'], git)
  } catch (error) {
    if (!isMarketError(error) || error.code !== 'registry.connection') throw error
    const why = error.message.replace(/^.* cannot be reached: /, '').replace(/\.$/, '')
    throw itemSource(harmless(withoutPassword(url), 300), why, error)
  }
}

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
      access: place.gitAccess ?? (await accessAbroad(url, place, system.env)),
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
