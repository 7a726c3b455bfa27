// Checks what stands after a backslash in a text.
import { BAD_ESCAPE, BAD_HEX, DONE } from './codes'

/** What was wrong with the last escape that was looked at, and where. */
export let problem: i32 = DONE
export let problemAt: i32 = 0
/** Where the escape begins that goes on beyond the limit, or else no place before it. */
export let cutAt: i32 = i32.MAX_VALUE

export function forgetCut(): void {
  cutAt = i32.MAX_VALUE
  problem = DONE
}

/** Looks at the escape whose backslash stands at `from`. One that goes on beyond the limit is no problem yet. */
export function escapeProblem(from: i32, limit: i32): i32 {
  problem = DONE
  if (from + 1 >= limit) cutAt = from
  else if (load<u8>(from + 1) == 0x75) hexProblem(from, limit)
  else if (!isSimple(load<u8>(from + 1))) {
    problem = BAD_ESCAPE
    problemAt = from + 1
  }
  return problem
}

function hexProblem(from: i32, limit: i32): void {
  for (let at = from + 2; at < from + 6; at++) {
    if (at >= limit) {
      cutAt = from
      return
    }
    if (isHex(load<u8>(at))) continue
    problem = BAD_HEX
    problemAt = at
    return
  }
}

function isHex(byte: u8): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 6
}

/** Quote, backslash, slash, and the letters b, f, n, r, t. */
function isSimple(byte: u8): bool {
  if (byte == 0x22 || byte == 0x5c || byte == 0x2f) return true
  return byte == 0x62 || byte == 0x66 || byte == 0x6e || byte == 0x72 || byte == 0x74
}
