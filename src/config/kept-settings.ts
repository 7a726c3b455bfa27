import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fingerprint } from '../model/fingerprint.ts'
import { redact } from '../model/secrets.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import type { System } from '../system/system.ts'
import type { LoadedSettings } from './settings.ts'

/** What a settings file came to, once it was read and checked. */
type FileSettings = Pick<LoadedSettings, 'settings' | 'origins'>

/** The file a copy was made of, and all else that its reading depends on. */
export interface KeptOf {
  path: string
  size: number
  inode: number
  /** Moments of the last change of its content and of its facts, ms. */
  modifiedAt: number
  changedAt: number
  /** Other things the result depends on: the home folder, the profile. */
  with: readonly string[]
}

/** A file changed so lately may change again without its times telling, ms. */
const SETTLED_MS = 2000

/**
 * Of this very build: its file is named after its content. A copy made by other code is none.
 */
const MAKER = import.meta.url

const headOf = (of: KeptOf): string => fingerprint(JSON.stringify([MAKER, of]))

/**
 * The settings of a file from the copy that was made when it was last read, which spares loading the reader of YAML.
 * Undefined when there is no copy, when the file has changed since, or when the copy is not whole.
 */
export function readKept(file: string, of: KeptOf): FileSettings | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    const [head, sum, body = ''] = text.split('\n', 3)
    if (head !== headOf(of) || sum !== fingerprint(body)) return undefined
    return JSON.parse(body) as FileSettings
  } catch {
    return undefined
  }
}

/**
 * Keeps a copy of settings that were read without a fault. Settings with a secret written out are never copied; one
 * that stands as `${VAR}` is copied as that. Not being able to write is no fault.
 */
export function keep(system: System, file: string, of: KeptOf, { settings, origins }: FileSettings): void {
  const isSettled = system.clock.now() - Math.max(of.modifiedAt, of.changedAt) > SETTLED_MS
  if (!isSettled || settings.registries.some(holdsSecret)) return
  const body = JSON.stringify({ settings, origins })
  if (redact(body) !== body) return
  const next = `${file}.${system.env.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(next, `${headOf(of)}\n${fingerprint(body)}\n${body}`, { mode: 0o600 })
    renameSync(next, file)
  } catch {
    rmSync(next, { force: true })
  }
}

const ONLY_VARIABLES = /^(?:\$\{\w+\})+$/
const SECRET_NAME = /token|secret|password|passphrase|key|auth|credential|header/i

/** Whether an entry may hold a secret as it is: in its credentials, in a member of its protocol, within its address. */
function holdsSecret({ credentials, options, url }: RegistryEntry): boolean {
  const named = Object.entries({ ...credentials, ...options }).filter(([name]) => SECRET_NAME.test(name))
  const isOpen = ([name, value]: [string, unknown]): boolean =>
    !/^(?:key|token)_?file$/i.test(name) && !(typeof value === 'string' && ONLY_VARIABLES.test(value))
  const nested = Object.values(options).some((value) => typeof value === 'object' && value !== null)
  return nested || named.some(isOpen) || /[?#]|:\/\/[^/]*@/.test(url)
}
