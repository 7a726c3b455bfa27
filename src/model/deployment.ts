/** A command of another program that changes a cloud. */
export interface DeployCommand {
  /** The program and its arguments. */
  command: string[]
  /** The folder it runs in, absolute. */
  folder: string
}

/** How one environment is deployed. */
export interface Deployment {
  env: string
  with: 'az' | 'pulumi'
  /** Whether the files are there that the commands speak of. */
  isGenerated: boolean
  /** In the order in which they run. */
  commands: DeployCommand[]
  /** The same in one line, where there is one. */
  orElse?: DeployCommand
}

export interface DeployQuery {
  /** A template, which is looked for in `out`; or a folder that was generated. Folders are absolute. */
  target: string
  envs: readonly string[]
  /** Where the files of the template are, or would be generated; absolute. */
  out: string
  /** What it is deployed with; what is there decides when left out. */
  with?: 'az' | 'pulumi'
  /** In place of the one the files name. */
  resourceGroup?: string
}
