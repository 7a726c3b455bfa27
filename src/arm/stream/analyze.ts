import type { Analysis, BadResource } from '../../model/analysis.ts'
import { eachChunk, fittingBuffers, type ChunkRequest } from './chunks.ts'
import { openEngine } from './engine.ts'
import { notJsonOf } from './not-json.ts'
import { Scanner } from './scanner.ts'
import { TemplateCounter } from './template-counter.ts'

export interface AnalyzeRequest extends ChunkRequest {
  /** Bytes read at a time; see chunk-size.ts. */
  chunkBytes: number
  /** Hears of each bad resource as it ends, long before the whole is read. */
  onBad?: ((bad: BadResource) => void) | undefined
}

/** Counts what a template holds, in one pass and in constant memory. What is no JSON is an `item.json` error. */
export async function analyzeTemplate(request: AnalyzeRequest): Promise<Analysis> {
  const { chunkBytes, inputs } = fittingBuffers(request)
  const engine = openEngine(chunkBytes, { inputs })
  const counter = new TemplateCounter(engine, request.onBad)
  const scanner = new Scanner(engine, counter)
  try {
    await eachChunk(request, engine, (from, to) => scanner.feed(from, to))
    scanner.end()
  } catch (error) {
    throw notJsonOf(request.source, error)
  }
  return counter.analysis(scanner)
}
