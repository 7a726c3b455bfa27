import { StringDecoder } from 'node:string_decoder'
import type { Clock } from '../src/system/system.ts'

/** One key as the key table names it: `a`, `G`, `space`, `up`, `ctrl-c`, `alt-x`, `paste`. */
export interface Key {
  name: string
  /** What it types into a text field; undefined for keys that type nothing. */
  text?: string
}

/** A lone ESC becomes the Escape key after this long; arrows split over two packets arrive well within it. */
const ESCAPE_MS = 50
/** The rest of a broken sequence is awaited longer: given up too early, what follows would be keys. */
const BROKEN_MS = 500
/** A paste whose end never comes is over after this long a silence; until then nothing of it is a key. */
const PASTE_SILENCE_MS = 5000
const PASTE_LIMIT = 100_000
const ESC = '\u001b'

const STRING_STARTS = ']PX^_'
const SEQUENCE_STARTS = `[O${STRING_STARTS}`

const FINALS: Record<string, string> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift-tab',
}
const NUMBERS: Record<string, string> = {
  '1': 'home',
  '3': 'delete',
  '4': 'end',
  '5': 'pageup',
  '6': 'pagedown',
  '7': 'home',
  '8': 'end',
}
const CONTROLS: Record<string, string> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\b': 'backspace',
}
const MODIFIERS: Record<string, string> = { '2': 'shift-', '3': 'alt-', '5': 'ctrl-' }

/** The key of a CSI sequence; undefined for replies, mouse and whatever has no name here. */
function sequenceKey(parameters: string, final: string): Key | undefined {
  if (!/^[\d;]*$/.test(parameters)) return undefined
  const [first = '', modifier = ''] = parameters.split(';')
  const name = final === '~' ? NUMBERS[first] : FINALS[final]
  if (name === undefined) return undefined
  return { name: name === 'shift-tab' ? name : (MODIFIERS[modifier] ?? '') + name }
}

function plainKey(char: string): Key | undefined {
  const named = CONTROLS[char]
  if (named) return { name: named }
  const code = char.codePointAt(0) ?? 0
  if (code === 0) return undefined
  if (code < 27) return { name: `ctrl-${String.fromCodePoint(code + 96)}` }
  if (code < 32 || (code > 126 && code < 160)) return undefined
  return { name: char === ' ' ? 'space' : char, text: char }
}

type Read = { key?: Key | undefined; next: number } | 'pending'

/** A string sequence (OSC, DCS, APC ...) up to its end; none of them is a key. */
function readString(input: string, from: number): Read {
  const bell = input.indexOf('\u0007', from)
  const end = input.indexOf(ESC, from)
  if (bell < 0 && end < 0) return input.length - from > 4096 ? { next: input.length } : 'pending'
  if (bell >= 0 && (end < 0 || bell < end)) return { next: bell + 1 }
  if (input[end + 1] === undefined) return 'pending'
  // Another sequence ends a broken one, as in a terminal; it may be the start of a paste.
  return { next: input[end + 1] === '\\' ? end + 2 : end }
}

const CSI = /^([\u0020-\u003f]*)([\u0040-\u007e])/

function readEscape(input: string, from: number): Read {
  const kind = input[from + 1]
  if (kind === undefined) return 'pending'
  if (kind === ESC) return { key: { name: 'escape' }, next: from + 1 }
  if (kind === 'O') {
    const final = input[from + 2]
    if (final === undefined) return 'pending'
    return final === ESC ? { next: from + 2 } : { key: sequenceKey('', final), next: from + 3 }
  }
  if (kind === '[') {
    const rest = input.slice(from + 2, from + 66)
    const match = CSI.exec(rest)
    if (!match) {
      // What a broken sequence began with is no key either: `ESC [ 1 ; 5` is not the digits.
      const length = /^[\u0020-\u003f]*/.exec(rest)?.[0].length ?? 0
      return length === rest.length && length < 64 ? 'pending' : { next: from + 2 + length }
    }
    // The oldest mouse report carries three more bytes.
    const extra = match[0] === 'M' ? 3 : 0
    return { key: sequenceKey(match[1] ?? '', match[2] ?? ''), next: from + 2 + match[0].length + extra }
  }
  if (STRING_STARTS.includes(kind)) return readString(input, from + 2)
  const key = plainKey(kind)
  return { key: key && { name: `alt-${key.name}` }, next: from + 2 }
}

export interface KeyReader {
  push(chunk: Uint8Array | string): void
  close(): void
}

const PASTE_START = `${ESC}[200~`
const PASTE_END = `${ESC}[201~`
const pasteKey = (text: string): Key => ({ name: 'paste', text: text.slice(0, PASTE_LIMIT) })

/** How long the rest of what came is awaited. */
function patienceMs(pending: string): number {
  if (pending === ESC) return ESCAPE_MS
  return pending.startsWith(PASTE_START) ? PASTE_SILENCE_MS : BROKEN_MS
}

/**
 * Bytes from a terminal as keys, each counted once: several keys in one packet, a key split over two, pastes as one
 * key, replies of the terminal and unknown sequences as none.
 */
export function openKeys(clock: Clock, hand: (keys: Key[]) => void): KeyReader {
  const decoder = new StringDecoder('utf8')
  let pending = ''
  let cancel: (() => void) | undefined

  const read = (input: string): Key[] => {
    const keys: Key[] = []
    let at = 0
    while (at < input.length) {
      if (input.startsWith(PASTE_START, at)) {
        const end = input.indexOf(PASTE_END, at)
        if (end < 0) break
        const from = at + PASTE_START.length
        keys.push(pasteKey(input.slice(from, end)))
        at = end + PASTE_END.length
        continue
      }
      const one = readOne(input, at)
      if (one === 'pending') break
      if (one.key) keys.push(one.key)
      at = one.next
    }
    pending = input.slice(at)
    return keys
  }
  /** Nothing followed: a lone ESC was the Escape key, the rest of a broken sequence is dropped. */
  const giveUp = (): void => {
    const rest = pending
    pending = ''
    cancel = undefined
    if (rest === ESC) hand([{ name: 'escape' }])
    else if (rest.startsWith(PASTE_START)) hand([pasteKey(rest.slice(PASTE_START.length))])
  }
  return {
    push(chunk) {
      cancel?.()
      cancel = undefined
      const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk))
      // A key in a packet of its own after ESC is a key of its own; sequences split by a slow line go on below.
      const isApart = pending === ESC && text !== '' && !SEQUENCE_STARTS.includes(text[0] ?? '')
      if (isApart) pending = ''
      const keys = [...(isApart ? [{ name: 'escape' }] : []), ...read(pending + text)]
      if (pending !== '') cancel = clock.after(patienceMs(pending), giveUp)
      if (keys.length) hand(keys)
    },
    close: () => cancel?.(),
  }
}

function readOne(input: string, at: number): Read {
  if (input[at] === ESC) return readEscape(input, at)
  const char = String.fromCodePoint(input.codePointAt(at) ?? 0)
  return { key: plainKey(char), next: at + char.length }
}
