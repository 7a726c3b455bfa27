import {
  choose,
  forever,
  get,
  i32,
  I32,
  i64,
  I64,
  moduleOf,
  read,
  repeat,
  returned,
  set,
  v128,
  V128,
  when,
  write,
} from './wasm.ts'
import type { Code, Func } from './wasm.ts'

/**
 * Finds what matters in JSON text, 64 bytes at a time with vector instructions: the method of "Parsing Gigabytes of
 * JSON per Second" (Langdale and Lemire, 2019), stage one. Strings and escapes are worked out as bit masks, so nothing
 * branches on a single byte.
 */
export interface ByteIndex {
  /** All memory: buffers for input and output lie in it. */
  readonly bytes: Uint8Array
  /** Offsets of the two input buffers, each of `chunkBytes`. */
  readonly inputs: readonly [number, number]
  readonly chunkBytes: number
  /** Offsets of the two buffers that `compact` may write to; each takes a chunk and `OUTPUT_ROOM` more. */
  readonly outputs: readonly [number, number]
  /** Offsets that the last `index` found. */
  readonly marks: Int32Array
  /**
   * Looks at no more than `WINDOW_BYTES` from an offset on. Answers how many marks there are: brackets, commas and
   * colons outside strings, the quotes of strings, backslashes that begin an escape in one, and first bytes of anything
   * else outside strings. Stops early, at `stop`, before a slash outside strings.
   */
  index(from: number, to: number): number
  readonly stop: { value: number }
  /** After something that ends a bare word, such as a comment. */
  endWord(): void
  /** Copies without white space outside strings; answers the offset after the copy. There may be no comment in it. */
  compact(from: number, to: number, out: number): number
  /** Says that `compact` goes on outside strings. */
  leaveString(): void
  lines(from: number, to: number): number
  /** UTF-16 units, as columns are counted. */
  units(from: number, to: number): number
}

/** Bytes that one call of `index` looks at: small enough for input and marks to stay in the processor's cache. */
export const WINDOW_BYTES = 32 * 1024
/** What may stand in an output buffer beyond what one chunk gives. */
const OUTPUT_ROOM = 160 * 1024
/** Vector loads and stores may go this far over an end. */
const PAD = 64
const PAGE = 65_536

// Parameters and locals of the two scanning functions.
const [AT, END, OUT, SIZE, RUN, COPIED] = [0, 1, 2, 3, 4, 5] as const
const [SPACE, MARK, QUOTE, BACKSLASH, SLASH, ESCAPED, ESCAPE, STRING, VALID, REST, LOW_BIT, WORD] = [
  6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
] as const
const [VECTOR, NIBBLE] = [18, 19] as const
const LOCALS = [I32, I32, I32, ...Array.from({ length: 12 }, () => I64), V128, V128]

// Globals: one state for the index, one for the copy; and where the index stopped.
const STOP = 4
const INDEX_STATE = { string: 0, escape: 1 }
const WORD_STATE = 5
const COPY_STATE = { string: 2, escape: 3 }
const GLOBALS = [
  { name: 'string', type: I64 },
  { name: 'escape', type: I64 },
  { name: 'copyString', type: I64 },
  { name: 'copyEscape', type: I64 },
  { name: 'stop', type: I32 },
  { name: 'word', type: I64 },
]

const not = (value: Code): Code => i64.xor(value, i64.of(-1n))
const ODD_BITS = BigInt.asIntN(64, 0xaaaaaaaaaaaaaaaan)

/** A table by low half-byte whose other places match nothing: 0xff is no byte of UTF-8. */
const tableOf = (chars: string): Code => {
  const table = Array.from({ length: 16 }, () => 0xff)
  for (const byte of Buffer.from(chars, 'latin1')) table[byte & 15] = byte
  return v128.of(table)
}
const SPACES = tableOf(' \t\n\r')
/** `[` and `]` become `{` and `}` when bit 5 is set. */
const MARKS = tableOf(':{,}')

/** The five masks of 64 bytes from AT on. */
function masks(): Code {
  const kinds: [number, Code][] = [
    [SPACE, v128.eq(get(VECTOR), v128.swizzle(SPACES, get(NIBBLE)))],
    [MARK, v128.eq(v128.or(get(VECTOR), v128.all(0x20)), v128.swizzle(MARKS, get(NIBBLE)))],
    [QUOTE, v128.eq(get(VECTOR), v128.all(0x22))],
    [BACKSLASH, v128.eq(get(VECTOR), v128.all(0x5c))],
    [SLASH, v128.eq(get(VECTOR), v128.all(0x2f))],
  ]
  return [0, 1, 2, 3].flatMap((part) => [
    ...set(VECTOR, v128.load(get(AT), part * 16)),
    ...set(NIBBLE, v128.and(get(VECTOR), v128.all(15))),
    ...kinds.flatMap(([mask, bytes]) => {
      const bits = i64.shl(i64.from(v128.bitmask(bytes)), i64.of(BigInt(part * 16)))
      return set(mask, part === 0 ? bits : i64.or(get(mask), bits))
    }),
  ])
}

