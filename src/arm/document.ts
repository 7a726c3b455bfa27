import { parameterReferences, variableReferences, type Reference } from './expressions.ts'
import type { ArmNode } from './node.ts'
import { positions, type LineColumn } from './position.ts'
import { readJson, type ReadProblem } from './reader.ts'
import { indexNodes, type NodeIndex } from './walk.ts'

/** One JSON file, read once. The index and the references are found on first use and shared by all rules. */
export interface ArmDocument {
  readonly file: string
  readonly text: string
  readonly root: ArmNode | undefined
  readonly problem: ReadProblem | undefined
  readonly notes: readonly ReadProblem[]
  /** Where comments stand, their marks included, in order. */
  readonly comments: readonly { start: number; end: number }[]
  placeOf(offset: number): LineColumn
  readonly index: NodeIndex
  readonly parameterUses: readonly Reference[]
  readonly variableUses: readonly Reference[]
}

/** A value that is made on the first question. */
function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** Reads one file's text; a text that is not JSON gives a document with a `problem`. */
export function readDocument(file: string, text: string): ArmDocument {
  const { root, problem, notes, comments } = readJson(text)
  const index = lazily(() => indexNodes(root))
  const parameterUses = lazily(() => parameterReferences(text))
  const variableUses = lazily(() => variableReferences(text))
  return {
    file,
    text,
    root,
    problem,
    notes,
    comments,
    placeOf: positions(text),
    get index() {
      return index()
    },
    get parameterUses() {
      return parameterUses()
    },
    get variableUses() {
      return variableUses()
    },
  }
}
