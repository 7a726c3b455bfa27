import { itemJson } from '../../model/errors.ts'
import { STDIN } from './chunks.ts'
import { NotJson } from './sink.ts'

/** What a scanner refused, as an error for users; anything else as it is. */
export const notJsonOf = (source: string, error: unknown): unknown =>
  error instanceof NotJson ? itemJson(source === STDIN ? 'standard input' : source, error, error.message) : error
