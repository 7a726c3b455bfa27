import pLimit from 'p-limit'
import { dirname, join, resolve } from 'node:path'
import type { Cache } from '../cache/cache.ts'
import type { LoadedSettings, Settings } from '../config/settings.ts'
import { goodsHere } from './goods-here.ts'
import type { Install } from '../install/install.ts'
import type { ApiVersionsStatus, Marketplace, ValidateRequest } from '../marketplace.ts'
import type { Emit } from '../model/events.ts'
import type { Report } from '../model/report.ts'
import type { Paths } from '../system/paths.ts'
import type { System } from '../system/system.ts'
import type { FilesMemory } from '../validation/files-memory.ts'
import type { ValidateOptions } from '../validation/validator.ts'
import type { Pool } from '../validation/worker-pool.ts'

/** What a setting says that names nothing. */
const NONE = 'none'

interface ValidationParts {
  system: System
  loaded: LoadedSettings
  cache: Cache
  emit: Emit
  paths: Pick<Paths, 'data'>
  /** What is installed, which manifests may depend on. */
  store: Pick<Install, 'installed'>
  /** The folder of goods that come with the program. */
  goods: string
}

interface Validation extends Pick<Marketplace, 'validate' | 'watchValidation' | 'apiVersions'> {
  closeThreads(): Promise<void>
}

/** The folder of the settings file, or where the user stands. */
export const settingsFolder = (loaded: LoadedSettings, { env }: System): string =>
  loaded.file ? dirname(loaded.file.path) : env.cwd

/** The validator with its threads, the cache and what the settings say. Loads nothing before the first question. */
export function openValidation(parts: ValidationParts): Validation {
  const { system, loaded, emit, paths } = parts
  const { settings } = loaded
  const folder = settingsFolder(loaded, system)
  const limit = pLimit(Math.max(1, settings.concurrency.processes))
  const apiVersions = join(paths.data, 'api-versions.json')
  let pool: Promise<Pool> | undefined
  const openedPool = (): Promise<Pool> => (pool ??= poolOf(parts, apiVersions))

  const toolkitOf = ({ armTtk }: ValidateRequest): Pick<ValidateOptions, 'toolkit'> => {
    const { armTtk: general, pwsh, armTtkTimeoutMs: timeoutMs } = settings.validation
    if ((armTtk ?? general) === NONE) return {}
    const path = armTtk === undefined ? resolve(folder, general) : resolve(system.env.cwd, armTtk)
    return { toolkit: { path, pwsh, limit, timeoutMs } }
  }
  const optionsOf = async (request: ValidateRequest): Promise<ValidateOptions & { path: string }> => {
    const { path, rule, only, hostVersions, isTraced, isCanonical, isOneOfMany } = request
    const { signal, onProgress, onFinding } = request
    return {
      path,
      system,
      apiVersionsFile: apiVersions,
      pool: await openedPool(),
      ...(request.isFresh ? {} : { cache: parts.cache }),
      known: () => goodsHere(parts.store, parts.goods),
      ...given({ rule, only, hostVersions, isTraced, isCanonical, isOneOfMany, signal, onProgress, onFinding }),
      ...(await importedBy(request, system)),
      ...toolkitOf(request),
      ...(await judging(request, { cwd: system.env.cwd, folder, settings })),
    }
  }

  const validate = async (request: ValidateRequest, memory?: FilesMemory): Promise<Report> => {
    const { validatePath } = await import('../validation/validator.ts')
    const report = await validatePath({ ...(await optionsOf(request)), ...(memory ? { memory } : {}) })
    emit('validation.done', { status: report.status })
    return report
  }
  return {
    validate,
    async *watchValidation(request) {
      const [{ watchValidation }, { openFilesMemory }] = await Promise.all([
        import('./watch-validation.ts'),
        import('../validation/files-memory.ts'),
      ])
      const memory = openFilesMemory()
      const { path, signal } = request
      // The memory answers sooner than the disk, and every save would fill the cache with one more report.
      const again = (): Promise<Report> => validate({ ...request, isFresh: true }, memory)
      yield* watchValidation({ path, signal, clock: system.clock, validate: again })
    },
    apiVersions: apiVersionsOf(parts, apiVersions, async () => {
      await (await pool)?.close()
      pool = undefined
    }),
    async closeThreads() {
      await (await pool)?.close()
    },
  }
}

/** What another scanner found, when its log was named. */
async function importedBy(
  { path, importSarif: file }: ValidateRequest,
  { env }: System,
): Promise<Pick<ValidateOptions, 'imported'>> {
  if (file === undefined) return {}
  const { importSarif } = await import('../validation/import-sarif.ts')
  return { imported: await importSarif(resolve(env.cwd, file), path) }
}

/** The table of API versions in a file; `renew` is called when it was replaced. */
const apiVersionsOf = (
  { system, loaded }: ValidationParts,
  file: string,
  renew: () => Promise<void>,
): Marketplace['apiVersions'] => ({
  status: () => statusOf(file, system),
  async update(source, signal) {
    const { fetchApiVersions } = await import('./fetch-api-versions.ts')
    const { keepApiVersions } = await import('../validation/api-version-data.ts')
    const { forgetApiVersions } = await import('../validation/known-api-versions.ts')
    await keepApiVersions(file, await fetchApiVersions({ system, settings: loaded.settings }, source, signal))
    forgetApiVersions(file)
    await renew()
    return statusOf(file, system)
  },
})

async function poolOf({ system, loaded }: ValidationParts, apiVersions: string): Promise<Pool> {
  const { openPool } = await import('../validation/worker-pool.ts')
  const { workers, timeoutMs } = loaded.settings.validation
  return openPool({ clock: system.clock, size: workers, fileTimeoutMs: timeoutMs, apiVersions })
}

/** What the user says about findings: a policy that was named, else the one beside the target, else that of the settings. */
async function judging(
  { path, policy, baseline, isStrict = false }: ValidateRequest,
  { cwd, folder, settings }: { cwd: string; folder: string; settings: Settings },
): Promise<Pick<ValidateOptions, 'policy' | 'baseline'>> {
  if (isStrict) return {}
  const { policyBeside, readPolicy } = await import('../validation/policy.ts')
  const general = settings.validation.policy
  const file =
    policy === undefined
      ? ((await policyBeside(path)) ?? (general === NONE ? undefined : resolve(folder, general)))
      : resolve(cwd, policy)
  const { readBaseline } = await import('../validation/baseline.ts')
  return {
    policy: file === undefined ? 'none' : await readPolicy(file),
    ...(baseline === undefined ? {} : { baseline: await readBaseline(resolve(cwd, baseline)) }),
  }
}

async function statusOf(file: string, system: System): Promise<ApiVersionsStatus> {
  const { knownApiVersions } = await import('../validation/known-api-versions.ts')
  const { madeAt, size, source } = await knownApiVersions(file)
  const ageDays = Math.max(0, Math.floor((system.clock.now() - madeAt) / 86_400_000))
  return { date: new Date(madeAt).toISOString().slice(0, 10), ageDays, types: size, source }
}

/** An object without the members that are undefined. */
const given = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never