/** Which bytes are escaped, and by which backslashes, from the state carried over. */
function escapes(carried: number): Code {
  const all = i64.and(get(BACKSLASH), get(VALID))
  return choose(
    i64.eqz(all),
    [...set(ESCAPED, read(carried)), ...set(ESCAPE, i64.of(0n))],
    [
      ...set(ESCAPE, i64.and(all, not(read(carried)))),
      ...set(
        ESCAPE,
        i64.xor(i64.sub(i64.or(i64.shl(get(ESCAPE), i64.of(1n)), i64.of(ODD_BITS)), get(ESCAPE)), i64.of(ODD_BITS)),
      ),
      ...set(ESCAPED, i64.xor(get(ESCAPE), i64.or(all, read(carried)))),
      ...set(ESCAPE, i64.and(get(ESCAPE), all)),
    ],
  )
}

/** STRING: each string from its first quote up to, and without, its last. QUOTE loses the escaped ones. */
function strings(carried: { string: number; escape: number }): Code {
  return [
    ...set(VALID, i64.shrU(i64.of(-1n), i64.sub(i64.of(64n), i64.from(get(SIZE))))),
    ...escapes(carried.escape),
    ...set(STRING, i64.and(i64.and(get(QUOTE), get(VALID)), not(get(ESCAPED)))),
    ...set(REST, get(STRING)),
    ...[1n, 2n, 4n, 8n, 16n, 32n].flatMap((by) => set(STRING, i64.xor(get(STRING), i64.shl(get(STRING), i64.of(by))))),
    ...set(STRING, i64.xor(get(STRING), read(carried.string))),
  ]
}

/** The bit of the last byte looked at. */
const lastBit = (mask: number): Code =>
  i64.and(i64.shrU(get(mask), i64.sub(i64.from(get(SIZE)), i64.of(1n))), i64.of(1n))

const carry = (carried: { string: number; escape: number }): Code => [
  ...write(carried.escape, lastBit(ESCAPE)),
  ...write(carried.string, i64.shrS(get(STRING), i64.of(63n))),
]

const size: Code = [
  ...set(SIZE, i32.sub(get(END), get(AT))),
  ...when(i32.geU(get(SIZE), i32.of(64)), set(SIZE, i32.of(64))),
]

function indexFunction(): Func {
  const outside = i64.and(not(get(STRING)), get(VALID))
  const emit = repeat(
    [
      ...i32.store(get(OUT), i32.add(get(AT), i32.wrap(i64.ctz(get(REST))))),
      ...set(OUT, i32.add(get(OUT), i32.of(4))),
      ...set(REST, i64.and(get(REST), i64.sub(get(REST), i64.of(1n)))),
    ],
    [...i64.eqz(get(REST)), 0x45],
  )
  const body = forever(
    when(i32.geU(get(AT), get(END)), write(STOP, get(AT)), returned(get(OUT))),
    size,
    masks(),
    strings(INDEX_STATE),
    set(RUN, i32.of(0)),
    set(SLASH, i64.and(get(SLASH), outside)),
    when(
      [...i64.eqz(get(SLASH)), 0x45],
      set(RUN, i32.of(1)),
      set(SIZE, i32.wrap(i64.ctz(get(SLASH)))),
      when([...get(SIZE), 0x45], write(STOP, get(AT)), returned(get(OUT))),
      strings(INDEX_STATE),
    ),
    carry(INDEX_STATE),
    // REST holds the quotes that count.
    set(WORD, i64.and(outside, not(i64.or(i64.or(get(SPACE), get(MARK)), get(REST))))),
    set(LOW_BIT, i64.or(i64.shl(get(WORD), i64.of(1n)), read(WORD_STATE))),
    write(WORD_STATE, lastBit(WORD)),
    set(REST, i64.or(get(REST), i64.and(get(MARK), outside))),
    set(REST, i64.or(get(REST), i64.and(get(WORD), not(get(LOW_BIT))))),
    set(REST, i64.or(get(REST), i64.and(get(ESCAPE), get(STRING)))),
    when([...i64.eqz(get(REST)), 0x45], emit),
    set(AT, i32.add(get(AT), get(SIZE))),
    when(get(RUN), write(STOP, get(AT)), returned(get(OUT))),
  )
  return { name: 'index', parameters: 3, locals: LOCALS, body }
}

