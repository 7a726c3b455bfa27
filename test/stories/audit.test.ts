import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { souk } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'

interface Line {
  seq: number
  time: string
  user: string
  action: string
  item?: string
  version?: string
  registry?: string
  outcome: string
  policy?: string
  reason?: string
  cause: string
}

/** A registry of one item whose archive is `text`, and that may want credentials. */
async function registry(more: { sha256?: string; status?: number }): Promise<string> {
  const server = createServer((request, response) => {
    if (more.status !== undefined) return response.writeHead(more.status).end()
    if (request.url?.includes('/download')) return response.end('not the archive that was promised')
    const entry = {
      name: 'lying',
      version: '1.0.0',
      description: 'x',
      download_url: 'api/v1/templates/lying/download',
      sha256: more.sha256,
    }
    const body = request.url?.includes('/search')
      ? { templates: [entry], total_count: 1, filtered_count: 1, query: {}, execution_time: 1 }
      : entry
    return response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function homeWith(registries: string): string {
  const home = tempFolder()
  mkdirSync(join(home, 'config'), { recursive: true })
  writeFileSync(join(home, 'config', 'registries.yaml'), registries)
  return home
}

const trail = async (home: string, ...args: string[]): Promise<Line[]> =>
  (await souk(home, ['audit', '--json', ...args])).json<Line[]>()

describe('the audit trail of the program', () => {
  it('has a line for show, install, update, remove and every change of the settings, and none for a search', async () => {
    const goods = tempFolder()
    const put = (version: string): void => {
      mkdirSync(join(goods, 'web'), { recursive: true })
      writeFileSync(join(goods, 'web', 'souk.json'), JSON.stringify({ id: 'web', version, description: 'x' }))
    }
    put('1.0.0')
    const home = tempFolder()
    for (const args of [
      ['registries', 'add', 'mine', goods],
      ['search', 'web'],
      ['list'],
      ['show', 'web'],
      ['install', 'web', '--yes'],
    ])
      expect((await souk(home, args)).code, args.join(' ')).toBe(0)
    put('1.1.0')
    for (const args of [
      ['update', 'web', '--yes'],
      ['uninstall', 'web', '--yes'],
      ['registries', 'disable', 'mine'],
    ])
      expect((await souk(home, args)).code, args.join(' ')).toBe(0)
    const lines = await trail(home)
    expect(lines.map((one) => [one.action, one.item, one.version, one.outcome, one.cause])).toEqual([
      ['settings.add', 'mine', undefined, 'ok', 'souk registries add'],
      ['show', 'mine/web', '1.0.0', 'ok', 'souk show'],
      ['install', 'mine/web', '1.0.0', 'ok', 'souk install'],
      ['update', 'mine/web', '1.1.0', 'ok', 'souk update'],
      ['remove', 'mine/web', '1.1.0', 'ok', 'souk uninstall'],
      ['settings.disable', 'mine', undefined, 'ok', 'souk registries disable'],
    ])
    for (const { time, user } of lines) expect([user.length > 0, Number.isNaN(Date.parse(time))]).toEqual([true, false])
    expect((await trail(home, '--action', 'settings', '--limit', '1')).map((one) => one.action)).toEqual([
      'settings.disable',
    ])
    expect((await souk(home, ['audit', 'verify'])).code).toBe(0)
  })

  it('names the policy and the item of every refusal, and holds no secret', async () => {
    const lying = await registry({ sha256: 'a'.repeat(64) })
    const closed = await registry({ status: 401 })
    const home = homeWith(`registries:
  - { name: lying, type: community, protocol: rest, url: "${lying}" }
  - { name: closed, type: private, protocol: rest, url: "${closed}", credentials: { type: token, token: "\${TEAM_TOKEN}" } }
`)
    const secret = { TEAM_TOKEN: 'planted-secret-4711' }
    expect((await souk(home, ['install', 'lying/lying', '--yes'], secret)).code).toBe(1)
    expect((await souk(home, ['install', 'closed/app', '--yes'], secret)).code).toBe(4)
    expect((await souk(home, ['show', 'closed/app'], secret)).code).not.toBe(0)
    expect((await souk(home, ['registries', 'add', 'clear', 'http://market.example'])).code).toBe(2)
    const lines = await trail(home)
    expect(lines.map((one) => [one.action, one.item, one.outcome, one.policy])).toEqual([
      ['install', 'lying/lying', 'refused', 'digest'],
      ['install', 'closed/app', 'refused', 'credentials'],
      ['show', 'closed/app', 'refused', 'credentials'],
      ['settings.add', 'clear', 'refused', 'trusted addresses'],
    ])
    const folder = join(home, 'state', 'audit')
    const text = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join('')
    expect(text).not.toContain('planted-secret')
  })

  it('finds an edit: exit 1, with the line named', async () => {
    const home = tempFolder()
    for (const id of ['azure-event-driven', 'key-vault-starter']) await souk(home, ['show', id])
    const file = join(home, 'state', 'audit', '000000000001.ndjson')
    writeFileSync(file, readFileSync(file, 'utf8').replace('key-vault-starter', 'key-vault-finished'))
    const verdict = await souk(home, ['audit', 'verify'])
    expect(verdict.code).toBe(1)
    expect(verdict.out).toContain(`edited: ${file}:2, entry 2:`)
  })
})
