import type { Analysis, BadResource, TemplateCounts } from '../../src/model/analysis.ts'
import { openByteIndex, type ByteIndex } from '../../src/arm/stream/byte-index.ts'
import { Scanner } from '../../src/arm/stream/scanner.ts'
import { TemplateCounter } from '../../src/arm/stream/template-counter.ts'

/** Cuts bytes at the given offsets, which are in order. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const edges = [0, ...cuts, bytes.length]
  return edges.slice(1).map((to, index) => bytes.subarray(edges[index], to))
}

/** Puts pieces into the two buffers of an index in turn, one after another. */
export function feedPieces(index: ByteIndex, scanner: Scanner, pieces: readonly Uint8Array[]): void {
  for (const [turn, piece] of pieces.entries()) {
    const from = index.inputs[turn % 2] ?? 0
    // What is left of earlier pieces must not matter.
    index.bytes.fill(0x22, from, from + index.chunkBytes)
    index.bytes.set(piece, from)
    scanner.feed(from, from + piece.length)
  }
  scanner.end()
}

/** Analyses a text that comes in pieces. */
export function analyzePieces(pieces: readonly Uint8Array[], onBad?: (bad: BadResource) => void): Analysis {
  const index = openByteIndex(Math.max(64, ...pieces.map((piece) => piece.length)))
  const counter: TemplateCounter = new TemplateCounter(() => scanner.place.lineAt(scanner.offset), onBad)
  const scanner = new Scanner(index, counter)
  feedPieces(index, scanner, pieces)
  return counter.analysis(scanner)
}

const listed = ({ types, ...counts }: TemplateCounts): object => ({
  ...counts,
  types: Object.fromEntries(
    types.map(({ type, count }) => [type.toLowerCase(), count] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ),
})

/** An analysis in the shape of `countByParse`. */
export function comparable(analysis: Analysis): object {
  const { depth, expressions, calls, nested } = analysis
  const { templates, depth: nestedDepth, ...inner } = nested
  const { parameters, variables, outputs, functions, resources, children, types } = analysis
  return {
    depth,
    expressions,
    calls: calls.reduce((sum, { count }) => sum + count, 0),
    ...listed({ parameters, variables, outputs, functions, resources, children, types }),
    nested: { ...listed(inner), templates, depth: nestedDepth },
  }
}
