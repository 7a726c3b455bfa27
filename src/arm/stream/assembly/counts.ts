// Counts what templates declare: the outer one, and those nested in it, of which it is known only at the end of the
// resource around each whether it counts.
import { FUNCTION_NAMES, MAX_DEPTH, MAX_NAMES } from './codes'

/** As many templates may be open, or wait for the end of their resource, as resources may be open. */
const LEVELS = MAX_DEPTH / 2 + 2

// What is counted of a template, four bytes each: the sections by their role, then resources and children.
const RESOURCES_AT = 16
const CHILDREN_AT = 20
/** The same of the templates nested in it, how many they are, and how deep they stand. */
const NESTED_AT = 24
export const TEMPLATES_AT = 48
const DEPTH_AT = 52
/** The template around it; how many of its resources are bad; whether it has an `apiProfile`. */
const OUTER_AT = 56
export const BAD_AT = 60
const PROFILE_AT = 64
/** Types of its own resources, and of those of nested templates. */
const OWN_TYPES_AT = 80
const TALLY = 16 + 8 * (MAX_NAMES + 2)
const NESTED_TYPES_AT = OWN_TYPES_AT + TALLY
const LEVEL = NESTED_TYPES_AT + TALLY

/** The counts of the template at each level; the outer one is the first. */
export const LEVEL_LIST = memory.data(LEVELS * LEVEL, 16) as i32
/** The innermost template that is open, and the highest level that is taken. */
let template: i32 = LEVEL_LIST
export let top: i32 = LEVEL_LIST

// A tally begins with how many types it has; then come the counts by number of type, and the numbers in their order.
const COUNTS_AT = 16
const ORDER_AT = 16 + 4 * (MAX_NAMES + 2)

function addTo(tally: i32, type: i32, count: i32): void {
  const place = tally + COUNTS_AT + type * 4
  const before = load<i32>(place)
  store<i32>(place, before + count)
  if (before > 0) return
  const types = load<i32>(tally)
  store<i32>(tally + types * 4, type, ORDER_AT)
  store<i32>(tally, types + 1)
}

function addAll(tally: i32, other: i32): void {
  const types = load<i32>(other)
  for (let index = 0; index < types; index++) {
    const type = load<i32>(other + index * 4, ORDER_AT)
    addTo(tally, type, load<i32>(other + COUNTS_AT + type * 4))
  }
}

function clear(tally: i32): void {
  const types = load<i32>(tally)
  for (let index = 0; index < types; index++)
    store<i32>(tally + COUNTS_AT + load<i32>(tally + index * 4, ORDER_AT) * 4, 0)
  store<i32>(tally, 0)
}

/** Opens a nested template at the first level that is free from `level` on. Answers it. */
export function openTemplate(level: i32): i32 {
  memory.fill(level, 0, OWN_TYPES_AT)
  clear(level + OWN_TYPES_AT)
  clear(level + NESTED_TYPES_AT)
  store<i32>(level, template, OUTER_AT)
  template = top = level
  return level
}

export function levelAbove(level: i32): i32 {
  return level + LEVEL
}

/** Ends the innermost template. Its counts stay until its level is freed. */
export function closeTemplate(): void {
  template = load<i32>(template, OUTER_AT)
}

/** Frees the levels above one. */
export function freeAbove(level: i32): void {
  top = level
}

/** Of two lists of resources in one template the last one counts. */
export function forgetResources(): void {
  memory.fill(template + RESOURCES_AT, 0, OUTER_AT - RESOURCES_AT)
  store<i32>(template, 0, BAD_AT)
  clear(template + OWN_TYPES_AT)
  clear(template + NESTED_TYPES_AT)
}

export function countSection(role: i32, members: i32): void {
  const place = template + (role - FUNCTION_NAMES) * 4
  // Functions stand in several namespaces; of another section that comes twice the last one counts.
  store<i32>(place, members + (role == FUNCTION_NAMES ? load<i32>(place) : 0))
}

export function countResource(type: i32, isChild: bool): void {
  const place = template + (isChild ? CHILDREN_AT : RESOURCES_AT)
  store<i32>(place, load<i32>(place) + 1)
  addTo(template + OWN_TYPES_AT, type, 1)
}

/** Adds a nested template, with those nested in it, to the one around it. */
export function adopt(inner: i32): void {
  for (let at = 0; at < NESTED_AT; at += 4) {
    const sum = template + NESTED_AT + at
    store<i32>(sum, load<i32>(sum) + load<i32>(inner + at) + load<i32>(inner + NESTED_AT + at))
  }
  store<i32>(template, load<i32>(template, TEMPLATES_AT) + 1 + load<i32>(inner, TEMPLATES_AT), TEMPLATES_AT)
  store<i32>(template, max(load<i32>(template, DEPTH_AT), 1 + load<i32>(inner, DEPTH_AT)), DEPTH_AT)
  addAll(template + NESTED_TYPES_AT, inner + OWN_TYPES_AT)
  addAll(template + NESTED_TYPES_AT, inner + NESTED_TYPES_AT)
}

/** Counts bad resources of the innermost template. Answers how many there were before. */
export function countBad(count: i32): i32 {
  const before = load<i32>(template, BAD_AT)
  store<i32>(template, before + count, BAD_AT)
  return before
}

export function badIn(level: i32): i32 {
  return load<i32>(level, BAD_AT)
}

/** A number for the innermost template: 0 for the outer one of all. */
export function templateNumber(level: i32 = template): i32 {
  return (level - LEVEL_LIST) / LEVEL
}

export function noteProfile(): void {
  store<i32>(template, 1, PROFILE_AT)
}

export function hasProfile(): bool {
  return load<i32>(template, PROFILE_AT) != 0
}
