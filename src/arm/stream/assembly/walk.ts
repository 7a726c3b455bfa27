// Walks the marks of a JSON text: checks that everything stands where it may, with the leniency of the reader, and tells
// of what is of interest. What is rare or needs a message is left to the caller, with `at`.
import { CLOSE_BRACE, CLOSE_BRACKET, COLON_BYTE, COMMA_BYTE, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './bytes'
import { countExpression } from './calls'
import {
  COLON,
  COMMA_GOES,
  DONE,
  END,
  EXPRESSION,
  ITEM,
  ITEM_MORE,
  MAX_DEPTH,
  MAX_TEXT_BYTES,
  NAME,
  NAME_MORE,
  RESOURCES,
  ROOT,
  SEPARATOR,
  SKIPPED,
  SLASH_SEEN,
  TOLD,
  TOO_DEEP,
  UNEXPECTED,
  VALUE,
  WINDOW_BYTES,
  WORD,
} from './codes'
import { escapeProblem, forgetCut, problem } from './escapes'
import { goOn } from './lines'
import { enter, isBeforeSlash, look, markAt, marksEnd, stop, walkFrom } from './marks'
import { hasEvents, tell } from './events'
import { answered, asked, closed, keepName, named, opened, scalarIn, textIn } from './template'
import { isScalar, wordEnd } from './words'

/** What may come next, one of the codes. */
export let next: i32 = VALUE
export let depth: i32 = 0
export let maxDepth: i32 = 0
export let trailingCommas: i32 = 0
/** Where the walk stopped; a word goes to `until`. */
export let at: i32 = 0
export let until: i32 = 0
/** Where the bytes end. Of a word that goes to there nobody knows whether it is whole. */
let limit: i32 = 0
/** Whether a text or a word is open, and where it begins: a text at its quote. */
export let isInText: bool = false
export let isInWord: bool = false
export let openAt: i32 = 0
/** A text so long that nothing but its end is of interest any more. */
export let isLong: bool = false
let commaAt: i32 = -1
/** A writer hears of commas, of expressions when it wants to, and of nothing else. */
let isWriting: bool = false
let tellsTexts: bool = false

/** The codes after which a bracket may close. */
const MAY_CLOSE = (1 << ITEM) | (1 << ITEM_MORE) | (1 << NAME) | (1 << NAME_MORE) | (1 << SEPARATOR)
/** Of each depth: twice the role, and one more for an array. */
const STACK = memory.data(MAX_DEPTH + 1) as i32
store<u8>(STACK, ROOT << 1)

export function beginWriting(wantsTexts: bool): void {
  isWriting = true
  tellsTexts = wantsTexts
  store<u8>(STACK, SKIPPED)
}

export function isInArray(): bool {
  return (load<u8>(STACK + depth) & 1) as bool
}

/** What is open at a depth. */
export function roleAt(level: i32): i32 {
  return (load<u8>(STACK + level) as i32) >> 1
}

/** A chunk begins, with what the chunk before left over. */
export function begin(from: i32, to: i32): void {
  limit = to
  commaAt = -1
  forgetCut()
  goOn(from)
  enter(from, isLong)
}

/** Forgets the text or word that is open where the chunk ends: it will come again with the next one. */
export function giveBack(): void {
  isInText = isInWord = false
}

/** Takes what there is of an open text for all of it: only its end is looked for from now on. Answers as `pass`. */
export function takeAsLong(): i32 {
  answered()
  const frame = load<u8>(STACK + depth) as i32
  if (!isLong && !isWriting) {
    if (next >= NAME) nameEnded(frame, depth, openAt, limit)
    else textEnded(frame, depth, openAt, limit)
  }
  isLong = true
  return asked
}

/** Takes a bare word for the name of a member. */
export function wordIsName(from: i32, to: i32): void {
  const role = (load<u8>(STACK + depth) as i32) >> 1
  if (role != SKIPPED) named(role, depth, from, to)
  next = COLON
}

/** Takes a bare word for a number or literal. Answers as `pass`. */
export function wordIsScalar(from: i32): i32 {
  answered()
  const role = (load<u8>(STACK + depth) as i32) >> 1
  if (role != SKIPPED) scalarIn(role, depth, from)
  next = afterValue(depth)
  return asked
}

function afterValue(level: i32): i32 {
  return level == 0 ? END : SEPARATOR
}

/** The name of a member ends, whose quotes stand at `quote` and at `to`. */
function nameEnded(frame: i32, level: i32, quote: i32, to: i32): void {
  const from = quote + 1
  if (load<u8>(from) == OPEN_BRACKET && !isWriting) countExpression(from, to)
  if (frame >> 1 != SKIPPED) named(frame >> 1, level, from, to)
}

/** A text that is a value ends. */
function textEnded(frame: i32, level: i32, quote: i32, to: i32): void {
  const from = quote + 1
  if (load<u8>(from) == OPEN_BRACKET) {
    if (!isWriting) countExpression(from, to)
    else if (tellsTexts && to - from <= MAX_TEXT_BYTES) tell(EXPRESSION, quote, to + 1)
  }
  if (frame >> 1 != SKIPPED) textIn(frame >> 1, level, from, to)
}

/** The mark of the quote that ends a text, from a mark within it on; 0 when it is not there, or for a bad escape. */
function closing(mark: i32): i32 {
  for (; mark < marksEnd; mark += 4) {
    const here = load<i32>(mark)
    if (load<u8>(here) == QUOTE) return mark
    if (escapeProblem(here, limit) != DONE) return 0
  }
  return 0
}

/** Ends the text that is open, if its end is among the marks. Answers whether it is. */
function endOpenText(): bool {
  const close = closing(markAt)
  walkFrom(close == 0 ? marksEnd : close + 4)
  if (close == 0) return false
  const isName = next >= NAME
  if (!isLong) {
    const frame = load<u8>(STACK + depth) as i32
    if (isName) nameEnded(frame, depth, openAt, load<i32>(close))
    else textEnded(frame, depth, openAt, load<i32>(close))
  }
  isInText = isLong = false
  next = isName ? COLON : afterValue(depth)
  return true
}

/** Walks the marks that there are. Answers one of the codes: `DONE`, or what the caller must look at. */
function walk(): i32 {
  answered()
  if (isInText && !endOpenText()) return problem
  if (asked != DONE) return asked
  const end = marksEnd
  let mark = markAt
  // What changes with every mark is kept out of memory.
  let expects = next
  let level = depth
  let frame = load<u8>(STACK + level) as i32
  let here = 0
  let code = DONE
  while (mark < end) {
    here = load<i32>(mark)
    mark += 4
    const byte = load<u8>(here)
    if (byte == QUOTE) {
      if (expects > NAME_MORE) {
        code = UNEXPECTED
        break
      }
      // Nearly every text ends before anything else happens in it.
      let close = mark
      if (load<u8>(load<i32>(mark)) != QUOTE) close = closing(mark)
      if (close == 0) {
        isInText = true
        openAt = here
        mark = end
        code = problem
        break
      }
      mark = close + 4
      if (expects >= NAME) {
        nameEnded(frame, level, here, load<i32>(close))
        expects = COLON
        if (load<u8>(load<i32>(mark)) == COLON_BYTE) {
          mark += 4
          expects = VALUE
        }
      } else {
        textEnded(frame, level, here, load<i32>(close))
        expects = afterValue(level)
        if (asked != DONE) break
      }
    } else if (byte == COMMA_BYTE) {
      if (expects != SEPARATOR) {
        code = UNEXPECTED
        break
      }
      expects = (frame & 1) != 0 ? ITEM_MORE : NAME_MORE
      commaAt = here
    } else if ((byte | 0x20) == OPEN_BRACE) {
      if (expects > ITEM_MORE || level == MAX_DEPTH) {
        code = expects > ITEM_MORE ? UNEXPECTED : TOO_DEEP
        break
      }
      const isArray = byte == OPEN_BRACKET
      const outer = frame >> 1
      level++
      frame = isArray as i32
      if (outer != SKIPPED) frame |= opened(outer, level, isArray, here) << 1
      store<u8>(STACK + level, frame)
      maxDepth = max(maxDepth, level)
      expects = isArray ? ITEM : NAME
      if (asked != DONE) break
    } else if ((byte | 0x20) == CLOSE_BRACE) {
      if (level == 0 || !((1 << expects) & MAY_CLOSE) || ((frame & 1) != 0) != (byte == CLOSE_BRACKET)) {
        code = UNEXPECTED
        break
      }
      if (expects == ITEM_MORE || expects == NAME_MORE) {
        trailingCommas++
        if (isWriting) tell(COMMA_GOES, commaAt, 0)
      }
      if (frame >> 1 != SKIPPED) closed(frame >> 1, level)
      level--
      frame = load<u8>(STACK + level)
      expects = afterValue(level)
      if (asked != DONE) break
    } else if (byte == COLON_BYTE) {
      if (expects != COLON) {
        code = UNEXPECTED
        break
      }
      expects = VALUE
    } else {
      until = wordEnd(here, limit)
      if (until == limit) {
        isInWord = true
        openAt = here
        mark = end
        break
      }
      if (expects > ITEM_MORE || !isScalar(here, until)) {
        code = WORD
        break
      }
      if (frame >> 1 != SKIPPED) scalarIn(frame >> 1, level, here)
      expects = afterValue(level)
      if (asked != DONE) break
    }
  }
  at = here
  next = expects
  depth = level
  walkFrom(mark)
  return code == DONE ? asked : code
}

/** Goes on up to `to`, or to where the caller must look. Answers one of the codes. */
export function pass(to: i32): i32 {
  let code = walk()
  while (code == DONE && !hasEvents() && !isBeforeSlash && stop < to) {
    look(stop, min(stop + WINDOW_BYTES, to))
    code = walk()
  }
  if (code != DONE) return code
  if (hasEvents()) return TOLD
  return isBeforeSlash ? SLASH_SEEN : DONE
}

/** Keeps what may still be asked for when the bytes of a chunk go. */
export function keepNames(): void {
  for (let level = 1; level <= depth; level++) if (load<u8>(STACK + level) >> 1 == RESOURCES) keepName(level)
}