function compactFunction(): Func {
  const copyRun: Code = [
    ...set(RUN, i32.add(get(AT), i32.wrap(i64.ctz(get(REST))))),
    ...set(LOW_BIT, i64.ctz(not(i64.shrU(get(REST), i64.ctz(get(REST)))))),
    ...set(COPIED, i32.of(0)),
    ...repeat(
      [
        ...v128.store(i32.add(get(OUT), get(COPIED)), v128.load(i32.add(get(RUN), get(COPIED)))),
        ...set(COPIED, i32.add(get(COPIED), i32.of(16))),
      ],
      i32.ltU(get(COPIED), i32.wrap(get(LOW_BIT))),
    ),
    ...set(OUT, i32.add(get(OUT), i32.wrap(get(LOW_BIT)))),
    // Adding the lowest bit carries through the lowest run and so clears it.
    ...set(REST, i64.and(get(REST), i64.add(get(REST), i64.shl(i64.of(1n), i64.ctz(get(REST)))))),
  ]
  const body = forever(
    when(i32.geU(get(AT), get(END)), returned(get(OUT))),
    size,
    masks(),
    strings(COPY_STATE),
    carry(COPY_STATE),
    set(REST, i64.and(get(VALID), not(i64.and(get(SPACE), not(get(STRING)))))),
    when([...i64.eqz(get(REST)), 0x45], repeat(copyRun, [...i64.eqz(get(REST)), 0x45])),
    set(AT, i32.add(get(AT), get(SIZE))),
  )
  return { name: 'compact', parameters: 3, locals: LOCALS, body }
}

/** Counts bytes by the sum of some tests. Parameters: from, to; locals: sum, bytes that count, the vector. */
function countFunction(name: string, tests: readonly ((vector: Code) => Code)[]): Func {
  const [sum, valid, vector] = [2, 3, 4]
  const body = forever(
    when(i32.geU(get(AT), get(END)), returned(get(sum))),
    set(valid, i32.sub(get(END), get(AT))),
    when(i32.geU(get(valid), i32.of(16)), set(valid, i32.of(16))),
    set(valid, i32.sub(i32.shl(i32.of(1), get(valid)), i32.of(1))),
    set(vector, v128.load(get(AT))),
    ...tests.map((test) =>
      set(sum, i32.add(get(sum), i32.popcnt(i32.and(v128.bitmask(test(get(vector))), get(valid))))),
    ),
    set(AT, i32.add(get(AT), i32.of(16))),
  )
  return { name, parameters: 2, locals: [I32, I32, V128], body }
}

const linesFunction = (): Func => countFunction('lines', [(vector) => v128.eq(vector, v128.all(0x0a))])
/** All bytes that continue no character, and once more those that begin one of four bytes. */
const unitsFunction = (): Func =>
  countFunction('units', [(vector) => v128.gtS(vector, v128.all(0xbf)), (vector) => v128.geU(vector, v128.all(0xf0))])

interface Exports {
  index(from: number, to: number, out: number): number
  compact(from: number, to: number, out: number): number
  lines(from: number, to: number): number
  units(from: number, to: number): number
  string: { value: bigint }
  copyString: { value: bigint }
  copyEscape: { value: bigint }
  word: { value: bigint }
  stop: { value: number }
}

/** What this file uses of the runtime's WebAssembly. */
interface Memory {
  readonly buffer: ArrayBuffer
}
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Memory: new (size: { initial: number }) => Memory
  Instance: new (module: object, imports: { env: { memory: Memory } }) => { readonly exports: unknown }
}

let compiled: object | undefined

/** Makes an index with its own memory: two input buffers, two for output when asked for, and the marks. */
export function openByteIndex(chunkBytes: number, hasOutput = false): ByteIndex {
  compiled ??= new WebAssembly.Module(
    moduleOf(GLOBALS, [indexFunction(), compactFunction(), linesFunction(), unitsFunction()]),
  )
  const buffer = chunkBytes + PAD
  const output = hasOutput ? buffer + OUTPUT_ROOM : 0
  const marksAt = Math.ceil((2 * buffer + 2 * output) / 16) * 16
  const memory = new WebAssembly.Memory({ initial: Math.ceil((marksAt + 4 * WINDOW_BYTES + PAD) / PAGE) })
  const exports = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Exports
  return {
    bytes: new Uint8Array(memory.buffer),
    inputs: [0, buffer],
    chunkBytes,
    outputs: [2 * buffer, 2 * buffer + output],
    marks: new Int32Array(memory.buffer, marksAt, WINDOW_BYTES),
    stop: exports.stop,
    index: (from, to) => (exports.index(from, to, marksAt) - marksAt) >> 2,
    endWord: () => void (exports.word.value = 0n),
    compact: exports.compact,
    leaveString: () => void (exports.copyString.value = exports.copyEscape.value = 0n),
    lines: exports.lines,
    units: exports.units,
  }
}
