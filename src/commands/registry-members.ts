import { usage } from '../model/errors.ts'
import type { CommandContext, CommandOption } from './command.ts'
import { countOf, isSet, pairsOf, textOf, type Values } from './values.ts'

/** Flags that say what an entry of the settings file holds. */
export const MEMBER_OPTIONS: readonly CommandOption[] = [
  {
    flag: '--type',
    value: 'TYPE',
    summary: 'what kind of registry',
    choices: ['official', 'community', 'institutional', 'private'],
  },
  { flag: '--protocol', value: 'NAME', summary: 'how to talk to it: rest, folder, git, index or one of a plugin' },
  { flag: '--priority', value: 'N', summary: 'lower comes first; 100 when left out' },
  { flag: '--token-env', value: 'VARIABLE', summary: 'the variable that holds its token' },
  { flag: '--user', value: 'NAME', summary: 'user name for a password, with --password-env' },
  { flag: '--password-env', value: 'VARIABLE', summary: 'the variable that holds the password' },
  { flag: '--key-file', value: 'FILE', summary: 'SSH key for git' },
  { flag: '--no-credentials', summary: 'it asks for none, whatever its type' },
  { flag: '--set', value: 'KEY=VALUE', summary: 'another member of the entry, such as branch=main', isMany: true },
]

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

function variable(values: Values, flag: string): string | undefined {
  const name = textOf(values, flag)?.replace(/^\$\{?([A-Za-z_]\w*)\}?$/, '$1')
  if (name === undefined) return undefined
  // What is no name may be the secret itself: it is not repeated.
  if (!VARIABLE.test(name)) throw usage(`--${flag} takes the name of a variable, not its value.`)
  return `\${${name}}`
}

function credentialsOf(values: Values, { system }: CommandContext): Record<string, unknown> | undefined {
  const token = variable(values, 'token-env')
  const password = variable(values, 'password-env')
  const user = textOf(values, 'user')
  const key = textOf(values, 'key-file')
  const none = isSet(values, 'no-credentials') ? true : undefined
  if ([none, token, password ?? user, key].filter((one) => one !== undefined).length > 1)
    throw usage('Give one kind of credentials: --token-env, --user with --password-env, or --key-file.')
  if (none) return { type: 'none' }
  if (token !== undefined) return { type: 'token', token }
  if ((password === undefined) !== (user === undefined)) throw usage('--user and --password-env go together.')
  if (password !== undefined) return { type: 'basic', username: user, password }
  if (key === undefined) return undefined
  return { type: 'ssh_key', keyFile: /^[/~$]/.test(key) ? key : `${system.env.cwd}/${key}` }
}

/** The members that the flags of a command line give. */
export function membersOf(values: Values, context: CommandContext): Record<string, unknown> {
  const members = nested(pairsOf(values, 'set'))
  for (const key of ['type', 'protocol']) {
    const value = textOf(values, key)
    if (value !== undefined) members[key] = value
  }
  const priority = countOf(values, 'priority')
  if (priority !== undefined) members['priority'] = priority
  const credentials = credentialsOf(values, context)
  if (credentials) members['credentials'] = credentials
  if (isSet(values, 'disabled')) members['enabled'] = false
  return members
}

const FORBIDDEN = ['__proto__', 'constructor', 'prototype']

function merge(into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(from)) {
    const there = into[key]
    const isBoth = typeof there === 'object' && there !== null && typeof value === 'object' && value !== null
    if (isBoth) merge(there as Record<string, unknown>, value as Record<string, unknown>)
    else into[key] = value
  }
}

/** `a.b=c` pairs as objects in objects. */
function nested(pairs: readonly [string, string][]): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const [path, value] of pairs) {
    const parts = path.split('.')
    if (parts.some((part) => part === '' || FORBIDDEN.includes(part))) throw usage(`--set cannot set "${path}".`)
    const chain = parts.toReversed().reduce<unknown>((inner, part) => ({ [part]: inner }), value)
    merge(root, chain as Record<string, unknown>)
  }
  return root
}
