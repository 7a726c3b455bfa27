import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { configCredential, reasonOf, type Place } from '../model/errors.ts'
import { keepSecret } from '../model/secrets.ts'
import type { System } from '../system/system.ts'

/** A person may have to touch a key or unlock a store meanwhile. */
const COMMAND_MS = 30_000
const MAX_TOKEN_BYTES = 16 * 1024
/** Modes beyond reading and writing by the owner. */
const WIDER_THAN_0600 = 0o177

/** What a store of secrets needs of the session to be found; nothing of it is a secret itself. */
const SESSION = [
  'USER',
  'LOGNAME',
  'XDG_RUNTIME_DIR',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'DBUS_SESSION_BUS_ADDRESS',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'SSH_AUTH_SOCK',
  'GNUPGHOME',
  'PASSWORD_STORE_DIR',
]

/**
 * The token a program prints, kept in memory only. The program gets neither a shell nor a terminal nor our
 * environment. Throws `config.credential`, which says nothing of what the program wrote: that could be the token.
 */
export async function tokenFromCommand(system: System, command: readonly string[], place: Place): Promise<string> {
  const [program = '', ...args] = command
  const refuse = (why: string, hint = `Run it by hand to see why; nothing was sent.`): Error =>
    configCredential(place, `${program} ${why}`, hint)
  const result = await system.run.program(program, args, {
    env: variablesOf(system, SESSION),
    timeoutMs: COMMAND_MS,
    maxBytes: MAX_TOKEN_BYTES,
    isSecret: true,
  })
  if (result.timedOut) throw refuse(`gave no token within ${COMMAND_MS / 1000} s`)
  if (result.exitCode === -1) {
    throw refuse('could not be run, or wrote too much', 'Check its name and that it may be executed; nothing was sent.')
  }
  if (result.exitCode !== 0) throw refuse(`ended with ${result.exitCode}`)
  return tokenIn(result.stdout, () => refuse('printed no token: one line was expected'))
}

/** The variables of the environment with these names that are set. */
export function variablesOf(system: System, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = system.env.get(name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/**
 * The token in a file that nobody else can read. Throws `config.credential` for one that others may read or that is
 * not ours: whoever can write it chooses what we send, whoever can read it has the token.
 */
export async function tokenFromFile(file: string, place: Place): Promise<string> {
  const refuse = (why: string, hint: string): Error => configCredential(place, `${file} ${why}`, hint)
  const hint = 'Put the token and nothing else into it, mode 0600; nothing was sent.'
  // Asked of the open file, so that what was checked is what is read; a pipe nobody writes to does not hold us up.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw refuse(`cannot be read (${reasonOf(error)})`, hint)
  })
  try {
    const facts = await handle.stat()
    if (!facts.isFile()) throw refuse('is not a file', hint)
    const { uid } = userInfo()
    // Windows has neither modes nor owners of this kind.
    if (uid !== -1) {
      if (facts.uid !== uid) throw refuse('belongs to somebody else', 'Make a file of your own; nothing was sent.')
      const mode = facts.mode & 0o777
      if (mode & WIDER_THAN_0600) {
        throw refuse(`has mode ${mode.toString(8).padStart(4, '0')}, wider than 0600`, `Run "chmod 600 ${file}".`)
      }
    }
    if (facts.size > MAX_TOKEN_BYTES) throw refuse(`is larger than ${MAX_TOKEN_BYTES} bytes`, hint)
    return tokenIn(await handle.readFile('utf8'), () => refuse('holds no token: one line was expected', hint))
  } finally {
    await handle.close()
  }
}

/** The one line of a text; what is left of the lines after it stays unread. */
function tokenIn(text: string, refuse: () => Error): string {
  const line = text.trim().split(/\r?\n/)[0]?.trim() ?? ''
  if (line === '') throw refuse()
  return keepSecret(line)
}
