import { isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import { itemNotFound, parameterInvalid } from '../model/errors.ts'
import { ID_PATTERN } from '../model/manifest.ts'
import type { System } from '../system/system.ts'
import { STAGES } from '../model/stages.ts'
import { hasManifest } from './generators/template-folder.ts'
import { FORMATS } from './generators/text-files.ts'
import { TIER_MODES } from './generators/tiers.ts'

/** What a run is asked: the input of the `run` and `generate` jobs. */
const runInputSchema = z.object({
  /** An id of a template, or a folder that holds one. */
  template: z.string().min(1),
  envs: z.array(z.string()).min(1),
  /** Folder to write to; best absolute, since a rerun may be started elsewhere. */
  out: z.string().min(1),
  parameters: z.record(z.string(), z.unknown()).default({}),
  /** Features that are on or off whatever the tables say, by name. */
  features: z.record(z.string(), z.boolean()).default({}),
  /** `requested` generates tiers as the tables have them, even where they cannot do what is used. */
  tiers: z.enum(TIER_MODES).default('effective'),
  format: z.enum(FORMATS).default('arm'),
  /** Whatever looks like chance in the output comes from this text. */
  seed: z.string().max(200).default('souk'),
  /** Write over what a former run left. */
  force: z.boolean().default(false),
  /** ZIP level 0 to 9. */
  level: z.number().int().min(0).max(9).optional(),
  /** Runs one stage alone, on what the stage before it left in the output folder. */
  only: z.enum(STAGES).optional(),
  /** Middleware to leave out, by id. */
  without: z.array(z.string()).default([]),
  /** Tells which lines middleware changed. */
  diff: z.boolean().default(false),
  /** Registry to publish the template to when all else went well. */
  publish: z.string().min(1).optional(),
  /** How long what is generated is kept for the next run, ms. */
  cacheTtlMs: z.number().int().min(0).optional(),
})
export type RunInput = z.infer<typeof runInputSchema>

/** The input of a run, checked; the output folder is made absolute. */
export function parseRunInput(input: Record<string, unknown>, system: System): RunInput {
  const given = input['parameters']
  // The schema would drop this name without a word.
  if (typeof given === 'object' && given !== null && Object.hasOwn(given, '__proto__')) {
    throw parameterInvalid(['"__proto__" is no parameter.'])
  }
  const parsed = runInputSchema.safeParse(input)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}.`)
    throw parameterInvalid(problems, Object.keys(runInputSchema.shape))
  }
  return { ...parsed.data, envs: [...new Set(parsed.data.envs)], out: resolve(system.env.cwd, parsed.data.out) }
}

/** Where templates are looked for. */
export interface TemplatePlaces {
  system: System
  /** Folders that hold templates, a folder each named for its id. */
  roots: readonly string[]
  /** Asked for ids that are in none of the roots, for example installed goods; answers a folder. */
  find?(id: string): Promise<string | undefined>
}

/** The folder of a template: a path when it looks like one, else an id. */
export async function templateFolder(given: string, places: TemplatePlaces): Promise<string> {
  if ((/[\\/]/.test(given) && !given.startsWith('builtin/')) || given === '.' || isAbsolute(given)) {
    const path = resolve(places.system.env.cwd, given)
    if (hasManifest(path)) return path
    const found = await places.find?.(given)
    if (found !== undefined) return found
    throw itemNotFound(given, [])
  }
  const id = given.replace(/^builtin\//, '')
  if (ID_PATTERN.test(id)) {
    const root = places.roots.find((one) => hasManifest(join(one, id)))
    if (root !== undefined) return join(root, id)
  }
  const found = await places.find?.(id)
  if (found !== undefined) return found
  throw itemNotFound(given, [])
}
