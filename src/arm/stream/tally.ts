import { MAX_NAMES, type NestedCounts, type TemplateCounts } from '../../model/analysis.ts'

/** Counts by name without regard to case. */
class Tally {
  readonly #counts = new Map<string, { name: string; count: number }>()

  add(name: string, count = 1): void {
    const key = name.toLowerCase()
    const known = this.#counts.get(key)
    if (known) known.count += count
    else if (this.#counts.size < MAX_NAMES) this.#counts.set(key, { name, count })
    else this.add('(other)', count)
  }

  merge(other: Tally): void {
    for (const { name, count } of other.#counts.values()) this.add(name, count)
  }

  /** The most frequent first, equal ones by name. */
  list(): { name: string; count: number }[] {
    return [...this.#counts.values()].toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
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

  list(): TemplateCounts {
    const { parameters, variables, outputs, functions, resources, children } = this
    const types = this.types.list().map(({ name, count }) => ({ type: name, count }))
    return { parameters, variables, outputs, functions, resources, children, types }
  }

  listNested(): NestedCounts {
    const nested = this.nested ?? new Counts()
    return { templates: nested.templates, depth: nested.depth, ...nested.list() }
  }
}
