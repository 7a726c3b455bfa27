import { MAX_TEXT_BYTES } from './assembly/codes.ts'
import { SCAN_CODE } from './scan-code.ts'
import { writeWords } from './template-words.ts'

interface Global {
  readonly value: number
}

/** What `assembly/` gives; each is described there. Offsets are of its memory, and so is all text. */
interface Exports {
  memory: { buffer: ArrayBuffer; grow(pages: number): number }
  begin(from: number, to: number): void
  look(from: number, to: number): void
  walk(): number
  readonly stop: Global
  readonly at: Global
  readonly until: Global
  readonly next: Global
  readonly depth: Global
  readonly maxDepth: Global
  readonly trailingCommas: Global
  readonly isInText: Global
  readonly isInWord: Global
  readonly isLong: Global
  readonly openAt: Global
  readonly cutAt: Global
  readonly problemAt: Global
  isInArray(): number
  isScalar(from: number, to: number): number
  wordIsName(from: number, to: number): void
  wordIsScalar(from: number): void
  endWord(): void
  giveBack(): void
  takeAsLong(): void
  beginWriting(): void
  readonly EVENTS: Global
  readonly eventsEnd: Global
  forgetEvents(): void
  lineAt(at: number): number
  units(from: number, to: number): number
  compact(from: number, to: number, into: number, isInString: boolean): number
  readonly FUNCTION_TABLE: Global
  readonly TYPE_TABLE: Global
  nameEnd(table: number, number: number): number
  nameLength(table: number, number: number): number
  nameCount(table: number, number: number): number
  readonly expressions: Global
  readonly otherCalls: Global
  readonly WORDS: Global
  readonly WORD_LIST: Global
}

/** The scanner's inner loops in WebAssembly, with the memory that they work on. */
export interface Engine extends Omit<Exports, 'memory'> {
  /** All memory: buffers for input and output lie in it. */
  readonly bytes: Uint8Array
  readonly numbers: Int32Array
  /** Offsets of the input buffers, each of `chunkBytes`, with room before it for what a chunk left over. */
  readonly inputs: readonly [number, number]
  readonly chunkBytes: number
  /** Offsets of the two buffers that may be written to; each takes an input with what stands before it. */
  readonly outputs: readonly [number, number]
}

/** What this file uses of the runtime's WebAssembly. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { readonly exports: unknown }
}

/** Before an input: the longest text that is kept whole, with its quotes. */
const LEFT_OVER = MAX_TEXT_BYTES + 64
/** Vector loads and stores may go this far over an end. */
const PAD = 64
const PAGE = 65_536

let compiled: object | undefined

/** Makes an engine with its own memory. Its two inputs are one where nothing is read ahead. */
export function openEngine(chunkBytes: number, { readsAhead = true, hasOutput = false } = {}): Engine {
  compiled ??= new WebAssembly.Module(Buffer.from(SCAN_CODE, 'base64'))
  const { memory, ...exports } = new WebAssembly.Instance(compiled).exports as Exports
  const buffer = Math.ceil((LEFT_OVER + chunkBytes + PAD) / 64) * 64
  const buffers = (readsAhead ? 2 : 1) + (hasOutput ? 2 : 0)
  const first = memory.grow(Math.ceil((buffers * buffer + PAD) / PAGE)) * PAGE
  const second = readsAhead ? first + buffer : first
  const numbers = new Int32Array(memory.buffer)
  const bytes = new Uint8Array(memory.buffer)
  writeWords(bytes, numbers, exports)
  return {
    ...exports,
    bytes,
    numbers,
    inputs: [first + LEFT_OVER, second + LEFT_OVER],
    chunkBytes,
    outputs: [second + buffer, second + 2 * buffer],
  }
}
