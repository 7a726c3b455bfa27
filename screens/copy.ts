import type { Env } from '../src/system/system.ts'

/** Longest text that is copied, bytes: some terminals drop sequences above 100,000 bytes, and base64 adds a third. */
const LONGEST_COPY = 74_000

/**
 * The sequence (OSC 52) by which a terminal puts a text on the clipboard of the machine it is on, also over SSH;
 * undefined for a text that is too long. In tmux it is passed through to the terminal around it as well.
 */
export function copySequence(text: string, env: Pick<Env, 'get'>): string | undefined {
  const bytes = Buffer.from(text)
  if (bytes.length > LONGEST_COPY) return undefined
  const sequence = `\u001b]52;c;${bytes.toString('base64')}\u001b\\`
  if (env.get('TMUX') === undefined) return sequence
  return `${sequence}\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}\u001b\\`
}
