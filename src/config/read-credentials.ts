import type { Credentials } from '../model/registry-entry.ts'
import { harmless } from '../model/text.ts'

/** The kinds of credentials; of each group of members exactly one is written. */
const KINDS: ReadonlyMap<unknown, readonly (readonly string[])[]> = new Map([
  ['token', [['token', 'tokenCommand', 'tokenFile']]],
  ['basic', [['username'], ['password']]],
  ['ssh_key', [['keyFile']]],
  ['none', []],
])
const OTHER_SPELLINGS: Readonly<Record<string, string>> = {
  key_file: 'keyFile',
  token_command: 'tokenCommand',
  token_file: 'tokenFile',
}
const MAX_WORDS = 50
/** What a shell would read as more than a word. We have none, so that nothing is ever expanded. */
const SHELL_WORDS = /["'`\\$|&;<>()]/

interface Fault {
  path: (string | number)[]
  why: string
}

/** What `credentials:` of an entry says; nothing in it when it was left out or when none are needed. */
export type ReadCredentials = { credentials?: Credentials } | { faults: Fault[] }

const fault = (why: string, ...path: string[]): ReadCredentials => ({
  faults: [{ path: ['credentials', ...path], why }],
})

/** Reads `credentials:`. `placed` makes a path absolute against the settings file. */
export function readCredentials(raw: unknown, placed: (path: string) => string): ReadCredentials {
  if (raw === undefined || raw === null) return {}
  const unlike = 'must have the type token, basic, ssh_key or none, and what belongs to it'
  if (typeof raw !== 'object' || Array.isArray(raw)) return fault(unlike)
  const members: Record<string, unknown> = Object.fromEntries(
    Object.entries(raw).map(([name, value]) => [
      Object.hasOwn(OTHER_SPELLINGS, name) ? OTHER_SPELLINGS[name] : name,
      value,
    ]),
  )
  const wanted = KINDS.get(members['type'])
  if (!wanted) return fault(unlike, 'type')
  const faults = [...wanted.flatMap((group) => groupFaults(members, group)), ...strangers(members, wanted.flat())]
  return faults.length > 0 ? { faults } : credentialsOf(members, placed)
}

function groupFaults(members: Record<string, unknown>, group: readonly string[]): Fault[] {
  const [first = '', ...others] = group
  const written = group.filter((name) => members[name] !== undefined)
  if (written.length > 1) return [{ path: ['credentials'], why: `has ${written.join(' and ')}; one of them is enough` }]
  const [name] = written
  if (name === undefined) {
    const or = others.length > 0 ? ` (or ${others.join(', ')})` : ''
    return [{ path: ['credentials', first], why: `is missing${or}` }]
  }
  const why = name === 'tokenCommand' ? commandFault(members[name]) : textFault(members[name])
  return why === undefined ? [] : [{ path: ['credentials', name], why }]
}

const textFault = (value: unknown): string | undefined =>
  typeof value !== 'string' ? 'must be a text' : value === '' ? 'must not be empty' : undefined

/** A program and its arguments: a list, or a text whose blanks part the words. */
function commandFault(value: unknown): string | undefined {
  const words: unknown[] = typeof value === 'string' ? wordsOf(value) : Array.isArray(value) ? value : []
  const isList = words.length > 0 && words.length <= MAX_WORDS && words.every((word) => typeof word === 'string')
  if (!isList || words[0] === '') return 'must be a program with its arguments, such as [pass, show, market]'
  if (typeof value === 'string' && SHELL_WORDS.test(value)) {
    return 'is run without a shell; write it as a list of words, such as [pass, show, market]'
  }
  return undefined
}

const wordsOf = (text: string): string[] => text.trim().split(/\s+/).filter(Boolean)

function strangers(members: Record<string, unknown>, ours: readonly string[]): Fault[] {
  const others = Object.keys(members).filter((name) => name !== 'type' && !ours.includes(name))
  if (others.length === 0) return []
  const named = others.map((name) => `"${harmless(name, 40)}"`).join(', ')
  return [{ path: ['credentials'], why: `holds ${named}, which does not belong to this type` }]
}

/** The checks let through what is read here. */
function credentialsOf(members: Record<string, unknown>, placed: (path: string) => string): ReadCredentials {
  const text = (name: string): string => members[name] as string
  // A path that comes from a variable is not known yet.
  const path = (written: string): string => (written.includes('${') ? written : placed(written))
  switch (members['type']) {
    case 'basic':
      return { credentials: { type: 'basic', username: text('username'), password: text('password') } }
    case 'ssh_key':
      return { credentials: { type: 'ssh_key', keyFile: path(text('keyFile')) } }
    case 'token':
      if (members['tokenFile'] !== undefined)
        return { credentials: { type: 'token', tokenFile: path(text('tokenFile')) } }
      if (members['tokenCommand'] === undefined) return { credentials: { type: 'token', token: text('token') } }
      break
    default:
      return {}
  }
  const value = members['tokenCommand'] as string | string[]
  const [program = '', ...rest] = typeof value === 'string' ? wordsOf(value) : value
  // A name is looked for on the path; anything with a slash is a file.
  return { credentials: { type: 'token', tokenCommand: [program.includes('/') ? placed(program) : program, ...rest] } }
}
