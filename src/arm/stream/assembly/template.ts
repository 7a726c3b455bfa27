// What stands where in an ARM template: says of every object, array, name and text whether it is of interest, and tells
// of those that are by events. All else passes without one.
import { firstOf, lowered } from './bytes'
import {
  ALIEN,
  CLOSED,
  COUNTED,
  DEPTH_SHIFT,
  ELEMENT,
  EVENT_WORDS,
  FUNCTION_NAMES,
  FUNCTIONS,
  HAS_LONG_TYPE,
  HAS_NAME,
  HAS_VERSION,
  IS_ALIEN,
  LANGUAGE,
  LONGEST_WORD,
  MAX_DEPTH,
  NAME_OF,
  NAMESPACE,
  NOTHING,
  OPENED,
  OUTPUTS,
  PARAMETERS,
  PROFILE,
  PROPERTIES,
  RESOURCE,
  RESOURCE_CLOSED,
  RESOURCES,
  ROLES,
  ROOT,
  SCHEMA,
  SKIPPED,
  STRANGE,
  TEMPLATE,
  TYPE,
  VARIABLES,
  VERSION,
  WINDOW_BYTES,
} from './codes'
import { lineAt } from './lines'
import { count, part, TYPE_TABLE } from './names'

/** Room for two events of every two bytes that one `look` takes, and for those of what a chunk ended within. */
export const EVENTS = memory.data((WINDOW_BYTES + 16) * EVENT_WORDS * 4, 16) as i32
export let eventsEnd: i32 = EVENTS

export function forgetEvents(): void {
  eventsEnd = EVENTS
}

export function tell(event: i32, first: i32, second: i32, third: i32 = 0): void {
  store<i32>(eventsEnd, event)
  store<i32>(eventsEnd, first, 4)
  store<i32>(eventsEnd, second, 8)
  store<i32>(eventsEnd, third, 12)
  eventsEnd += EVENT_WORDS * 4
}

/**
 * The words of each role, by their length: for 16 lengths the offset of the first word and how many there are; a word
 * is 16 bytes in lower case with zeros after it, and 16 more that begin with what it stands for. Written when opened.
 */
export const WORDS = memory.data(ROLES * (LONGEST_WORD + 1) * 8, 16) as i32
export const WORD_LIST = memory.data(32 * 32, 16) as i32

/** What the next value is, by the name before it. */
let value: i32 = TEMPLATE
/** Members of the section that is open. A section stands in no other. */
let members: i32 = 0
/** Of the resource that is open at a depth: its flags, its line, the number of its type. */
const RESOURCE_LIST = memory.data((MAX_DEPTH + 1) * 16, 16) as i32
const LINE_AT = 4
const TYPE_AT = 8

function lookUp(role: i32, from: i32, to: i32): i32 {
  const length = to - from
  if (length > LONGEST_WORD) return NOTHING
  const group = WORDS + (role * (LONGEST_WORD + 1) + length) * 8
  let count = load<i32>(group, 4)
  if (count == 0) return NOTHING
  const name = lowered(firstOf(from, length))
  for (let word = load<i32>(group); count > 0; count--) {
    if (i8x16.all_true(i8x16.eq(name, v128.load(word)))) return load<i32>(word, 16)
    word += 32
  }
  return NOTHING
}

/** A member of an object of a role; `depth` is the object's. */
export function named(role: i32, depth: i32, from: i32, to: i32): void {
  if (role >= FUNCTION_NAMES) {
    members++
    value = NOTHING
  } else if (role == RESOURCES) {
    tell(ELEMENT, from, to)
    value = NOTHING
  } else {
    value = lookUp(role, from, to)
    if (value == ALIEN) flag(depth, IS_ALIEN)
    else if (value == PROFILE) tell(PROFILE, 0, 0)
  }
}

function flag(depth: i32, one: i32): void {
  const resource = RESOURCE_LIST + depth * 16
  store<i32>(resource, load<i32>(resource) | one)
}

/** Notes the type of the resource at a depth. */
function typed(depth: i32, from: i32, to: i32): void {
  const length = to - from
  const number = length == 0 ? 0 : count(TYPE_TABLE, to, length, part(TYPE_TABLE, to, length, 0))
  const resource = RESOURCE_LIST + depth * 16
  const flags = load<i32>(resource)
  store<i32>(resource, number, TYPE_AT)
  store<i32>(resource, number > 0 ? flags & ~HAS_LONG_TYPE : flags | HAS_LONG_TYPE)
  if (number == 0) tell(TYPE, from, to, depth)
}

/** A text in an object or array of a role. */
export function textIn(role: i32, depth: i32, from: i32, to: i32): void {
  if (role == RESOURCES) tell(STRANGE, lineAt(from), 0)
  const what = value
  value = NOTHING
  if (what == TYPE) typed(depth, from, to)
  else if (what == NAME_OF) flag(depth, HAS_NAME)
  else if (what == VERSION) flag(depth, HAS_VERSION)
  else if ((what == SCHEMA || what == LANGUAGE) && depth == 1) tell(what, from, to)
}

/** A number or literal. */
export function scalarIn(role: i32, at: i32): void {
  if (role == RESOURCES) tell(STRANGE, lineAt(at), 0)
  value = NOTHING
}

/** What an object or array is that begins at an offset; `depth` is its own, `outer` the role of what it stands in. */
export function opened(outer: i32, depth: i32, isArray: bool, at: i32): i32 {
  const role = roleIn(outer, isArray)
  value = NOTHING
  if (role == RESOURCE) {
    const resource = RESOURCE_LIST + depth * 16
    store<i32>(resource, 0)
    store<i32>(resource, lineAt(at), LINE_AT)
    store<i32>(resource, 0, TYPE_AT)
  } else if (role == TEMPLATE || role == RESOURCES) tell(OPENED, role, (outer == RESOURCE) as i32)
  else if (role == SKIPPED && outer == RESOURCES) tell(STRANGE, lineAt(at), 0)
  else if (role >= FUNCTION_NAMES) members = 0
  return role
}

function roleIn(outer: i32, isArray: bool): i32 {
  if (outer == RESOURCES) return isArray ? SKIPPED : RESOURCE
  if (outer == FUNCTIONS) return isArray ? SKIPPED : NAMESPACE
  if (value == RESOURCES) return RESOURCES
  if (isArray != (value == FUNCTIONS)) return SKIPPED
  if (value == TEMPLATE || value == PROPERTIES) return value
  return value == FUNCTIONS || (value >= FUNCTION_NAMES && value <= OUTPUTS) ? value : SKIPPED
}

export function closed(role: i32, depth: i32): void {
  value = NOTHING
  if (role == RESOURCE) {
    const resource = RESOURCE_LIST + depth * 16
    const facts = (depth << DEPTH_SHIFT) | load<i32>(resource)
    tell(RESOURCE_CLOSED, load<i32>(resource, LINE_AT), load<i32>(resource, TYPE_AT), facts)
  } else if (role == TEMPLATE || role == RESOURCES) tell(CLOSED, role, depth)
  else if (role >= FUNCTION_NAMES) tell(COUNTED, role, members)
}
