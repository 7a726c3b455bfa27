import type { Answers } from './answers.ts'
import type { NetworkTable } from './network.ts'
import { holds } from './when.ts'

/** Who may reach whom in one environment: as the table has it, and how it is done here. */
export function accessMatrix(network: NetworkTable, { env, environment, parameters }: Answers) {
  const rows = network.access.map(({ from, to, access, here }) => ({
    from,
    to,
    access,
    here:
      here.find(({ when }) => when === undefined || holds(when, { ...environment, parameters }) === true)?.says ?? '',
  }))
  const rules = environment.settings['subnets'] as { name: string; cidr: string; allow: unknown[] }[]
  return { environment: env, rows, subnets: rules.map(({ name, cidr, allow }) => ({ name, cidr, allow })) }
}
