import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packFiles, packList } from '../../src/bundle/pack.ts'
import { openCache } from '../../src/cache/open-cache.ts'
import { defaultSettings } from '../../src/config/defaults.ts'
import type { Breaker } from '../../src/http/breaker.ts'
import { openCredentials } from '../../src/http/credentials.ts'
import { openHttp } from '../../src/http/open-http.ts'
import type { RegistryEntry } from '../../src/model/registry-entry.ts'
import type { Emit } from '../../src/model/events.ts'
import { makeQuery } from '../../src/model/query.ts'
import { rankShelf } from '../../src/engine/open-folder-server.ts'
import { builtinProtocols } from '../../src/registries/builtin.ts'
import { openHealth } from '../../src/registries/health.ts'
import { openRegistry } from '../../src/registries/open-registry.ts'
import type { Protocol, Registry } from '../../src/registries/registry.ts'
import type { System } from '../../src/system/system.ts'
import type { Shelf } from '../../src/server/shelf.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

/** A registry at an address, under the real policy, with a cache of its own. */
export async function openAt(
  url: string,
  part: Partial<RegistryEntry> = {},
  more: { emit?: Emit; breaker?: Breaker; env?: Record<string, string>; protocols?: Protocol[]; system?: System } = {},
): Promise<Registry> {
  const system = more.system ?? testSystem(more.env ? { env: more.env } : {})
  const settings = defaultSettings()
  settings.http.retryBaseMs = 1
  const home = tempFolder()
  const { emit = () => {} } = more
  const entry: RegistryEntry = {
    name: 'sample',
    type: 'private',
    protocol: '',
    url,
    enabled: true,
    priority: 1,
    options: {},
    ...part,
  }
  const cache = await openCache({
    system,
    settings: settings.cache,
    path: join(home, 'c'),
    emit,
  })
  const credentials = openCredentials({ system, entry, secret: (text) => text })
  const http = openHttp({ system, settings: settings.http, entry, emit, credentials })
  const health = openHealth({ system, file: join(home, 'health.json') })
  return openRegistry(entry, {
    system,
    http,
    cache,
    health,
    emit,
    protocols: [...builtinProtocols, ...(more.protocols ?? [])],
    workFolder: join(home, 'work'),
    credentials,
    ...(more.breaker ? { breaker: more.breaker } : {}),
  })
}

const HOSTILE = 'red \u001b[31m bell \u0007 turned \u202e round'

/** A folder with the sample goods; see the contract. */
export function sampleGoods(): string {
  const root = tempFolder()
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const version of ['1.0.0', '1.1.0'])
    write(
      `alpha/${version}/souk.json`,
      JSON.stringify({ id: 'alpha', version, description: 'The first', category: 'research', license: 'MIT' }),
    )
  write('alpha/1.1.0/README.md', '# Alpha\n')
  write(
    'beta/souk.json',
    JSON.stringify({ id: 'beta', version: '2.0.0', name: HOSTILE, description: HOSTILE, tags: [HOSTILE] }),
  )
  write('broken/souk.yaml', 'id: broken\nversion: [')
  return root
}

/** The goods of a folder as a shelf that packs with the real packer. */
export async function shelfOf(folder: string): Promise<Shelf> {
  const registry = await openAt(folder)
  const list = async () => (await registry.search(makeQuery(), {})).value.listings
  return {
    list,
    rank: rankShelf,
    inspect: async (goods) => (await (await openAt(goods)).search(makeQuery(), {})).value,
    async pack(name, version) {
      const release = (await list())
        .find((one) => one.name === name)
        ?.releases.find((one) => !version || one.version === version)
      const artifact = release?.artifacts[0]
      if (artifact?.form !== 'files') return undefined
      const path = join(tempFolder(), 'goods.zip')
      const { sha256, bytes } = await packFiles({ files: (await packList(artifact.root)).files, into: path })
      return { path, sha256, size: bytes }
    },
  }
}

/** A bare repository made of a folder. */
export function bareRepository(folder: string): string {
  const bare = join(tempFolder(), 'goods.git')
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd: folder,
      stdio: 'pipe',
    })
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-qm', 'goods')
  git('clone', '-q', '--bare', folder, bare)
  return bare
}

/** The sample goods as one document that lists everything, its archives beside it. */
export function sampleIndex(): string {
  const root = tempFolder()
  const versions = ['1.0.0', '1.1.0'].map((version) => {
    writeFileSync(join(root, `alpha-${version}.zip`), `bytes of ${version}`)
    const artifacts = { 'linux/amd64': { url: `alpha-${version}.zip`, checksum: { algorithm: 'sha256', value: 'ab' } } }
    return { version, capabilities: ['research'], artifacts }
  })
  const extensions = [
    { id: 'alpha', displayName: 'Alpha', description: 'The first', versions },
    { id: 'beta', displayName: HOSTILE, description: HOSTILE, tags: [HOSTILE], versions: [{ version: '2.0.0' }] },
    { id: ['broken'] },
  ]
  writeFileSync(join(root, 'registry.json'), JSON.stringify({ extensions }))
  return join(root, 'registry.json')
}
