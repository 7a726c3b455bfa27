import { join } from 'node:path'
import type { PackFile } from '../bundle/entry-content.ts'
import type { Draft } from '../model/draft.ts'
import { accessMatrix } from './generators/access-matrix.ts'
import { deploymentOrder, type DeploymentOrder } from './generators/deployment-order.ts'
import { architecture } from './generators/architecture.ts'
import { openAnswers, type Answers } from './generators/answers.ts'
import type { Generated } from './generators/arm-template.ts'
import { generateArm, mainTemplate, toJson, viewDefinition } from './generators/arm-template.ts'
import { featureWord, overrideText } from './generators/features.ts'
import { parametersFile } from './generators/parameters-file.ts'
import { portalForm } from './generators/portal-form.ts'
import type { Template } from './generators/template-folder.ts'
import { isIn, textFiles } from './generators/text-files.ts'
import { aiGovernance } from './middleware/ai-governance.ts'
import { addSection } from './middleware/edit-template.ts'
import { compliance } from './middleware/compliance.ts'
import { finops } from './middleware/finops.ts'
import type { Middleware } from './pipeline.ts'
import { placeOf } from './places.ts'
import type { RunState, RunTools } from './run-state.ts'
import { writeFiles } from './output-folder.ts'
import { portableReport, reportText, withFindings } from './stages/report-file.ts'

/** What one environment of a run is made of. */
export const answersOf = (run: RunState, { env, parameters }: Pick<Draft, 'env' | 'parameters'>): Answers =>
  openAnswers(run.template, { env, parameters, seed: run.seed, features: run.features, tierMode: run.tierMode })

/** What the files of one environment are made of, and the files themselves. */
function generated(run: RunState, answers: Answers): { made: Generated; files: { path: string; content: string }[] } {
  const made = generateArm(run.template, answers)
  const { template, format } = run
  const arm = isIn('arm', format) ? armFiles(template, answers, made) : []
  const order = deploymentOrder(template, made.template)
  const more = { ...order, hasArm: isIn('arm', format) }
  return {
    made,
    files: [...arm, ...tableFiles(template, answers, order), ...textFiles(template, answers, { format, more })],
  }
}

/** What programs may want to know of the tables: the order of deployment, and who may reach whom. */
const tableFiles = (
  { environments: { network }, steps }: Template,
  answers: Answers,
  order: DeploymentOrder,
): { path: string; content: string }[] => [
  ...(steps.length > 0
    ? [{ path: 'deployment-order.json', content: toJson({ environment: answers.env, ...order }) }]
    : []),
  ...(network?.access.length ? [{ path: 'access-matrix.json', content: toJson(accessMatrix(network, answers)) }] : []),
]

const armFiles = (template: Template, answers: Answers, made: Generated): { path: string; content: string }[] => [
  { path: 'mainTemplate.json', content: mainTemplate(made.template) },
  { path: 'createUiDefinition.json', content: portalForm(made.template) },
  { path: 'parameters.json', content: parametersFile(made.template, answers) },
  ...(template.viewDefinition
    ? [{ path: 'viewDefinition.json', content: viewDefinition(template, template.viewDefinition, answers) }]
    : []),
]

function generate(run: RunState, tools: RunTools): Middleware {
  return {
    ...placeOf('arm-layers'),
    async process(draft, next, context) {
      const answers = answersOf(run, draft)
      const { folder: _folder, ...parts } = run.template
      const from = { ...parts, answers, format: run.format }
      const make = (): ReturnType<typeof generated> => generated(run, answers)
      const { value, isCached } = (await tools.keep?.(from, run.cacheTtlMs, make)) ?? { value: make(), isCached: false }
      if (isCached) {
        run.cached.add(draft.env)
        context.log(`${draft.env}: cache hit, made before from the same things`)
      }
      draft.notes.push(...value.made.notes)
      if (answers.overrides.length > 0) addSection(draft, overridesSection(answers))
      draft.files.push(...value.files)
      run.made.set(draft.env, value.made)
      await next()
    },
  }
}

const overridesSection = ({ overrides }: Answers): Draft['sections'][number] => ({
  id: 'overrides',
  title: 'Overrides',
  lines: overrides.map(overrideText),
  data: overrides.map((one) => ({ ...one, feature: featureWord(one.feature) })),
})

const ARCHITECTURE = 'ARCHITECTURE.md'

function describe(run: RunState): Middleware {
  return {
    ...placeOf('architecture'),
    async process(draft, next) {
      const made = run.made.get(draft.env)
      if (made) {
        const content = architecture(run.template, answersOf(run, draft), made)
        draft.files = [...draft.files.filter((file) => file.path !== ARCHITECTURE), { path: ARCHITECTURE, content }]
      }
      await next()
    },
  }
}

function validate(run: RunState, tools: RunTools): Middleware {
  return {
    ...placeOf('rules'),
    async process(draft, next, context) {
      const folder = join(run.target.staging, draft.env)
      writeFiles(folder, draft.files)
      const report = await tools.validate({
        path: folder,
        signal: context.signal,
        onProgress: (done, total) => context.progress(done, total, 'rules'),
      })
      const own = run.made.get(draft.env)?.findings ?? []
      draft.report = withFindings(portableReport(report, folder, draft.env), own)
      const files = [
        { path: 'report.json', content: toJson({ ...draft.report, notes: draft.notes, ...sectionsOf(draft) }) },
        { path: 'report.md', content: reportText(draft, draft.report) },
      ]
      writeFiles(folder, files)
      const isReport = (path: string): boolean => files.some((file) => file.path === path)
      draft.files = [...draft.files.filter((file) => !isReport(file.path)), ...files]
      await next()
    },
  }
}

function pack(run: RunState, tools: RunTools): Middleware {
  return {
    ...placeOf('zip'),
    async process(draft, next, context) {
      const { manifest, env } = draft
      // By name, so that a package is the same whether its files were just made or lay in the folder.
      const sorted = draft.files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
      const files: PackFile[] = sorted.map(({ path, content }) => ({ path, content }))
      const into = join(run.target.staging, zipName(manifest.id, env, manifest.version))
      const packed = await tools.pack({
        files,
        manifest: { template: manifest.id, version: manifest.version, environment: env, seed: run.seed },
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

/** What middleware adds to the report, by its id. */
const sectionsOf = ({ sections }: Draft): object =>
  sections.length > 0 ? { sections: Object.fromEntries(sections.map(({ id, data }) => [id, data])) } : {}

/** Sends the goods the run was made from to a registry, once for all environments. */
function publish(run: RunState, tools: RunTools): Middleware {
  return {
    ...placeOf('registry'),
    skip: (draft) => (draft === run.drafts[0] ? undefined : 'the template is published once'),
    async process(_draft, next, context) {
      if (run.publish === undefined || !tools.publish) return 'no registry was named'
      run.published = await tools.publish({ path: run.template.folder, registry: run.publish, job: run.job }, context)
      await next()
    },
  }
}

export const builtinMiddleware = (run: RunState, tools: RunTools): Middleware[] => [
  generate(run, tools),
  aiGovernance(run),
  finops(run, tools),
  describe(run),
  compliance(),
  validate(run, tools),
  pack(run, tools),
  publish(run, tools),
]
