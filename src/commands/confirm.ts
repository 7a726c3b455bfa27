import { confirmationNeeded, jobCancelled } from '../model/errors.ts'
import type { CommandContext } from './command.ts'
import { isSet, type Values } from './values.ts'

/**
 * Goes on with --yes, or once a person typed yes. Throws `usage.confirm` where there is nobody to ask, with what the
 * question is about, and `job.cancelled` at a no.
 */
export async function confirmed(
  context: CommandContext,
  what: string,
  values: Values,
  about: () => Record<string, unknown>,
): Promise<void> {
  if (isSet(values, 'yes')) return
  const { io } = context.system
  if (!io.stdinIsTTY || context.global.json) throw confirmationNeeded(what, about())
  const typed = await io.ask(`${what}? [y/N] `)
  if (!/^\s*y(es)?\s*$/i.test(typed ?? '')) throw jobCancelled(what)
}
