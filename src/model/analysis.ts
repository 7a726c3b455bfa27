/** How many resources of one type; the type as first written. */
interface TypeCount {
  type: string
  count: number
}

/** What one template declares, the templates nested in it left out. */
export interface TemplateCounts {
  parameters: number
  variables: number
  outputs: number
  /** Functions of its own. */
  functions: number
  /** Members of its `resources`, an array or an object with symbolic names. */
  resources: number
  /** Resources inside resources. */
  children: number
  /** By type, resources and their children; the most frequent first. */
  types: TypeCount[]
}

/** All nested templates of a file added up. */
export interface NestedCounts extends TemplateCounts {
  templates: number
  /** How many templates stand within each other, the outer one not counted. */
  depth: number
}

/** A resource that cannot be deployed as it stands. */
export interface BadResource {
  /** Such as `resources[12]`, or `resources[3].template.resources[0]`. */
  path: string
  line: number
  why: string
}

/** What a template holds, counted in one pass. */
export interface Analysis extends TemplateCounts {
  bytes: number
  lines: number
  /** Nesting of objects and arrays. */
  depth: number
  schema?: string
  /** `2.0` where resources have symbolic names. */
  languageVersion?: string
  nested: NestedCounts
  /** Texts that are expressions, names of members among them. */
  expressions: number
  /** Calls in them by function, in lower case; the most frequent first. */
  calls: { name: string; count: number }[]
  comments: number
  trailingCommas: number
  /** How many resources are bad, and the first of them. */
  badResources: number
  bad: BadResource[]
}

/** Bad resources that are named one by one. */
export const MAX_BAD = 100

/** An expression that was made shorter. */
export interface Change {
  line: number
  before: string
  after: string
}

/** What became of it. Sizes in bytes. */
export interface Optimized {
  bytesBefore: number
  bytesAfter: number
  comments: number
  trailingCommas: number
  /** How many expressions were made shorter, and the first of them. */
  changeCount: number
  changes: Change[]
}

/** How many bytes are read at a time, and what to say when that is not what was asked for. */
export interface ChunkChoice {
  bytes: number
  note?: string
}

/** What became of one of several files. */
export type FileOutcome =
  | { source: string; analysis: Analysis }
  | { source: string; error: Record<string, unknown> & { message: string } }
