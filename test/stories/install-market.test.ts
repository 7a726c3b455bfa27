import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { corpus } from '../support/corpus.ts'
import { souk } from '../support/program.ts'
import { serveFolder } from '../support/serve.ts'
import { tempFolder } from '../support/temp.ts'

function write(root: string, path: string, content: string | object): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
}

function homeWith(lines: string[]): string {
  const home = tempFolder()
  write(home, 'config/registries.yaml', `registries:\n${lines.map((line) => `  - ${line}\n`).join('')}`)
  return home
}

interface InstalledJson {
  id: string
  path: string
  files: { path: string }[]
}

const installed = async (home: string): Promise<InstalledJson[]> =>
  (await souk(home, ['installed', '--json'])).json<InstalledJson[]>()

/** Every file below a folder, relative to it. */
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
    .toSorted()

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
const PLUGIN = `---
title: Lamp
author: someone
category: Lights
description: Shows whether the lamp is on.
documentation: https://example.org/lamp
npmPackageName: '@example/lamp'
addedDate: '2026-01-02'
`
const ENVIRONMENT = `name: "Small workbench"
description: "A machine for reading papers"
base: "ubuntu-24.04"
version: "1.0.0"
package_manager: "apt"
packages:
  system: [git]
`

describe('goods of every form', () => {
  it('a module keeps its whole folder; an entry of a directory and an environment are one file each', async () => {
    const root = tempFolder()
    write(root, 'arm/vault/main.json', { $schema: SCHEMA, contentVersion: '1.0.0.0', resources: [] })
    write(root, 'arm/vault/version.json', { version: '0.4' })
    write(root, 'arm/vault/tests/one.json', { a: 1 })
    write(root, 'yaml/lamp.yaml', PLUGIN)
    write(root, 'yaml/bench.yml', ENVIRONMENT)
    const home = homeWith([
      `{ name: arm, protocol: folder, url: ${root}/arm }`,
      `{ name: yaml, protocol: folder, url: ${root}/yaml }`,
    ])
    const ran = await souk(home, ['install', 'vault', 'lamp', 'small-workbench', '--yes'])
    expect(ran.code, ran.err).toBe(0)
    const all = await installed(home)
    expect(all.map((one) => [one.id, filesOf(one.path)])).toEqual([
      ['arm/vault', ['main.json', 'tests/one.json', 'version.json']],
      ['yaml/lamp', ['lamp.yaml']],
      ['yaml/small-workbench', ['bench.yml']],
    ])
    expect(readFileSync(join(all[1]?.path ?? '', 'lamp.yaml'), 'utf8')).toBe(PLUGIN)
  })

  it('an entry of a document that came over the network is written as it was read', async () => {
    const server = createServer((_request, response) => response.end(PLUGIN))
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const home = homeWith([`{ name: net, protocol: index, url: "http://127.0.0.1:${port}/lamp.yaml" }`])
    const ran = await souk(home, ['install', 'lamp', '--yes'])
    expect(ran.code, ran.err).toBe(0)
    const [one] = await installed(home)
    expect(readFileSync(join(one?.path ?? '', 'lamp.yaml'), 'utf8')).toBe(PLUGIN)
  })

  it('an entry of a gallery is its repository; without a way there, one sentence, code 3, nothing left', async () => {
    const root = tempFolder()
    const source = 'http://127.0.0.1:9/someone/web-app'
    write(root, 'gallery.json', [{ title: 'Web app', description: 'x', source, tags: [] }])
    const home = homeWith([`{ name: gallery, protocol: index, url: ${root}/gallery.json }`])
    const ran = await souk(home, ['install', 'web-app', '--yes', '--quiet'])
    expect(ran.code).toBe(3)
    expect(ran.err).toMatch(/souk: http:\/\/127\.0\.0\.1:9\/someone\/web-app cannot be fetched: [^\n]+\.\n/)
    expect(await installed(home)).toEqual([])
    for (const folder of ['data/store/staging', 'data/store/goods', 'data/store/downloads', 'cache/work/gallery'])
      expect(existsSync(join(home, folder)) ? readdirSync(join(home, folder)) : []).toEqual([])
  })

  it('goods of a repository are installed at the commit that was listed, without history', async () => {
    const source = tempFolder()
    write(source, 'web/souk.json', { id: 'web', version: '1.0.0', description: 'x' })
    write(source, 'web/page.html', 'one')
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
        cwd: source,
        stdio: 'pipe',
      })
    git('init', '-q', '-b', 'main')
    git('add', '-A')
    git('commit', '-qm', 'one')
    const bare = join(tempFolder(), 'goods.git')
    git('clone', '-q', '--bare', source, bare)
    const home = homeWith([`{ name: team, protocol: git, url: ${bare} }`])
    const ran = await souk(home, ['install', 'web', '--yes'])
    expect(ran.code, ran.err).toBe(0)
    const [one] = await installed(home)
    expect(filesOf(one?.path ?? '')).toEqual(['page.html', 'souk.json'])
  })
})

describe('after an install', () => {
  it('showing the item by its bare name asks nobody, however many registries there are', async () => {
    const goods = tempFolder()
    write(goods, 'app/souk.json', { id: 'app', version: '1.2.0', description: 'An app' })
    const first = await serveFolder(goods)
    const second = await serveFolder(tempFolder())
    const home = homeWith([
      `{ name: first, protocol: rest, url: "${first.url}" }`,
      `{ name: second, protocol: rest, url: "${second.url}" }`,
    ])
    expect((await souk(home, ['install', 'first/app', '--yes'])).code).toBe(0)
    const file = join(home, 'events.ndjson')
    const shown = await souk(home, ['show', 'app', '--json', '--events', file])
    expect(shown.json()).toMatchObject({
      id: 'first/app',
      installed: true,
      cached: true,
      installation: { version: '1.2.0' },
    })
    expect(readFileSync(file, 'utf8')).not.toContain('http.request')
  })

  it('offline, what is known can be planned and nothing is fetched', async () => {
    const goods = tempFolder()
    write(goods, 'app/souk.json', { id: 'app', version: '1.2.0', description: 'An app' })
    const { url } = await serveFolder(goods)
    const home = homeWith([`{ name: first, protocol: rest, url: "${url}" }`])
    expect((await souk(home, ['show', 'first/app'])).code).toBe(0)
    const ran = await souk(home, ['install', 'first/app', '--yes', '--offline'])
    expect(ran.code).toBe(3)
    expect(ran.out).toContain('first/app')
    expect(ran.err).toContain('was not asked (offline)')
    expect(await installed(home)).toEqual([])
  })
})

describe.skipIf(corpus('azd') === undefined)('goods of other people', () => {
  it('modules, directory entries and environments are installed as they are', async () => {
    const home = homeWith([
      `{ name: modules, protocol: folder, url: ${corpus('avm')} }`,
      `{ name: research, protocol: folder, url: ${corpus('cloudworkstation')} }`,
      `{ name: directory, protocol: folder, url: ${corpus('backstage')} }`,
    ])
    const ran = await souk(home, ['install', 'avm-ptn-azd-aks', 'r-research-workstation', 'argo-cd', 'tekton', '--yes'])
    expect(ran.code, ran.err).toBe(0)
    const all = await installed(home)
    expect(all.map((one) => one.id)).toEqual(
      expect.arrayContaining([
        'modules/avm-ptn-azd-aks',
        'research/r-research-workstation',
        'directory/argo-cd',
        'directory/tekton',
      ]),
    )
    for (const one of all) expect(filesOf(one.path), one.id).toEqual(one.files.map((file) => file.path).toSorted())
  })
})
