// What stands where in an ARM template: says of every object, array, name and text whether it is of interest, and counts
// those that are.
import { BACKSLASH, firstOf, lowered } from './bytes'
import {
  ADOPTED,
  ALIEN,
  BAD_RESOURCE,
  DONE,
  ESCAPED_TYPE,
  FUNCTION_NAMES,
  FUNCTIONS,
  HAS_NAME,
  HAS_TYPE,
  HAS_VERSION,
  IS_ALIEN,
  IS_DEPLOYMENT,
  LANGUAGE,
  LONGEST_WORD,
  MAX_DEPTH,
  MAX_NAME_BYTES,
  MAX_NAMES,
  NAME_OF,
  NAMESPACE,
  NO_OBJECT,
  NOTHING,
  OUTPUTS,
  PLACE_WORDS,
  PROFILE,
  PROPERTIES,
  RESOURCE,
  RESOURCES,
  ROLES,
  SCHEMA,
  SKIPPED,
  TEMPLATE,
  TYPE,
  VERSION,
} from './codes'
import {
  adopt,
  badIn,
  closeTemplate,
  countBad,
  countResource,
  countSection,
  forgetResources,
  freeAbove,
  hasProfile,
  levelAbove,
  noteProfile,
  openTemplate,
  templateNumber,
  top,
} from './counts'
import { tell } from './events'
import { lineAt } from './lines'
import { count, part, TYPE_TABLE } from './names'

/**
 * The words of each role, by their length: for 16 lengths the offset of the first word and how many there are; a word
 * is 16 bytes in lower case with zeros after it, and 16 more that begin with what it stands for. Written when opened.
 */
export const WORDS = memory.data(ROLES * (LONGEST_WORD + 1) * 8, 16) as i32
export const WORD_LIST = memory.data(32 * 32, 16) as i32

/** A code for what the caller must look at before the walk goes on. */
export let asked: i32 = DONE
/** Of a bad resource: its line and what it has; the number of its template and how many of it were bad before. */
export let badLine: i32 = 0
export let badHas: i32 = 0
export let badTemplate: i32 = 0
export let badBefore: i32 = 0
/** Where a type that is written with escapes begins and ends, and the depth of its resource. */
export let typeFrom: i32 = 0
export let typeTo: i32 = 0
let typedDepth: i32 = 0

/** What the next value is, by the name before it. */
let value: i32 = TEMPLATE
/** Members of the section that is open. A section stands in no other. */
let members: i32 = 0

/** At each depth, of the resource that is open there: what it has, ... */
export const PLACES = memory.data((MAX_DEPTH + 1) * PLACE_WORDS * 4, 16) as i32
/** ... its line, the number of its type, the level of its template, the highest level that was taken before it. */
const LINE_AT = 4
const TYPE_AT = 8
const INNER_AT = 12
const TOP_AT = 16
/** Of the list of resources that is open there: whether it stands in a resource, how many elements it had, ... */
const CHILD_AT = 0
const INDEX_AT = 4
/** ... and where the name of the next one begins and ends, 0 when it has none. */
const NAME_FROM_AT = 8
const NAME_TO_AT = 12

/** Names of the lists that are open at the end of a chunk are kept here, by their depth. */
const NAME_ROOM = 208
const MAX_SHOWN = 200
const KEPT_NAMES = memory.data((MAX_DEPTH + 1) * NAME_ROOM) as i32

function placeOf(depth: i32): i32 {
  return PLACES + depth * PLACE_WORDS * 4
}

function has(depth: i32, what: i32): void {
  store<i32>(placeOf(depth), load<i32>(placeOf(depth)) | what)
}

export function answered(): void {
  asked = DONE
}

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
  value = NOTHING
  if (role >= FUNCTION_NAMES) members++
  else if (role == RESOURCES) {
    store<i32>(placeOf(depth), from, NAME_FROM_AT)
    store<i32>(placeOf(depth), to, NAME_TO_AT)
  } else {
    value = lookUp(role, from, to)
    if (value == ALIEN) has(depth, IS_ALIEN)
    else if (value == PROFILE) noteProfile()
  }
}

/** A text in an object or array of a role. */
export function textIn(role: i32, depth: i32, from: i32, to: i32): void {
  if (role == RESOURCES) noObject(depth, from)
  const what = value
  value = NOTHING
  if (what == TYPE) typed(depth, from, to)
  else if (what == NAME_OF) has(depth, HAS_NAME)
  else if (what == VERSION) has(depth, HAS_VERSION)
  else if ((what == SCHEMA || what == LANGUAGE) && depth == 1) tell(what, from, to)
}

/** A number or literal. */
export function scalarIn(role: i32, depth: i32, at: i32): void {
  if (role == RESOURCES) noObject(depth, at)
  value = NOTHING
}

/** Notes the type of the resource at a depth. */
function typed(depth: i32, from: i32, to: i32): void {
  const length = min(to - from, MAX_NAME_BYTES)
  const end = from + length
  const number = count(TYPE_TABLE, end, length, part(TYPE_TABLE, end, length, 0))
  const place = placeOf(depth)
  store<i32>(place, number == 0 ? MAX_NAMES + 1 : number, TYPE_AT)
  const isDeployment = isDeploymentType(from, length)
  store<i32>(place, (load<i32>(place) & ~IS_DEPLOYMENT) | HAS_TYPE | (isDeployment ? IS_DEPLOYMENT : 0))
  if (!hasBackslash(from, end)) return
  typeFrom = from
  typeTo = end
  typedDepth = depth
  asked = ESCAPED_TYPE
}

