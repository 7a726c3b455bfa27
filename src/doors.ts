import { existsSync } from 'node:fs'
import { chunkSize } from './arm/stream/chunk-size.ts'
import { memoryRoom } from './arm/stream/room.ts'
import type { Doors } from './commands/command.ts'
import type { LoadedSettings } from './config/settings.ts'
import type { Marketplace } from './marketplace.ts'
import { fileProblem, isMarketError, reasonOf, type ExitCode, type MarketError } from './model/errors.ts'
import { problemOf } from './model/problem.ts'
import { pathsOf } from './system/paths.ts'
import type { Plugins } from './plugins/open-plugins.ts'
import type { System } from './system/system.ts'

export interface DoorParts {
  system: System
  /** The settings, loaded once. */
  settings(): Promise<LoadedSettings>
  market(): Promise<Marketplace>
  /** What the work is done for, for the audit trail. */
  cause: string
  /** The settings file named on the command line. */
  named?: string | undefined
}

/** Work on files that may be larger than memory. */
const largeDoors = (system: System): Pick<Doors, 'chunkSize' | 'analyze' | 'analyzeMany' | 'optimize'> => ({
  async chunkSize(asked) {
    return chunkSize(asked, memoryRoom)
  },
  async analyze(request) {
    const { analyzeTemplate } = await import('./arm/stream/analyze.ts')
    return analyzeTemplate({ ...request, pause: () => system.clock.sleep(PIPE_PAUSE_MS) })
  },
  async analyzeMany({ workers, ...request }) {
    const [{ analyzeMany }, { availableParallelism }] = await Promise.all([
      import('./arm/stream/analyze-many.ts'),
      import('node:os'),
    ])
    return analyzeMany({ ...request, workers: workers ?? Math.max(1, availableParallelism() - 1) })
  },
  async optimize(request) {
    const { optimizeTemplate } = await import('./arm/stream/optimize.ts')
    return optimizeTemplate({ ...request, pause: () => system.clock.sleep(PIPE_PAUSE_MS) })
  },
})

/** What measures the program. */
const benchDoors = (system: System): Doors['bench'] => ({
  async sizes(request) {
    const { report, folder, text } = await (await import('./bench/run-sizes.ts')).runSizes(system, request)
    return { report: { ...report }, folder, text }
  },
  async load(request) {
    const { runLoad } = await import('./bench/load.ts')
    return runLoad(system, request)
  },
  async synth(file, size, seed) {
    const { synthesize } = await import('./bench/sizes.ts')
    try {
      return synthesize(file, size, seed)
    } catch (error) {
      throw fileProblem(file, `it cannot be written (${reasonOf(error)})`, error)
    }
  },
  async compare(before, after) {
    const { readReport, slowDowns } = await import('./bench/compare.ts')
    return slowDowns(readReport(before), readReport(after))
  },
})

/** How long an empty pipe is left alone, ms. */
const PIPE_PAUSE_MS = 5

/** What some commands need of rooms that they do not know. Each door loads its room when it is first used. */
export function openDoors({ system, settings, market, cause, named }: DoorParts): Doors {
  return {
    async openScreens(route) {
      const { showFirstFrame } = await import('../screens/first-frame.ts')
      const first = route === 'search' ? showFirstFrame(system) : undefined
      try {
        const [{ startTui }, marketplace] = await Promise.all([import('../screens/start.tsx'), market()])
        return (await startTui({ system, marketplace, options: { route }, first })) as ExitCode
      } catch (error) {
        first?.modes.leave()
        throw error
      }
    },
    openServer: (folder, options) => serveAudited({ system, cause }, folder, options),
    async writeFirstSettings(isTrial) {
      const [{ writeFirstSettings }, { ownFile }] = await Promise.all([
        import('./config/first-settings.ts'),
        import('./config/load-settings.ts'),
      ])
      const write = () => writeFirstSettings(system, ownFile(system.env, named), isTrial)
      return isTrial ? write() : audited({ system, cause }, { change: 'init' }, write)
    },
    settings,
    async listSettings(loaded) {
      const { listSettings } = await import('./config/list-settings.ts')
      return listSettings(loaded)
    },
    unknownProtocols: (loaded) => unknownProtocols(system, loaded),
    async editSetting(loaded, edit, isTrial) {
      const { editSetting } = await import('./config/edit-setting.ts')
      const write = () => editSetting(system, loaded, edit, isTrial)
      return isTrial ? write() : audited({ system, cause }, { change: edit.action, name: edit.name }, write)
    },
    ...reportDoors(system),
    async verifyPackage(file, signal) {
      mustExist(file)
      const { verifyBundle } = await import('./bundle/verify.ts')
      return verifyBundle(file, signal)
    },
    async listPackage(file, call, signal) {
      mustExist(file)
      const { listBundle } = await import('./bundle/verify.ts')
      await listBundle(file, call, signal)
    },
    async pipeline() {
      const [{ showPipeline }, loaded] = await Promise.all([import('./pipeline/show-pipeline.ts'), settings()])
      return showPipeline(loaded.settings.pipeline, loaded.origins)
    },
    ...largeDoors(system),
    bench: benchDoors(system),
    async modules() {
      const { modulesOf } = await import('./engine/modules-of.ts')
      const loaded = await settings()
      return modulesOf(loaded, await (await pluginsOf(system, loaded)).list())
    },
  }
}

