// What of it is called from outside.
export { compact } from './compact'
export { expressions, otherCalls } from './calls'
export { cutAt, problemAt } from './escapes'
export { lineAt, units } from './lines'
export { endWord, look, stop } from './marks'
export { FUNCTION_TABLE, nameCount, nameEnd, nameLength, TYPE_TABLE } from './names'
export { EVENTS, eventsEnd, forgetEvents, WORD_LIST, WORDS } from './template'
export {
  at,
  begin,
  beginWriting,
  depth,
  giveBack,
  isInArray,
  isInText,
  isInWord,
  isLong,
  maxDepth,
  next,
  openAt,
  takeAsLong,
  trailingCommas,
  until,
  walk,
  wordIsName,
  wordIsScalar,
} from './walk'
export { isScalar } from './words'
