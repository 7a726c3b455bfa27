import { loadPatterns } from '../model/pattern.ts'
import { openAnswers } from './generators/answers.ts'
import { renderLayers } from './generators/arm-template.ts'
import { environmentOf } from './generators/environments.ts'
import type { Sink } from './generators/json-writer.ts'
import { checkParameters } from './generators/parameters.ts'
import { streamTemplate } from './generators/stream-template.ts'
import { loadTemplate } from './generators/template-folder.ts'
import type { TierMode } from './generators/tiers.ts'
import { parseRunInput, templateFolder, type TemplatePlaces } from './run-input.ts'

export interface StreamRequest {
  template: string
  env: string
  parameters: Record<string, unknown>
  seed?: string | undefined
  features?: Record<string, boolean>
  tiers?: TierMode
}

/**
 * Generates the template of one environment straight into a sink, in the bytes that the stage `generate` writes to its
 * file. The first come before the resources are made; nothing is enriched, checked or packed.
 */
export async function streamRun(
  places: TemplatePlaces,
  request: StreamRequest,
  sink: Sink,
  signal: AbortSignal,
): Promise<{ resources: number; characters: number }> {
  const { env, seed, ...rest } = request
  const given = { ...rest, envs: [env], out: '.', ...(seed === undefined ? {} : { seed }) }
  const input = parseRunInput(given, places.system)
  const template = loadTemplate(await templateFolder(input.template, places))
  await loadPatterns()
  environmentOf(template.environments, env, template.manifest.id)
  const parameters = checkParameters(template.manifest, input.parameters)
  const answers = openAnswers(template, {
    env,
    parameters,
    seed: input.seed,
    features: input.features,
    tierMode: input.tiers,
  })
  return streamTemplate(renderLayers(template, answers), sink, signal)
}
