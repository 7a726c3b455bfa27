import { join } from 'node:path'
import type { Cache } from '../cache/cache.ts'
import type { LoadedSettings } from '../config/settings.ts'
import type { JobType } from '../jobs/job.ts'
import type { Marketplace } from '../marketplace.ts'
import { registryUnknown } from '../model/errors.ts'
import type { Emit } from '../model/events.ts'
import type { PublishTools } from '../pipeline/publish-job.ts'
import type { RunTools } from '../pipeline/run-state.ts'
import type { Registry } from '../registries/registry.ts'
import type { System } from '../system/system.ts'
import type { Paths } from '../system/paths.ts'

interface PublishingParts {
  system: System
  settings: LoadedSettings['settings']
  registries: readonly Registry[]
  cache: Cache
  validate: Marketplace['validate']
  emit: Emit
  paths: Paths
  /** Done before a job of this kind begins. */
  ready(): Promise<void>
}

const hasFound = (value: unknown): boolean => typeof value === 'object' && value !== null && 'found' in value

/** Publishing to the registries of the settings: as a job, and as the dry run of one. Loaded when first used. */
export function openPublishing(parts: PublishingParts): {
  jobType(): Promise<JobType>
  prepare: Marketplace['publication']
  publish: NonNullable<RunTools['publish']>
  checkRegistry: NonNullable<RunTools['checkRegistry']>
} {
  const { system, settings, registries, cache, validate, emit, paths } = parts
  const target: PublishTools['target'] = (name) => {
    const registry = registries.find(({ entry }) => entry.name === name)
    if (!registry) {
      const names = registries.map(({ entry }) => entry.name)
      throw registryUnknown(name, names.filter((one) => one.includes(name) || name.includes(one)).slice(0, 3))
    }
    return {
      name,
      url: registry.entry.url,
      problem: () => registry.publishProblem?.(),
      async send(body, signal) {
        if (!registry.publish) throw new Error(`${name} was asked to publish and cannot`)
        return registry.publish(body, { signal })
      },
      // The registry itself forgets what it said of the item; a search or a "not there" of before may be wrong now too.
      async forget() {
        await cache.clear(`search:${name}:*`)
        await cache.clearWhere(`metadata:${name}:*`, (value) => !hasFound(value))
      },
    }
  }
  const { install: limits } = settings
  const tools: PublishTools = { system, validate, limits, emit, workFolder: join(paths.cache, 'work'), target }
  return {
    async jobType() {
      const [{ publishJobType }] = await Promise.all([import('../pipeline/publish-job.ts'), parts.ready()])
      return publishJobType(tools)
    },
    checkRegistry(name) {
      const problem = target(name).problem()
      if (problem) throw problem
    },
    async publish(what, context) {
      const [{ publishFolder }] = await Promise.all([import('../pipeline/publish-job.ts'), parts.ready()])
      return publishFolder(tools, what, context)
    },
    async prepare({ signal, ...input }) {
      const { preparePublication } = await import('../pipeline/publish-job.ts')
      return preparePublication(tools, input, signal ?? new AbortController().signal)
    },
  }
}