/** Throws `file.problem` for a path where nothing is, before a room says it in words of its own. */
function mustExist(path: string): void {
  if (!existsSync(path)) throw fileProblem(path, 'there is nothing there')
}

/** The plugins of the settings, where no market is open. */
async function pluginsOf(system: System, { settings }: LoadedSettings): Promise<Plugins> {
  const { latePlugins } = await import('./engine/late-plugins.ts')
  return latePlugins({ system, settings, paths: pathsOf(system.env), emit: () => {} })
}

async function unknownProtocols(system: System, loaded: LoadedSettings): Promise<MarketError[]> {
  const { settings } = loaded
  const { builtinProtocols, recogniseProtocol } = await import('./registries/builtin.ts')
  const isOurs = (id: string): boolean => id === '' || builtinProtocols.some((one) => one.id === id)
  const hasForeign = settings.registries.some((entry) => !isOurs(entry.protocol))
  const foreign = hasForeign ? await (await pluginsOf(system, loaded)).protocols() : []
  const protocols = [...builtinProtocols, ...foreign]
  return settings.registries.flatMap((entry) => {
    try {
      recogniseProtocol(entry, protocols)
      return []
    } catch (error) {
      if (isMarketError(error)) return [error]
      throw error
    }
  })
}

/** Reports in words, and as what is known from now on. */
const reportDoors = (system: System): Pick<Doors, 'formatReports' | 'writeBaseline'> => ({
  async formatReports(reports, format, width) {
    if (format === 'sarif') return (await import('./validation/reports/sarif.ts')).sarifOf(reports, system.env.cwd)
    if (format === 'junit') return (await import('./validation/reports/junit.ts')).junitOf(reports)
    if (format === 'markdown') {
      const { markdownOf } = await import('./validation/reports/markdown.ts')
      return reports.map(markdownOf).join('\n')
    }
    const { tableOf } = await import('./validation/reports/table.ts')
    return reports.map((report) => `${tableOf(report, width).join('\n')}\n`).join('\n')
  },
  async writeBaseline(reports, path) {
    const { writeBaseline } = await import('./validation/baseline.ts')
    return writeBaseline(path, reports)
  },
})

/** Serves a folder and leaves a line of every publication. */
async function serveAudited(
  parts: Pick<DoorParts, 'system' | 'cause'>,
  ...[folder, options]: Parameters<Doors['openServer']>
): ReturnType<Doors['openServer']> {
  mustExist(folder)
  const { openFolderServer } = await import('./engine/open-folder-server.ts')
  const audit = await openDoorAudit(parts)
  const server = await openFolderServer(parts.system, folder, { ...options, emit: audit.emit })
  return {
    ...server,
    async close() {
      await server.close()
      await audit.close()
    },
  }
}

/** The audit trail for work that needs no market. */
async function openDoorAudit({ system, cause }: Pick<DoorParts, 'system' | 'cause'>) {
  const [{ openAudit }, { openEventHub }] = await Promise.all([
    import('./audit/late-audit.ts'),
    import('./system/event-hub.ts'),
  ])
  const report = (text: string): void => system.io.err.write(`warning: ${text}\n`)
  const hub = openEventHub(report)
  const audit = openAudit({ system, folder: pathsOf(system.env).audit, cause, report })
  audit.follow(hub.on)
  return { emit: hub.emit, close: audit.close }
}

/** Runs a change of the settings and leaves a line of how it ended. */
async function audited<T>(
  parts: Pick<DoorParts, 'system' | 'cause'>,
  facts: { change: string; name?: string },
  change: () => Promise<T>,
): Promise<T> {
  const audit = await openDoorAudit(parts)
  try {
    const done = await change()
    audit.emit('settings.changed', facts)
    return done
  } catch (error) {
    audit.emit('settings.changed', { ...facts, problem: problemOf(error) })
    throw error
  } finally {
    await audit.close()
  }
}
