/**
 * Hears what a scanner finds, in the order of the text. Texts are ranges of `bytes`, without their quotes and with
 * their escapes as written; they are gone after the call. One longer than `MAX_TEXT_BYTES` may come cut.
 */
export interface Sink {
  open(isArray: boolean): void
  close(): void
  name(bytes: Uint8Array, from: number, to: number): void
  string(bytes: Uint8Array, from: number, to: number): void
  /** A number, `true`, `false` or `null`. */
  scalar(bytes: Uint8Array, from: number, to: number): void
}

/** Longer texts are neither names nor expressions anybody would look at: Azure takes 24,576 characters. */
export const MAX_TEXT_BYTES = 64 * 1024

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
