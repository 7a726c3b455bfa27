/** What one resource costs a month, and why. */
export interface CostLine {
  /** The layer of the template that makes it; its provider where layers are not known. */
  layer: string
  type: string
  name: string
  sku: string
  /** How many of what the price is for: instances, messaging units, cores kept ready. */
  units: number
  /** Fixed cost a month, in the currency of the table. */
  monthly: number
  /** Mean power it takes, W. */
  watts: number
  /** What is paid besides, by use. */
  use?: string
  /** What the figure stands for. */
  basis?: string
}

/** A type or SKU that the table has no price for: it is in no total. */
export interface UnknownCost {
  layer: string
  type: string
  name: string
  sku: string
}

/** What one environment costs a month, by one analyzer. */
export interface CostEstimate {
  /** Who worked it out. */
  analyzer: string
  env: string
  region: string
  currency: string
  /** Fixed cost a month of all lines. */
  monthly: number
  /** Of which by layer, in the order of the layers. */
  layers: { layer: string; monthly: number; resources: number }[]
  lines: CostLine[]
  unknown: UnknownCost[]
  kWh: number
  /** Null where the table has no figure for the grid of the region. */
  kgCo2: number | null
  /** Which prices, of when, for what; and that they are no quote. */
  basis: string
  /** Where less would do, told only where the template itself shows it. */
  savings: string[]
}

/** Costs of the environments of a template or folder, and the age of the prices they are from. */
export interface CostReport {
  target: string
  /** `shipped`, or the file the prices are from. */
  prices: string
  /** Day of the prices, such as 2026-11-30, and how long ago that is. */
  date: string
  ageDays: number
  /** Who was asked, and the extension point they stand at. */
  analyzers: { point: string; id: string; title: string }[]
  environments: CostEstimate[]
  /** What further analyzers say. */
  others: CostEstimate[]
}

/** What is to be priced: a template, or a folder that was generated. No environments are all there are. */
export interface CostQuery {
  /** An id, a folder of a template, or a folder with generated files; folders are absolute. */
  target: string
  envs: readonly string[]
  /** Parameters, features and other members of the input of a run. */
  input: Record<string, unknown>
  /** A file of prices in place of that of the settings. */
  prices?: string
}
