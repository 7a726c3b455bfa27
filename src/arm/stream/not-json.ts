import { itemJson } from '../../model/errors.ts'
import { STDIN } from './chunks.ts'

/** Why a stream is not JSON; line and column count from 1, columns in UTF-16 units. */
export class NotJson extends Error {
  readonly line: number
  readonly column: number
  constructor(message: string, line: number, column: number) {
    super(message)
    this.line = line
    this.column = column
  }
}

/** What a scanner refused, as an error for users; anything else as it is. */
export const notJsonOf = (source: string, error: unknown): unknown =>
  error instanceof NotJson ? itemJson(source === STDIN ? 'standard input' : source, error, error.message) : error
