/** A cell as the template has it. */
export type Cell = boolean | number | string | null

/** A row of a table: one cell for each environment, in their order. */
export interface EnvironmentRow {
  /** Name of the setting, flag or component in the template. */
  name: string
  title: string
  purpose?: string
  values: Cell[]
  /** The same in words: yes, no, Unlimited. */
  cells: string[]
}

/** The tier of a component that is asked for, and the one that is made because it can do what is used. */
export interface TierRow extends EnvironmentRow {
  effective: string[]
}

/** What a template says of its environments, as tables. */
export interface EnvironmentTable {
  template: string
  version: string
  /** What it can be written as: `arm`, and with a Pulumi project `pulumi` and `both` too. */
  formats: string[]
  environments: {
    name: string
    title: string
    purpose?: string
    region: string
    /** Regions it may grow to by a parameter. */
    later: string[]
    /** Address range of its network. */
    addresses?: string
  }[]
  settings: EnvironmentRow[]
  features: EnvironmentRow[]
  tiers: TierRow[]
}

/** The tiers that are made, as rows. */
export const tiersMade = ({ tiers }: Pick<EnvironmentTable, 'tiers'>): EnvironmentRow[] =>
  tiers.map(({ effective, ...row }) => ({ ...row, cells: effective }))
