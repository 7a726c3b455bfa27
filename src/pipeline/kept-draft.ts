import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { z } from 'zod'
import { packRefusal } from '../bundle/pack.ts'
import { fileProblem, usage } from '../model/errors.ts'
import { OUTSIDE } from '../model/limits.ts'
import type { Draft, DraftFile } from '../model/draft.ts'
import { answersOf } from './builtin-middleware.ts'
import { nestedLayers } from './generators/arm-resources.ts'
import { generateArm, toJson, type ArmResource } from './generators/arm-template.ts'
import { readTemplate } from './middleware/edit-template.ts'
import type { StageId } from '../model/stages.ts'
import type { RunState } from './run-state.ts'

/** Beside the files of an environment: what the next stage needs to know besides them. It is never packed. */
const KEPT_DRAFT = '.souk-draft.json'

const findingSchema = z.object({
  rule: z.string(),
  level: z.enum(['error', 'warning', 'note']),
  severity: z.enum(['critical', 'high', 'medium', 'low', 'info']),
  file: z.string(),
  line: z.number(),
  column: z.number(),
  message: z.string(),
})

const shape = z.object({
  notes: z.array(z.string()),
  changes: z.array(z.object({ by: z.string(), text: z.string() })),
  sections: z.array(z.object({ id: z.string(), title: z.string(), lines: z.array(z.string()), data: z.unknown() })),
  findings: z.array(findingSchema).default([]),
  /** Layers in order, with how many resources each made. */
  layers: z.array(z.object({ name: z.string(), count: z.number().int().min(0) })),
})

/** What is not in the files of a draft, as one more file. */
export function keptDraft(run: RunState, { env, notes, changes, sections }: Draft): DraftFile {
  const layers = (run.made.get(env)?.layers ?? []).map(({ name, resources }) => ({ name, count: resources.length }))
  const findings = run.made.get(env)?.findings ?? []
  return { path: KEPT_DRAFT, content: toJson({ notes, changes, sections, findings, layers }) }
}

/** Fills a draft with what the stage before left in OUT/ENV; changes made to the files since then count. */
export function restoreDraft(run: RunState, draft: Draft, stage: StageId): void {
  const folder = join(run.target.out, draft.env)
  const hasTemplate = existsSync(join(folder, 'mainTemplate.json'))
  // A Pulumi project alone has no template; what a stage left beside it says that it is ours.
  if (!hasTemplate && !(run.format === 'pulumi' && existsSync(join(folder, KEPT_DRAFT)))) {
    const what = `There is nothing in ${folder} for the stage "${stage}" to work on.`
    throw usage(what, 'Run "--only generate" first, or all stages.')
  }
  for (const path of pathsBelow(folder)) {
    const content = readFileSync(join(folder, path))
    if (content.length > OUTSIDE.jsonBytes) throw fileProblem(join(folder, path), 'this file is too large')
    draft.files.push({ path, content })
  }
  const kept = readKept(join(folder, KEPT_DRAFT))
  draft.notes.push(...kept.notes)
  // What a stage changed is told anew when it runs again.
  if (stage !== 'enrich') draft.changes.push(...kept.changes)
  draft.sections.push(...kept.sections)
  if (!hasTemplate) {
    run.made.set(draft.env, generateArm(run.template, answersOf(run, draft)))
    return
  }
  const template = readTemplate(draft)
  const { resources } = template
  const layers = Array.isArray(resources) ? layersIn(resources, kept.layers) : nestedLayers(template)
  run.made.set(draft.env, { template, layers, notes: kept.notes, findings: kept.findings })
}

/** The layers of a list of resources, by how many each made. */
function layersIn(resources: ArmResource[], counts: readonly { name: string; count: number }[]) {
  let from = 0
  return counts.map(({ name, count }) => {
    from += count
    return { name, resources: resources.slice(from - count, from) }
  })
}

/** The files of an environment, sorted. None of them are dot files, of Souk's own or with secrets, and key files. */
const pathsBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => relative(folder, join(one.parentPath, one.name)).split(sep).join('/'))
    .filter((path) => packRefusal(path) === undefined)
    .toSorted()

function readKept(path: string): z.infer<typeof shape> {
  if (!existsSync(path)) return { notes: [], changes: [], sections: [], findings: [], layers: [] }
  try {
    return shape.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw fileProblem(path, 'this is not what a stage leaves; generate it again', error)
  }
}
