import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** The environments of the event-driven platform, in the order of their deployment. */
export const ENVS = ['dev', 'qa', 'staging', 'prod'] as const

/** The configuration of a stack as its file has it, and the secrets that a person would set. */
export function stackConfig(tree: string, stack: string): Record<string, string> {
  const { config } = parse(readFileSync(join(tree, `Pulumi.${stack}.yaml`), 'utf8')) as {
    config: Record<string, string>
  }
  return { ...config, 'event-driven:gatewayUser': 'caller', 'event-driven:gatewayPassword': 'a long password' }
}
