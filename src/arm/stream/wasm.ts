/**
 * The little of WebAssembly that the byte index needs, written down as functions: each answers the bytes of an
 * instruction with its operands before it. Numbers are the opcodes of the WebAssembly core specification.
 */
export type Code = readonly number[]

export const I32 = 0x7f
export const I64 = 0x7e
export const V128 = 0x7b

/** An unsigned number in LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

/** A signed number in LEB128. */
function signed(value: bigint): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn)
    if (rest >= -64n && rest < 64n) return [...bytes, low]
    bytes.push(low | 0x80)
  }
}

const operator =
  (...opcode: number[]) =>
  (...operands: Code[]): Code => [...operands.flat(), ...opcode]
const simd = (opcode: number) => operator(0xfd, ...unsigned(opcode))

export const get = (local: number): Code => [0x20, local]
export const set = (local: number, value: Code): Code => [...value, 0x21, local]
export const read = (global: number): Code => [0x23, global]
export const write = (global: number, value: Code): Code => [...value, 0x24, global]

export const i32 = {
  of: (value: number): Code => [0x41, ...signed(BigInt(value))],
  add: operator(0x6a),
  sub: operator(0x6b),
  ltU: operator(0x49),
  geU: operator(0x4f),
  and: operator(0x71),
  shl: operator(0x74),
  shrU: operator(0x76),
  popcnt: operator(0x69),
  wrap: operator(0xa7),
  store: operator(0x36, 2, 0),
}

export const i64 = {
  of: (value: bigint): Code => [0x42, ...signed(value)],
  from: operator(0xad),
  eqz: operator(0x50),
  ctz: operator(0x7a),
  add: operator(0x7c),
  sub: operator(0x7d),
  and: operator(0x83),
  or: operator(0x84),
  xor: operator(0x85),
  shl: operator(0x86),
  shrS: operator(0x87),
  shrU: operator(0x88),
}

export const v128 = {
  /** Sixteen bytes as they are. */
  of: (bytes: readonly number[]): Code => [0xfd, 0x0c, ...bytes],
  /** One byte sixteen times. */
  all: (byte: number): Code => [0xfd, 0x0c, ...Array.from({ length: 16 }, () => byte)],
  load: (address: Code, offset = 0): Code => [...address, 0xfd, 0x00, 0, ...unsigned(offset)],
  store: operator(0xfd, 0x0b, 0, 0),
  swizzle: simd(0x0e),
  eq: simd(0x23),
  gtS: simd(0x27),
  geU: simd(0x2c),
  and: simd(0x4e),
  or: simd(0x50),
  bitmask: simd(0x64),
}

export const returned = (value: Code): Code => [...value, 0x0f]
export const when = (condition: Code, ...then: Code[]): Code => [...condition, 0x04, 0x40, ...then.flat(), 0x0b]
export const choose = (condition: Code, then: Code, otherwise: Code): Code => [
  ...condition,
  0x04,
  0x40,
  ...then,
  0x05,
  ...otherwise,
  0x0b,
]
/** Repeats while the condition at its end holds. */
export const repeat = (body: Code, condition: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b]
/** Repeats until the body returns. */
export const forever = (...body: Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0c, 0, 0x0b, 0x00]

/** A function that takes and answers i32 numbers; locals follow the parameters in the order of `locals`. */
export interface Func {
  name: string
  parameters: number
  locals: readonly number[]
  body: Code
}

const section = (id: number, items: readonly Code[]): Code => {
  const body = [...unsigned(items.length), ...items.flat()]
  return [id, ...unsigned(body.length), ...body]
}
/** The four bytes of its name and its version, 1. */
const HEADER: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const text = (value: string): Code => [value.length, ...Buffer.from(value, 'latin1')]

/** A module that imports its memory as `env.memory`; `globals` are exported by name, i64 or i32, all 0 at first. */
export function moduleOf(globals: readonly { name: string; type: number }[], functions: readonly Func[]): Uint8Array {
  const types = functions.map(({ parameters }) => [
    0x60,
    parameters,
    ...Array.from({ length: parameters }, () => I32),
    1,
    I32,
  ])
  const bodies = functions.map(({ locals, body }) => {
    const code = [...unsigned(locals.length), ...locals.flatMap((type) => [1, type]), ...body, 0x0b]
    return [...unsigned(code.length), ...code]
  })
  const exported = [
    ...functions.map(({ name }, index) => [...text(name), 0x00, index]),
    ...globals.map(({ name }, index) => [...text(name), 0x03, index]),
  ]
  return Uint8Array.from([
    ...HEADER,
    ...section(1, types),
    ...section(2, [[...text('env'), ...text('memory'), 0x02, 0x00, 1]]),
    ...section(
      3,
      functions.map((_, index) => [index]),
    ),
    ...section(
      6,
      globals.map(({ type }) => [type, 1, type === I64 ? 0x42 : 0x41, 0, 0x0b]),
    ),
    ...section(7, exported),
    ...section(10, bodies),
  ])
}
