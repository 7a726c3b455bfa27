import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { defaultSettings } from '../../src/config/defaults.ts'
import type { Breaker } from '../../src/http/breaker.ts'
import type { Emit } from '../../src/model/events.ts'
import type { RegistryEntry } from '../../src/model/registry-entry.ts'
import { openPlugins, type Plugins } from '../../src/plugins/open-plugins.ts'
import { readPlugin } from '../../src/plugins/read-plugin.ts'
import { builtinProtocols } from '../../src/registries/builtin.ts'
import type { Registry } from '../../src/registries/registry.ts'
import type { System } from '../../src/system/system.ts'
import { openAt } from '../registries/open.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { writePlugin, type Written } from './written-plugin.ts'

/** The system, and every process it started for a plugin. */
export interface Watched {
  system: System
  pids: number[]
  /** Those that are still there. */
  living(): number[]
}

export function watchedSystem(): Watched {
  const system = testSystem()
  const pids: number[] = []
  const companion: System['run']['companion'] = (...asked) => {
    const made = system.run.companion(...asked)
    if (made.pid !== undefined) pids.push(made.pid)
    return made
  }
  const living = (): number[] => pids.filter((pid) => system.run.alive(pid) !== undefined)
  return { system: { ...system, run: { ...system.run, companion } }, pids, living }
}

/** A room of plugins in a fresh folder. A machine under load is given time to load them. */
export function pluginRoom(system: System = testSystem(), emit: Emit = () => {}): { room: Plugins; folder: string } {
  const home = tempFolder()
  const folder = join(home, 'plugins')
  const { http } = defaultSettings()
  const room = openPlugins({
    system,
    places: { folder, named: () => [] },
    state: join(home, 'state'),
    builtin: builtinProtocols.map((one) => one.id),
    limits: {
      startMs: 60_000,
      memoryBytes: 256 * 1024 * 1024,
      timeoutMs: { ...http.timeoutMs, catalog: 60_000, search: 60_000, metadata: 60_000 },
    },
    emit,
  })
  return { room, folder }
}

/** A registry asked through a plugin that is written and trusted for it; closed when the test ends. */
export async function askThrough(
  written: Written,
  url: string,
  more: { entry?: Partial<RegistryEntry>; system?: System; breaker?: Breaker; emit?: Emit } = {},
): Promise<Registry> {
  const system = more.system ?? testSystem()
  const { room, folder } = pluginRoom(system)
  const path = writePlugin(folder, 'acme', written)
  // As if it had been tried out: one process less to start.
  const { digest = '' } = await readPlugin(path)
  mkdirSync(join(folder, '../state'), { recursive: true })
  writeFileSync(
    join(folder, '../state/plugins.json'),
    JSON.stringify({ acme: { digest, version: '1.0.0', at: '2026-01-01' } }),
  )
  const { breaker, emit } = more
  const registry = await openAt(
    url,
    { protocol: 'acme', ...more.entry },
    { system, protocols: [room.protocol('acme')], ...(breaker ? { breaker } : {}), ...(emit ? { emit } : {}) },
  )
  onTestFinished(() => registry.close())
  return registry
}

/** A server on this machine until the test ends; what it was asked is kept. */
export async function shop(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ url: string; host: string; asked: IncomingMessage[]; server: Server }> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    answer(request, response)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: `http://${host}`, host, asked, server }
}
