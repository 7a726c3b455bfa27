/** A text that is written again and again, kept as it is written too. */
export interface Fixed {
  readonly text: string
  readonly bytes: Uint8Array
}

/** A part of a text: one of its own, or one that comes again. */
export type Piece = string | Fixed

export const fixed = (text: string): Fixed => ({ text, bytes: Buffer.from(text) })

export const joined = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('')
