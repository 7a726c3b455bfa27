import { itemManifest } from '../../model/errors.ts'
import { OWN_PARAMETER, openAnswers, type Answers } from './answers.ts'
import { contextOf, seedOf } from './arm-template.ts'
import { openRenderer } from './handlebars.ts'
import type { Template, TextFile } from './template-folder.ts'
import { holds } from './when.ts'

/** What is written: ARM files, a Pulumi project, or the two side by side. */
export const FORMATS = ['arm', 'pulumi', 'both'] as const
export type Format = (typeof FORMATS)[number]

/** Whether a file of one format belongs to what was asked for. */
export const isIn = (format: Format, asked: Format): boolean =>
  format === 'both' || asked === 'both' || format === asked

/** What text files see besides what layers see: every environment as the tables have it, and the goods themselves. */
function textContext(template: Template, answers: Answers, format: Format): Record<string, unknown> {
  const { manifest, environments } = template
  const { seed, parameters } = answers
  const shared = Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== OWN_PARAMETER))
  const all = Object.keys(environments.environments).map((env) =>
    env === answers.env
      ? contextOf(template, answers)
      : contextOf(template, openAnswers(template, { env, parameters: shared, seed })),
  )
  const { id, version, name = id, description } = manifest
  const { rows, network } = environments
  return {
    ...contextOf(template, answers),
    format,
    seed,
    manifest: { id, version, name, description },
    rows,
    network,
    all,
  }
}

/** The text files of one environment: rendered where the name ends in .hbs, else as they are. */
export function textFiles(
  template: Template,
  answers: Answers,
  { format, more = {} }: { format: Format; more?: Record<string, unknown> },
): { path: string; content: string }[] {
  const wanted = template.files.filter((one) => isIn(one.format, format) && isWanted(one, answers))
  if (wanted.length === 0) return []
  const renderer = openRenderer(
    { ...textContext(template, answers, format), ...more },
    seedOf(template, answers),
    template.parts,
  )
  return wanted.map(({ from, to, source }) => ({
    path: to.replaceAll('{env}', answers.env),
    content: from.endsWith('.hbs') ? renderer.render(source, from, 'text') : source,
  }))
}

function isWanted({ when, from }: TextFile, { environment, parameters }: Answers): boolean {
  if (when === undefined) return true
  const isOn = holds(when, { ...environment, parameters })
  if (isOn === undefined) throw itemManifest(from, `"when: ${when}" names no feature, setting or parameter`)
  return isOn
}
