import { join } from 'node:path'
import type { PackFile } from '../bundle/entry-content.ts'
import { bundleManifest } from '../bundle/pack.ts'
import { itemUnsafe } from '../model/errors.ts'
import { architecture } from './generators/architecture.ts'
import type { Answers, Generated } from './generators/arm-template.ts'
import { generateArm, mainTemplate, toJson } from './generators/arm-template.ts'
import { parametersFile } from './generators/parameters-file.ts'
import { portalForm } from './generators/portal-form.ts'
import type { Middleware } from './pipeline.ts'
import type { RunState, RunTools } from './run-state.ts'
import { writeFiles } from './output-folder.ts'
import { portableReport, reportText } from './stages/report-file.ts'

/** Our own work in each stage. Middleware of others comes before it below 500 and after it above. */
const OURS = 500

const answersOf = (run: RunState, env: string, parameters: Record<string, unknown>): Answers => {
  const environment = run.template.environments.environments[env]
  if (!environment) throw itemUnsafe(run.template.manifest.id, `it lost its environment "${env}"`)
  return { env, environment, parameters, seed: run.seed }
}

/** What the files of one environment are made of, and the files themselves. */
function generated(run: RunState, answers: Answers): { made: Generated; files: { path: string; content: string }[] } {
  const made = generateArm(run.template, answers)
  const files = [
    { path: 'mainTemplate.json', content: mainTemplate(made.template) },
    { path: 'createUiDefinition.json', content: portalForm(made.template) },
    { path: 'parameters.json', content: parametersFile(made.template, answers) },
  ]
  return { made, files }
}

function generate(run: RunState, tools: RunTools): Middleware {
  return {
    id: 'arm-layers',
    stage: 'generate',
    priority: OURS,
    async process(draft, next, context) {
      const answers = answersOf(run, draft.env, draft.parameters)
      const { manifest, environments, layers } = run.template
      const from = { manifest, environments, layers, answers }
      const make = (): ReturnType<typeof generated> => generated(run, answers)
      const { value, isCached } = (await tools.keep?.(from, run.cacheTtlMs, make)) ?? { value: make(), isCached: false }
      if (isCached) {
        run.cached.add(draft.env)
        context.log(`${draft.env}: cache hit, made before from the same things`)
      }
      draft.notes.push(...value.made.notes)
      draft.files.push(...value.files)
      run.made.set(draft.env, value.made)
      await next()
    },
  }
}

function describe(run: RunState): Middleware {
  return {
    id: 'architecture',
    stage: 'enrich',
    priority: OURS,
    async process(draft, next) {
      const made = run.made.get(draft.env)
      if (made) {
        const content = architecture(run.template, answersOf(run, draft.env, draft.parameters), made)
        draft.files.push({ path: 'ARCHITECTURE.md', content })
      }
      await next()
    },
  }
}

function validate(run: RunState, tools: RunTools): Middleware {
  return {
    id: 'rules',
    stage: 'validate',
    priority: OURS,
    async process(draft, next, context) {
      const folder = join(run.target.staging, draft.env)
      writeFiles(folder, draft.files)
      const report = await tools.validate({
        path: folder,
        signal: context.signal,
        onProgress: (done, total) => context.progress(done, total, 'rules'),
      })
      draft.report = portableReport(report, folder, draft.env)
      const files = [
        { path: 'report.json', content: toJson({ ...draft.report, notes: draft.notes }) },
        { path: 'report.md', content: reportText(draft, draft.report) },
      ]
      writeFiles(folder, files)
      draft.files.push(...files)
      await next()
    },
  }
}

function pack(run: RunState, tools: RunTools): Middleware {
  return {
    id: 'zip',
    stage: 'package',
    priority: OURS,
    async process(draft, next, context) {
      const { manifest, env } = draft
      const files: PackFile[] = draft.files.map(({ path, content }) => ({ path, content }))
      const into = join(run.target.staging, zipName(manifest.id, env, manifest.version))
      const facts = { template: manifest.id, version: manifest.version, environment: env, seed: run.seed }
      const packed = await tools.pack({
        files: [...files, await bundleManifest(files, facts)],
        into,
        ...(run.level === undefined ? {} : { level: run.level }),
        signal: context.signal,
        onProgress: (bytes) => context.progress(bytes, undefined, 'bytes'),
      })
      draft.bundle = { path: join(run.target.out, zipName(manifest.id, env, manifest.version)), ...packed }
      await next()
    },
  }
}

export const zipName = (id: string, env: string, version: string): string => `${id}-${env}-${version}.zip`

export const builtinMiddleware = (run: RunState, tools: RunTools): Middleware[] => [
  generate(run, tools),
  describe(run),
  validate(run, tools),
  pack(run, tools),
]
