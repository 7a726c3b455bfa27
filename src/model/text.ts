/**
 * Text from outside, made harmless for a terminal. One choke point: everything that came from a registry,
 * an archive, a log or a file name passes through `harmless` or `harmlessLines` before it may be shown.
 * Rules: control characters become visible, bidi controls, zero-width and tag characters go, tabs become
 * spaces, what Unicode does not know is replaced, emoji sequences keep their first part (terminals disagree about the
 * width of the rest).
 */

// C0 and C1 controls, and DEL.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g
// Bidi controls, zero-width characters, variation selectors, soft hyphen, fillers, interlinear and tag characters, and the
// tones of skin, which half of all terminals draw as a character of their own.
const INVISIBLE =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1f3fb}-\u{1f3ff}\u{e0000}-\u{e0fff}]/gu
// Code points that mean nothing (yet): terminals do not agree on the cells of these.
const UNASSIGNED = /\p{Unassigned}/gu
const EMOJI_SEQUENCE = /(\p{Extended_Pictographic})(?:[\u{1f3fb}-\u{1f3ff}\ufe0f]*\u200d\p{Extended_Pictographic})+/gu
const JOINER = '\u200d'

/** A control character as a reader may see it: ESC is `␛`, the rest of C0 its control picture, C1 `\x9b`. */
function visible(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (char === '\t') return ' '
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '␡'
  return `\\x${code.toString(16)}`
}

/** Nothing but printable ASCII: most texts are, and need none of the rules. */
const PLAIN = /^[ -~]*$/
/**
 * Stretches of anything but the letters and signs of most of the world's texts (controls are theirs too): only there do
 * the rules of `clean` change anything, and looking for it takes ten times as long.
 */
const UNUSUAL =
  // oxlint-disable-next-line no-control-regex
  /[^\u0000-\u00ac\u00ae-\u034e\u0400-\u052f\u2010-\u2027\u2030-\u205e\u20ac\u2190-\u21ff\u3001-\u3020\u3041-\u3096\u30a0-\u30ff\u3400-\u9fff\ua000-\ua48c\uac00-\ud7a3\ue000-\uf8ff\uff01-\uff5e]+/g

/** Half characters are replaced first: two of them would become one when what stands between them goes. */
function clean(text: string): string {
  if (text.search(UNUSUAL) < 0) return text
  const whole = text.toWellFormed()
  const single = whole.includes(JOINER) ? whole.replace(EMOJI_SEQUENCE, '$1') : whole
  return single.replace(UNUSUAL, (part) => part.replace(INVISIBLE, '').replace(UNASSIGNED, '\ufffd'))
}

/** The first code units of a text, one less where that would split a character. */
const startOf = (text: string, units: number): string => text.slice(0, units).replace(/[\ud800-\udbff]$/, '')

/** Longest description taken from a registry, in code units; whole for people who write at length. */
export const DESCRIPTION_CHARS = 20_000

/** Of a text far longer than wanted only so much of the wanted length is looked at; cleaning may shorten it. */
const LOOKED_AT = 4

/** The part of a text that is worth cleaning when at most `max` characters are wanted, in code units. */
const worthCleaning = (text: string, max: number): string =>
  text.length > max * LOOKED_AT ? startOf(text, max * LOOKED_AT) : text

/** A text without the characters at its end that stand in `chars`; a pattern such as `/+$` takes quadratic time. */
export function withoutEnd(text: string, chars: string): string {
  let end = text.length
  while (end > 0 && chars.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

const BREAKS = /[\r\n\u2028\u2029]+/

/** Lines joined by single spaces. By splitting, since a pattern for "blanks around a break" takes quadratic time. */
function oneLine(text: string): string {
  if (!BREAKS.test(text)) return text
  const parts = text.split(BREAKS)
  const last = parts.length - 1
  const trimmed = parts.map((part, at) => (at === 0 ? part.trimEnd() : at === last ? part.trimStart() : part.trim()))
  return trimmed.filter((part, at) => part !== '' || at === 0 || at === last).join(' ')
}

/** One line of harmless text; line breaks become single spaces. `max` cuts by characters, with an ellipsis. */
export function harmless(text: string, max = 10_000): string {
  if (text.length <= max && PLAIN.test(text)) return text
  const part = worthCleaning(text, max)
  const flat = oneLine(clean(part)).replace(CONTROL, visible)
  const isCut = flat.length > max || part.length < text.length
  return isCut ? `${startOf(flat, max - 1)}…` : flat
}

/** Harmless text that keeps its line breaks (read-mes, logs). `max` cuts by characters. */
export function harmlessLines(text: string, max = 200_000): string {
  const cut = text.length > max ? `${startOf(text, max - 1)}…` : text
  return clean(cut)
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(CONTROL, (char) => (char === '\n' ? char : visible(char)))
}
