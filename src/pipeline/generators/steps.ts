import { z } from 'zod'
import { itemManifest } from '../../model/errors.ts'
import { holds, type Switches } from './when.ts'

const stepSchema = z.strictObject({
  /** Its number in the order; steps that come after all others have none. */
  step: z.number().int().min(1).optional(),
  name: z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/),
  title: z.string(),
  /** Names of the steps that must have ended. */
  needs: z.array(z.string()).default([]),
  /** A feature, setting or parameter without which there is no such step. */
  when: z.string().optional(),
  /** Files whose resources make one nested deployment. */
  layers: z.array(z.string()).min(1),
  /** Types made for the step by other means than the template, and how. */
  before: z.strictObject({ types: z.array(z.string()), by: z.string() }).optional(),
})

/** The order of deployment: each step is one nested deployment. */
export const stepsSchema = z.strictObject({ steps: z.array(stepSchema).min(1) })
export type StepEntry = z.infer<typeof stepSchema>

/** A step with its files read. */
export interface Step extends StepEntry {
  sources: { file: string; source: string }[]
}

/** Throws `item.manifest` for a step that needs one that is not there or comes later. */
export function checkSteps(steps: readonly StepEntry[], where: string): void {
  const seen = new Set<string>()
  for (const { name, needs } of steps) {
    const stranger = needs.find((one) => !seen.has(one))
    if (stranger !== undefined) throw itemManifest(where, `${name} needs "${stranger}", which does not come before it`)
    if (seen.has(name)) throw itemManifest(where, `there are two steps "${name}"`)
    seen.add(name)
  }
}

/** Whether a step is made at all. Throws `item.manifest` when its condition names nothing. */
export function isStepOn({ when }: StepEntry, switches: Switches): boolean {
  const isOn = when === undefined ? true : holds(when, switches)
  if (isOn === undefined) throw itemManifest('steps', `"when: ${when}" names no feature, setting or parameter`)
  return isOn
}

/** The steps that are made, with what they need; one that needs a step that is not made needs what that one needs. */
export function stepsMade(
  steps: readonly Step[],
  made: Pick<ReadonlyMap<Step, unknown>, 'has'>,
): { step: Step; needs: string[] }[] {
  const named = new Map(steps.map((step) => [step.name, step]))
  const needsOf = (names: readonly string[]): string[] =>
    names.flatMap((name) => {
      const step = named.get(name)
      if (!step) return []
      return made.has(step) ? [name] : needsOf(step.needs)
    })
  return steps.filter((step) => made.has(step)).map((step) => ({ step, needs: [...new Set(needsOf(step.needs))] }))
}
