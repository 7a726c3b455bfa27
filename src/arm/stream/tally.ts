import type { NestedCounts, TemplateCounts } from '../../model/analysis.ts'

/** Stands for a type: a number, so that counting makes no text. */
export type TypeNumber = number
/** All types beyond those that have a number of their own. */
export const OTHER: TypeNumber = -1

/** Counts by number, in the order in which each came first. */
class Tally {
  readonly #counts = new Map<TypeNumber, { count: number }>()

  add(type: TypeNumber, count = 1): void {
    const known = this.#counts.get(type)
    if (known) known.count += count
    else this.#counts.set(type, { count })
  }

  merge(other: Tally): void {
    for (const [type, { count }] of other.#counts) this.add(type, count)
  }

  /** Without regard to case, by the name written first; the most frequent first, equal ones by name. */
  list(nameOf: (type: TypeNumber) => string): { type: string; count: number }[] {
    const all = new Map<string, { type: string; count: number }>()
    for (const [number, { count }] of this.#counts) {
      const type = nameOf(number)
      const known = all.get(type.toLowerCase())
      if (known) known.count += count
      else all.set(type.toLowerCase(), { type, count })
    }
    return [...all.values()].toSorted((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1))
  }
}

/** The counts of one template as they grow, and those of the templates nested in it. */
export class Counts {
  parameters = 0
  variables = 0
  outputs = 0
  functions = 0
  resources = 0
  children = 0
  types = new Tally()
  templates = 0
  depth = 0
  nested: Counts | undefined

  /** Forgets what was counted in a list of resources. */
  forgetResources(): void {
    this.resources = 0
    this.children = 0
    this.types = new Tally()
    this.nested = undefined
  }

  /** Takes over a nested template, with those nested in it. */
  addNested(inner: Counts): void {
    this.nested ??= new Counts()
    this.nested.#add(inner)
    this.nested.templates++
    this.nested.depth = Math.max(this.nested.depth, 1 + (inner.nested?.depth ?? 0))
    if (!inner.nested) return
    this.nested.#add(inner.nested)
    this.nested.templates += inner.nested.templates
  }

  #add(other: Counts): void {
    this.parameters += other.parameters
    this.variables += other.variables
    this.outputs += other.outputs
    this.functions += other.functions
    this.resources += other.resources
    this.children += other.children
    this.types.merge(other.types)
  }

  list(nameOf: (type: TypeNumber) => string): TemplateCounts {
    const { parameters, variables, outputs, functions, resources, children } = this
    return { parameters, variables, outputs, functions, resources, children, types: this.types.list(nameOf) }
  }

  listNested(nameOf: (type: TypeNumber) => string): NestedCounts {
    const nested = this.nested ?? new Counts()
    return { templates: nested.templates, depth: nested.depth, ...nested.list(nameOf) }
  }
}
