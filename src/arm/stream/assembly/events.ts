// What is told to the caller, in the order of the text.
import { EVENT_WORDS, WINDOW_BYTES } from './codes'

/** Room for an event of every byte that one `look` takes, and for those of what a chunk ended within. */
export const EVENTS = memory.data((WINDOW_BYTES + 16) * EVENT_WORDS * 4, 16) as i32
export let eventsEnd: i32 = EVENTS

export function forgetEvents(): void {
  eventsEnd = EVENTS
}

export function hasEvents(): bool {
  return eventsEnd != EVENTS
}

export function tell(event: i32, first: i32, second: i32, third: i32 = 0): void {
  store<i32>(eventsEnd, event)
  store<i32>(eventsEnd, first, 4)
  store<i32>(eventsEnd, second, 8)
  store<i32>(eventsEnd, third, 12)
  eventsEnd += EVENT_WORDS * 4
}
