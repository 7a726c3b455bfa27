import type { Command } from './command.ts'
import { JOB_COMMANDS } from './jobs.ts'
import { list, search } from './search.ts'

/** Commands that are run often and answer from this machine: a line with one of them loads none of the others. */
const OFTEN: readonly Command[] = [search, list, ...JOB_COMMANDS]

/** The commands that the words of a line are looked up among: every one there is, unless the first word needs few. */
export async function commandsFor(words: readonly string[]): Promise<readonly Command[]> {
  const [first] = words[0] === 'marketplace' ? words.slice(1) : words
  if (OFTEN.some(({ name, parent }) => parent === undefined && name === first)) return OFTEN
  const { COMMANDS } = await import('./list.ts')
  return COMMANDS
}
