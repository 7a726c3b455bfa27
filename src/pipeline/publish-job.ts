import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { packFolder } from '../bundle/pack.ts'
import { removeTree } from '../bundle/remove-tree.ts'
import type { UnpackLimits } from '../bundle/unpack.ts'
import { unpackZip } from '../bundle/zip.ts'
import type { JobType, Step, StepContext } from '../jobs/job.ts'
import {
  fileProblem,
  isMarketError,
  itemFailedRules,
  jobCancelled,
  parameterInvalid,
  type MarketError,
} from '../model/errors.ts'
import type { Emit } from '../model/events.ts'
import type { Manifest } from '../model/manifest.ts'
import { MANIFEST_FILES } from '../model/manifest-files.ts'
import { problemOf } from '../model/problem.ts'
import type { Publication } from '../model/publication.ts'
import type { Report } from '../model/report.ts'
import type { System } from '../system/system.ts'
import { readInside, readManifest } from './generators/template-folder.ts'
import type { Validate } from './run-state.ts'

/** A registry as something to publish to. */
interface PublishTarget {
  name: string
  url: string
  /** Why nothing can be published there, without asking it. */
  problem(): MarketError | undefined
  send(body: Record<string, unknown>, signal: AbortSignal): Promise<{ url?: string; message?: string }>
  /** Drops the cached answers that do not know the new version. */
  forget(): Promise<void>
}

export interface PublishTools {
  system: System
  validate: Validate
  limits: UnpackLimits
  emit: Emit
  /** Folder for what is unpacked and packed meanwhile. */
  workFolder: string
  /** Throws `registry.unknown`. */
  target(name: string): PublishTarget
}

/** A publication under way. */
interface PublishWork {
  path: string
  target: PublishTarget
  /** Folder of its own, removed at the end. */
  stage: string
  goods?: { folder: string; manifest: Manifest }
  report?: Report
  archive?: { path: string; bytes: number; sha256: string; entries: number; left: { path: string; why: string }[] }
  answer?: { url?: string; message?: string }
}

/** Largest package that is sent, bytes; it travels within JSON. */
const MAX_ARCHIVE_BYTES = 32 * 1024 * 1024

function openWork(tools: PublishTools, input: Record<string, unknown>, name: string): PublishWork {
  const { path, registry } = input
  if (typeof path !== 'string' || path === '' || typeof registry !== 'string')
    throw parameterInvalid(['path and registry must be texts.'], ['path', 'registry'])
  const stage = join(tools.workFolder, `publish-${name}`)
  return { path: resolve(tools.system.env.cwd, path), target: tools.target(registry), stage }
}

/** The folder of goods: the one named, that of a named manifest, or what a ZIP unpacks to by the rules of an install. */
async function readGoods(work: PublishWork, tools: PublishTools, context: StepContext): Promise<void> {
  const { path, stage } = work
  const there = statSync(path, { throwIfNoEntry: false })
  if (!there) throw fileProblem(path, 'there is no such file or folder')
  mkdirSync(stage, { recursive: true, mode: 0o700 })
  let folder = path
  if (there.isFile() && /\.zip$/i.test(path)) {
    folder = join(stage, 'unpacked')
    await unpackZip(path, folder, { label: path, limits: tools.limits, signal: context.signal })
  } else if (there.isFile()) {
    folder = dirname(path)
    if (!MANIFEST_FILES.some((name) => path.endsWith(name)))
      throw fileProblem(path, `this is no folder, no ZIP and no ${MANIFEST_FILES[0]}`)
  }
  work.goods = { folder, manifest: readManifest(folder) }
  // After the manifest, so that the audit trail knows what was refused.
  const problem = work.target.problem()
  if (problem) throw problem
}

const goodsOf = ({ goods }: PublishWork): NonNullable<PublishWork['goods']> => {
  if (!goods) throw new Error('the goods were not read')
  return goods
}

async function checkRules(work: PublishWork, tools: PublishTools, context: StepContext): Promise<void> {
  const { folder, manifest } = goodsOf(work)
  const onProgress = (done: number, total: number): void => context.progress(done, total, 'rules')
  const report = await tools.validate({ path: folder, signal: context.signal, onProgress })
  work.report = report
  if (report.status !== 'failed') return
  const { score, findings } = report
  throw itemFailedRules(manifest.id, [{ env: '', score, findings: findings.length }], `souk validate ${work.path}`)
}

/** A folder is packed into the same bytes each time; a ZIP goes as it is. */
async function pack(work: PublishWork, context: StepContext): Promise<void> {
  const { folder, manifest } = goodsOf(work)
  const into = join(work.stage, `${manifest.id}-${manifest.version}.zip`)
  if (/\.zip$/i.test(work.path) && folder !== work.path) {
    const bytes = await readFile(work.path)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    work.archive = { path: work.path, bytes: bytes.length, sha256, entries: 0, left: [] }
  } else {
    const onProgress = (bytes: number): void => context.progress(bytes, undefined, 'bytes')
    work.archive = { path: into, ...(await packFolder(folder, { into, signal: context.signal, onProgress })) }
  }
  for (const one of work.archive.left) context.log(`left out ${one.path}: ${one.why}`, 'warning')
  const { bytes } = work.archive
  if (bytes > MAX_ARCHIVE_BYTES)
    throw fileProblem(work.path, `it packs to ${bytes} bytes, and at most ${MAX_ARCHIVE_BYTES} can be published`)
}

