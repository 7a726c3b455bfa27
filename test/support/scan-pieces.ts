import type { Analysis, BadResource, TemplateCounts } from '../../src/model/analysis.ts'
import { openEngine, type Engine } from '../../src/arm/stream/engine.ts'
import { Scanner } from '../../src/arm/stream/scanner.ts'
import { TemplateCounter } from '../../src/arm/stream/template-counter.ts'

/** Cuts bytes at the given offsets, which are in order. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const edges = [0, ...cuts, bytes.length]
  return edges.slice(1).map((to, index) => bytes.subarray(edges[index], to))
}

/** Puts pieces into the two inputs of an engine in turn, one after another. */
export function feedPieces(
  { bytes, inputs, chunkBytes }: Engine,
  scanner: { feed(from: number, to: number): unknown; end(): unknown },
  pieces: readonly Uint8Array[],
): void {
  for (const [turn, piece] of pieces.entries()) {
    const from = inputs[turn % 2] ?? 0
    // What is left of earlier pieces must not matter.
    bytes.fill(0x22, from, from + chunkBytes)
    bytes.set(piece, from)
    scanner.feed(from, from + piece.length)
  }
  scanner.end()
}

/** Analyses a text that comes in pieces. */
export function analyzePieces(pieces: readonly Uint8Array[], onBad?: (bad: BadResource) => void): Analysis {
  const engine = openEngine(Math.max(64, ...pieces.map((piece) => piece.length)))
  const counter = new TemplateCounter(engine, onBad)
  const scanner = new Scanner(engine, counter)
  feedPieces(engine, scanner, pieces)
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
