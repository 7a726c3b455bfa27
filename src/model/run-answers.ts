import { stringify } from 'yaml'
import { z } from 'zod'
import { configInvalid } from './errors.ts'
import { harmless } from './text.ts'
import { placeInYaml } from './yaml-place.ts'
import { readYaml } from './yaml-text.ts'

const text = z.string().min(1, 'must not be empty').max(4000)
const names = z.union([text, z.array(text).min(1).max(50)]).transform((value) => [value].flat())
const shape = z.strictObject({
  env: names.optional(),
  out: text.optional(),
  format: text.optional(),
  features: z.record(z.string(), z.boolean()).optional(),
  tiers: text.optional(),
  seed: z.string().max(200).optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
})

/** What a person answers before a run: the same from flags, from a file and from the form on the screen. */
export type RunAnswers = z.infer<typeof shape>
const KNOWN = Object.keys(shape.shape)

/**
 * Answers from YAML or JSON text. Throws `config.invalid` with file, line and column of the first fault; a member
 * that is no answer is refused with all that are.
 */
export function readAnswers(file: string, source: string): RunAnswers {
  const read = readYaml(source)
  if (read.fault)
    throw configInvalid({ file, line: read.fault.line, column: read.fault.column }, read.fault.why, hint())
  const parsed = shape.safeParse(read.data ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const strange = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = [...(issue?.path ?? []), ...(strange === undefined ? [] : [strange])]
  const at = { file, ...placeInYaml(read, path), field: harmless(path.map(String).join('.'), 100) }
  throw configInvalid(at, strange === undefined ? (issue?.message ?? 'is wrong') : 'is no answer', hint())
}

const hint = (): string => `Known: ${KNOWN.join(', ')}. Nothing was started.`

/** Answers as a file that `readAnswers` reads; those that say nothing are left out. */
export function answersText(template: string, answers: RunAnswers): string {
  const isSaid = (value: unknown): boolean =>
    value !== undefined && (typeof value !== 'object' || value === null || Object.keys(value).length > 0)
  const said = Object.fromEntries(
    KNOWN.map((name) => [name, answers[name as keyof RunAnswers]]).filter(([, value]) => isSaid(value)),
  )
  return `# souk run ${template} --answers FILE\n${stringify(said, { lineWidth: 0 })}`
}
