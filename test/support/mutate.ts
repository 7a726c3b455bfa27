/** Numbers in [0, 1), the same for the same seed (mulberry32 by Tommy Ettinger, public domain formula). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Pieces that have made readers of text stumble: escapes, brackets, wrong types, names of every object, halves of characters. */
const PIECES = [
  '\u001b]52;c;aGk=\u0007', '\u009b2J', '\u202e', '\ufeff', '\ud83d', '\0', '\r', '{', '}', '[', ']', '"', "'", '\\', ':', '- ', '? ',
  '&a ', '*a', '!!js/function ', '<<: ', '---\n', 'null', 'true', '-1', '1e999', '0x7f', '9007199254740993', '__proto__',
  'constructor', '../', 'file:///etc/passwd', 'http://169.254.169.254/', '%', '#', '|', '>', ',', '\t', '\n', ' '.repeat(64),
  '['.repeat(80), '{"a":'.repeat(80), '\udb40', '\udc41', '\u200b', '\u200d', '\ufe0f', 'e\u0301', '日本', '👩‍💻', '\u{e0041}',
] // prettier-ignore

/** A text with up to six changes at random places: pieces put in, stretches taken out, doubled, or moved. */
export function mutateText(text: string, random: () => number): string {
  let out = text
  const changes = 1 + Math.floor(random() * 6)
  for (let nth = 0; nth < changes; nth++) {
    const at = Math.floor(random() * (out.length + 1))
    const end = Math.min(out.length, at + Math.floor(random() * 40))
    const piece = PIECES[Math.floor(random() * PIECES.length)] ?? ''
    const kind = random()
    if (kind < 0.4) out = out.slice(0, at) + piece + out.slice(at)
    else if (kind < 0.6) out = out.slice(0, at) + out.slice(end)
    else if (kind < 0.8) out = out.slice(0, at) + piece + out.slice(end)
    else out = out.slice(0, end) + out.slice(at, end) + out.slice(end)
  }
  return out
}

/** Bytes with up to eight changes: bits turned, bytes set to borders, stretches taken out or doubled, the end cut off. */
export function mutateBytes(bytes: Buffer, random: () => number): Buffer {
  let out = Buffer.from(bytes)
  const changes = 1 + Math.floor(random() * 8)
  for (let nth = 0; nth < changes; nth++) {
    const at = Math.floor(random() * out.length)
    const kind = random()
    if (kind < 0.5) out[at] = (out[at] ?? 0) ^ (1 << Math.floor(random() * 8))
    else if (kind < 0.7) out[at] = [0, 1, 0x7f, 0x80, 0xff, 0x2e, 0x2f][Math.floor(random() * 7)] ?? 0
    else if (kind < 0.8) out = out.subarray(0, Math.max(1, at))
    else if (kind < 0.9) out = Buffer.concat([out.subarray(0, at), out.subarray(at + 1 + Math.floor(random() * 16))])
    else out = Buffer.concat([out.subarray(0, at), out.subarray(Math.max(0, at - 32), at), out.subarray(at)])
    if (out.length === 0) out = Buffer.from([0])
  }
  return out
}

/** Values that stand where a reader looks for others. */
const VALUES: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => Number.MAX_VALUE,
  () => 2 ** 53,
  () => '',
  () => [],
  () => ({}),
  () => 'x'.repeat(30_000),
  () => Array.from({ length: 300 }, () => 'word'),
  () => JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`) as unknown,
  () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as unknown,
]

/** A document of JSON with up to four of its values, at whatever depth, replaced, changed, doubled, renamed or gone. */
export function mutateJson(text: string, random: () => number): string {
  const root = JSON.parse(text) as unknown
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const changed = (value: unknown): unknown =>
    typeof value === 'string' && random() < 0.6 ? mutateText(value, random) : pick(VALUES)()
  const changes = 1 + Math.floor(random() * 4)
  for (let nth = 0; nth < changes; nth++) {
    let place = root as Record<string, unknown>
    for (;;) {
      const names = Object.keys(place)
      const name = names.length === 0 ? 'x' : pick(names)
      const value = place[name]
      if (typeof value === 'object' && value !== null && random() < 0.8) {
        place = value as Record<string, unknown>
        continue
      }
      const kind = random()
      if (kind < 0.7) place[name] = changed(value)
      else if (kind < 0.85) Reflect.deleteProperty(place, name)
      else
        place[Array.isArray(place) ? String(names.length) : pick(['__proto__x', 'name', 'version', 'a\u202eb'])] = value
      break
    }
  }
  return JSON.stringify(root)
}

/** Any code units at all, hostile ones far more often than by chance. */
export function randomText(random: () => number, longest = 60): string {
  let out = ''
  const units = Math.floor(random() * longest)
  while (out.length < units) {
    const kind = random()
    if (kind < 0.3) out += PIECES[Math.floor(random() * PIECES.length)] ?? ''
    else if (kind < 0.6) out += String.fromCharCode(0x20 + Math.floor(random() * 0x5f))
    else if (kind < 0.9) out += String.fromCharCode(Math.floor(random() * 0x10000))
    else out += String.fromCodePoint(0x10000 + Math.floor(random() * 0x100000))
  }
  return out
}
