import type { Answers } from './answers.ts'
import type { ArmTemplate } from './arm-template.ts'
import { toJson } from './arm-template.ts'

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#'

/**
 * The parameters file of one environment: its region, and each answer that the template takes as a parameter of the
 * same name. Secure parameters never get a value here; they are asked for when it is deployed.
 */
export function parametersFile(template: ArmTemplate, answers: Answers): string {
  const values: Record<string, { value: unknown }> = {}
  for (const [name, parameter] of Object.entries(template.parameters)) {
    if (parameter.type.toLowerCase().startsWith('secure')) continue
    const value = name === 'location' ? answers.environment.location : ownValue(answers.parameters, name)
    if (value !== undefined) values[name] = { value }
  }
  return toJson({ $schema: SCHEMA, contentVersion: '1.0.0.0', parameters: values })
}

const ownValue = (from: Record<string, unknown>, name: string): unknown =>
  Object.hasOwn(from, name) ? from[name] : undefined
