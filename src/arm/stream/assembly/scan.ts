// What of it is called from outside.
export { compact } from './compact'
export { BAD_AT, LEVEL_LIST, TEMPLATES_AT } from './counts'
export { expressions, otherCalls } from './calls'
export { cutAt, problemAt } from './escapes'
export { EVENTS, eventsEnd, forgetEvents } from './events'
export { lineAt, units } from './lines'
export { enter, stop } from './marks'
export { FUNCTION_TABLE, nameCount, nameEnd, nameLength, TYPE_TABLE } from './names'
export {
  badBefore,
  badHas,
  badLine,
  badTemplate,
  PLACES,
  typeFrom,
  typeIsDeployment,
  typeTo,
  WORD_LIST,
  WORDS,
} from './template'
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
  keepNames,
  maxDepth,
  next,
  openAt,
  pass,
  roleAt,
  takeAsLong,
  trailingCommas,
  until,
  wordIsName,
  wordIsScalar,
} from './walk'
export { isScalar } from './words'