/** Says that the type that was asked about is that of a deployment. */
export function typeIsDeployment(): void {
  has(typedDepth, IS_DEPLOYMENT)
}

function isDeploymentType(from: i32, length: i32): bool {
  if (length != 31) return false
  // "microsoft.resources/deployments", as its first sixteen bytes and its last.
  const first = i8x16(109, 105, 99, 114, 111, 115, 111, 102, 116, 46, 114, 101, 115, 111, 117, 114)
  const last = i8x16(114, 99, 101, 115, 47, 100, 101, 112, 108, 111, 121, 109, 101, 110, 116, 115)
  return (
    i8x16.all_true(i8x16.eq(lowered(v128.load(from)), first)) &&
    i8x16.all_true(i8x16.eq(lowered(v128.load(from + 15)), last))
  )
}

function hasBackslash(from: i32, to: i32): bool {
  for (let at = from; at < to; at += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(BACKSLASH)))
    if (found & ((1 << min(to - at, 16)) - 1)) return true
  }
  return false
}

/** What an object or array is that begins at an offset; `depth` is its own, `outer` the role of what it stands in. */
export function opened(outer: i32, depth: i32, isArray: bool, at: i32): i32 {
  const role = roleIn(outer, isArray)
  value = NOTHING
  if (role == RESOURCE) openResource(placeOf(depth), at)
  else if (role == RESOURCES) openList(placeOf(depth), outer == RESOURCE)
  else if (role == TEMPLATE && depth > 1) openInner(placeOf(depth - 2))
  else if (role == SKIPPED && outer == RESOURCES) noObject(depth - 1, at)
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

function openResource(place: i32, at: i32): void {
  store<i32>(place, 0)
  store<i32>(place, lineAt(at), LINE_AT)
  store<i32>(place, 0, TYPE_AT)
  store<i32>(place, 0, INNER_AT)
  store<i32>(place, top, TOP_AT)
}

function openList(place: i32, isChild: bool): void {
  if (!isChild) forgetResources()
  store<i32>(place, isChild as i32, CHILD_AT)
  store<i32>(place, 0, INDEX_AT)
  store<i32>(place, 0, NAME_FROM_AT)
}

/** A template in the properties of a resource, in place of one that it had before. */
function openInner(resource: i32): void {
  const before = load<i32>(resource, INNER_AT)
  store<i32>(resource, openTemplate(before == 0 ? levelAbove(top) : before), INNER_AT)
}

export function closed(role: i32, depth: i32): void {
  value = NOTHING
  if (role == RESOURCE) closeResource(placeOf(depth), placeOf(depth - 1))
  else if (role == TEMPLATE && depth > 1) closeTemplate()
  else if (role >= FUNCTION_NAMES) countSection(role, members)
}

function closeResource(place: i32, list: i32): void {
  const what = load<i32>(place)
  countResource(load<i32>(place, TYPE_AT), load<i32>(list, CHILD_AT) != 0)
  const inner = load<i32>(place, INNER_AT)
  if (inner != 0 && what & IS_DEPLOYMENT) adoptInner(inner)
  freeAbove(load<i32>(place, TOP_AT))
  store<i32>(list, load<i32>(list, INDEX_AT) + 1, INDEX_AT)
  const needed =
    (what & IS_ALIEN) != 0 ? HAS_TYPE : hasProfile() ? HAS_TYPE | HAS_NAME : HAS_TYPE | HAS_NAME | HAS_VERSION
  if ((what & needed) != needed) bad(load<i32>(place, LINE_AT), what | ~needed)
}

function adoptInner(inner: i32): void {
  adopt(inner)
  const count = badIn(inner)
  if (count > 0) tell(ADOPTED, templateNumber(inner), templateNumber(), countBad(count))
}

/** An element of resources that is no object, in the list at a depth. */
function noObject(depth: i32, at: i32): void {
  const list = placeOf(depth)
  countResource(0, load<i32>(list, CHILD_AT) != 0)
  store<i32>(list, load<i32>(list, INDEX_AT) + 1, INDEX_AT)
  bad(lineAt(at), NO_OBJECT)
}

function bad(line: i32, what: i32): void {
  badLine = line
  badHas = what
  badTemplate = templateNumber()
  badBefore = countBad(1)
  asked = BAD_RESOURCE
}

/** Keeps the names that stand in a chunk and may still be asked for, of the lists that are open up to a depth. */
export function keepName(depth: i32): void {
  const list = placeOf(depth)
  const from = load<i32>(list, NAME_FROM_AT)
  const kept = KEPT_NAMES + depth * NAME_ROOM
  if (from == 0 || from == kept) return
  const length = min(load<i32>(list, NAME_TO_AT) - from, MAX_SHOWN)
  memory.copy(kept, from, length)
  store<i32>(list, kept, NAME_FROM_AT)
  store<i32>(list, kept + length, NAME_TO_AT)
}
