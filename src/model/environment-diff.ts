/** A cell that is not the same on all sides. */
export interface DiffRow {
  part: 'environment' | 'setting' | 'feature' | 'tier asked for' | 'tier made' | 'parameter'
  title: string
  cells: string[]
}

/** What differs between two or more sides of a template, from what would be generated for each. */
export interface EnvironmentDiff {
  template: string
  version: string
  /** What is compared, a column each: environments, or one as it is and as it was chosen. */
  sides: string[]
  rows: DiffRow[]
  /** Resource types of which there are not equally many. */
  types: { type: string; counts: number[] }[]
  /** Resources that are not on all sides, by the name they have in the template. */
  resources: { type: string; name: string; layer: string; isIn: boolean[] }[]
  /** Members of resources on all sides that have not the same value there; `-` where there is none. */
  changes: { type: string; name: string; path: string; cells: string[] }[]
  /** Files that are not the same, with their sizes; null where there is none. */
  files: { path: string; bytes: (number | null)[] }[]
  /** Resources and files there are on each side. */
  totals: { resources: number[]; files: number[] }
  /** Fixed costs a month. */
  costs: { currency: string; monthly: number[] }
}

/** One side of a comparison, or one preview: an environment and what is chosen for it, as the input of a run has it. */
export interface Side extends Record<string, unknown> {
  env: string
  /** What its column is called; the environment when left out. */
  label?: string
}
