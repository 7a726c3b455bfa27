import { resolve } from 'node:path'
import type { CommandContext } from './command.ts'

/** The template a command is about. */
export const TEMPLATE = {
  name: 'template',
  summary: 'a built-in or installed template',
  isRequired: true,
  completes: 'template',
} as const

/** An id, or a folder as an absolute path: work may go on elsewhere. */
export const templateOf = ({ system }: Pick<CommandContext, 'system'>, given: string): string =>
  /^\.{0,2}[\\/]|^\.{1,2}$/.test(given) ? resolve(system.env.cwd, given) : given