/** The manifest in the words of the wire, with the packed folder. */
async function bodyOf(work: PublishWork): Promise<Record<string, unknown>> {
  const { folder, manifest } = goodsOf(work)
  const { id, name, ...rest } = manifest
  const { path, bytes: size, sha256 } = work.archive ?? { path: '', bytes: 0, sha256: '' }
  const readme = existsSync(join(folder, 'README.md')) ? readInside(folder, 'README.md') : undefined
  const archive = { format: 'zip', sha256, size, content: await readFile(path, 'base64') }
  return { ...rest, name: id, title: name ?? id, long_description: readme, archive }
}

async function send(work: PublishWork, tools: PublishTools, context: StepContext): Promise<void> {
  work.answer = await work.target.send(await bodyOf(work), context.signal)
  tell(work, tools)
  context.log(`${work.target.name} says: ${work.answer.message ?? 'published'} ${work.answer.url ?? ''}`.trimEnd())
}

/** What was published, or would be. */
function publicationOf(work: PublishWork): Publication {
  const { manifest } = goodsOf(work)
  const { bytes = 0, sha256 = '', left = [] } = work.archive ?? {}
  const { url } = work.answer ?? {}
  return {
    id: manifest.id,
    version: manifest.version,
    registry: work.target.name,
    bytes,
    sha256,
    left,
    ...(work.report ? { report: { status: work.report.status, score: work.report.score } } : {}),
    ...(url === undefined
      ? {}
      : { url: URL.canParse(url, work.target.url) ? new URL(url, work.target.url).href : url }),
  }
}

/** Tells how it ended. */
function tell(work: PublishWork, tools: PublishTools, error?: unknown): void {
  const { id, version } = work.goods?.manifest ?? { id: work.path, version: undefined }
  tools.emit('publish.ended', {
    item: id,
    ...(version === undefined ? {} : { version }),
    registry: work.target.name,
    ...(error === undefined ? {} : { problem: problemOf(error) }),
  })
}

/** Runs one part; a failure is told, whoever runs it. */
async function part<T>(work: PublishWork, tools: PublishTools, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  try {
    signal.throwIfAborted()
    return await run()
  } catch (error) {
    tell(work, tools, signal.aborted && !isMarketError(error) ? jobCancelled('The publication') : error)
    throw error
  }
}

/** All that happens before anything is sent. */
const beforeSending = (tools: PublishTools): Step<PublishWork>[] => [
  { id: 'read', title: 'Read', run: (work, context) => readGoods(work, tools, context) },
  { id: 'rules', title: 'Check the rules', run: (work, context) => checkRules(work, tools, context) },
  { id: 'pack', title: 'Pack', run: pack },
]

/** The job `publish`. Input: `{path, registry}`; a folder of goods, its manifest or a ZIP, and a registry by name. */
export function publishJobType(tools: PublishTools): JobType<PublishWork> {
  const told = (step: Step<PublishWork>): Step<PublishWork> => ({
    ...step,
    run: (work, context) => part(work, tools, context.signal, () => step.run(work, context)),
  })
  return {
    type: 'publish',
    open: (input, spec) => openWork(tools, input, spec.id),
    steps: () => [
      ...beforeSending(tools).map(told),
      told({ id: 'publish', title: 'Publish', run: (work, context) => send(work, tools, context) }),
      { id: 'cache', title: 'Update the cache', run: (work) => work.target.forget() },
    ],
    result: (work) => ({ ...publicationOf(work) }),
    close: (work) => removeTree(work.stage),
    sweep: (spec) => removeTree(join(tools.workFolder, `publish-${spec.id}`)),
  }
}

/** The dry run: everything a job does before it sends, and what it would send. */
export async function preparePublication(
  tools: PublishTools,
  input: { path: string; registry: string },
  signal: AbortSignal,
): Promise<Publication> {
  const work = openWork(tools, input, tools.system.random.id(12))
  const context: StepContext = { signal, progress: () => {}, log: () => {} }
  try {
    for (const step of beforeSending(tools)) await part(work, tools, signal, () => step.run(work, context))
    return publicationOf(work)
  } finally {
    await removeTree(work.stage)
  }
}

/** Publishes a folder of goods as a part of another job, the steps one after another; answers what was published. */
export async function publishFolder(
  tools: PublishTools,
  what: { path: string; registry: string; job: string },
  context: StepContext,
): Promise<Record<string, unknown>> {
  const { path, registry, job } = what
  const type = publishJobType(tools)
  const work = openWork(tools, { path, registry }, job)
  try {
    for (const step of type.steps(work)) await step.run(work, context)
    return type.result(work)
  } finally {
    await removeTree(work.stage)
  }
}
