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
  pass(to: number): number
  enter(from: number, isInString: boolean): void
  readonly stop: Global
  readonly at: Global
  readonly until: Global
  readonly next: Global
  readonly depth: Global
  roleAt(depth: number): number
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
  wordIsScalar(from: number): number
  giveBack(): void
  takeAsLong(): number
  keepNames(): void
  beginWriting(wantsTexts: boolean): void
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
  readonly badLine: Global
  readonly badHas: Global
  readonly badTemplate: Global
  readonly badBefore: Global
  readonly typeFrom: Global
  readonly typeTo: Global
  typeIsDeployment(): void
  readonly PLACES: Global
  readonly LEVEL_LIST: Global
  readonly TEMPLATES_AT: Global
  readonly BAD_AT: Global
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

/** What buffers an engine is to have. One for input is enough where nothing is read ahead; so it is for output. */
export interface Buffers {
  inputs?: 1 | 2
  outputs?: 0 | 1 | 2
}

/** Makes an engine with its own memory. */
export function openEngine(chunkBytes: number, { inputs = 2, outputs = 0 }: Buffers = {}): Engine {
  compiled ??= new WebAssembly.Module(Buffer.from(SCAN_CODE, 'base64'))
  const { memory, ...exports } = new WebAssembly.Instance(compiled).exports as Exports
  const buffer = Math.ceil((LEFT_OVER + chunkBytes + PAD) / 64) * 64
  const first = memory.grow(Math.ceil(((inputs + outputs) * buffer + PAD) / PAGE)) * PAGE
  const second = first + (inputs - 1) * buffer
  const numbers = new Int32Array(memory.buffer)
  const bytes = new Uint8Array(memory.buffer)
  writeWords(bytes, numbers, exports)
  return {
    ...exports,
    bytes,
    numbers,
    inputs: [first + LEFT_OVER, second + LEFT_OVER],
    chunkBytes,
    outputs: [second + buffer, second + Math.max(1, outputs) * buffer],
  }
}
