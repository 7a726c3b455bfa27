/**
 * 128 bits that name a text, as hexadecimal digits: the same text has the same name, and two texts share one by no
 * chance that matters. Nothing here resists somebody who wants them to meet, so it is for keys and marks of change of
 * our own, never for what was downloaded: a real digest takes longer to load than all that a search asks of this.
 */
export function fingerprint(text: string): string {
  let a = 0x9e3779b9
  let b = 0x85ebca6b
  let c = 0xc2b2ae35
  let d = 0x27d4eb2f
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    // Each lane goes on from its neighbour, so that order and length count in all of them.
    a = Math.imul(a ^ unit, 0x01000193) + d
    b = Math.imul(b ^ unit, 0x5bd1e995) + a
    c = Math.imul(c ^ unit, 0x2c1b3c6d) + b
    d = Math.imul(d ^ unit, 0x297a2d39) + c
  }
  return [a ^ text.length, b, c, d].map((lane) => mixed(lane).toString(16).padStart(8, '0')).join('')
}

/** The last step of MurmurHash3: every bit of the lane moves about half of the others. */
function mixed(lane: number): number {
  let bits = lane
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
