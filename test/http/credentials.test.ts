import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeQuery } from '../../src/model/query.ts'
import type { RegistryEntry } from '../../src/model/registry-entry.ts'
import { openAt } from '../registries/open.ts'
import { tempFolder } from '../support/temp.ts'
import { client, serve, type Client } from './loopback.ts'

const ASK = { url: '/x', kind: 'search' } as const
const withCredentials = (url: string, credentials: NonNullable<RegistryEntry['credentials']>): Client =>
  client(url, { entry: { credentials } })

/** A program that prints `line` and notes each run, with its environment, in `<folder>/runs`. */
function program(line: string, end = ''): { file: string; folder: string; runs: () => string[] } {
  const folder = tempFolder()
  const file = join(folder, 'token')
  writeFileSync(file, `#!/bin/sh\necho "$#:$PLANTED" >> '${folder}/runs'\n${line}\n${end}`)
  chmodSync(file, 0o700)
  const runs = (): string[] =>
    existsSync(join(folder, 'runs')) ? readFileSync(join(folder, 'runs'), 'utf8').trimEnd().split('\n') : []
  return { file, folder, runs }
}

describe('a token that a program prints', () => {
  it('is asked for once, without our environment, and sent as it is', async () => {
    const server = await serve((_, response) => response.end('{}'))
    process.env['PLANTED'] = 'not for programs'
    onTestFinished(() => void delete process.env['PLANTED'])
    const { file, runs } = program('echo cmd-token-0815')
    const { http } = withCredentials(server.url, { type: 'token', tokenCommand: [file, 'a b', '$(id)'] })
    await Promise.all([http.request(ASK), http.request(ASK)])
    await http.request(ASK)
    expect(runs()).toEqual(['2:'])
    expect(new Set(server.seen.map((one) => one.headers.authorization))).toEqual(new Set(['Bearer cmd-token-0815']))
  })

  it('is asked for again after a 401, and the request goes out once more', async () => {
    const server = await serve((request, response) => {
      response.writeHead(request.headers.authorization === 'Bearer turn-number-2' ? 200 : 401).end('{}')
    })
    const { file, runs } = program('echo "turn-number-$(wc -l < "$(dirname "$0")/runs")"')
    const { http } = withCredentials(server.url, { type: 'token', tokenCommand: [file] })
    expect((await http.request(ASK)).status).toBe(200)
    expect((await http.request(ASK)).status).toBe(200)
    expect(runs()).toHaveLength(2)
    expect(server.seen).toHaveLength(3)
  })

  it('that goes on being refused is an authentication error, and the program is left in peace', async () => {
    const server = await serve((_, response) => response.writeHead(401).end())
    const { file, runs } = program('echo the-very-same')
    const { http } = withCredentials(server.url, { type: 'token', tokenCommand: [file] })
    for (let time = 0; time < 3; time++)
      await expect(http.request(ASK)).rejects.toMatchObject({ code: 'registry.authentication', exit: 4 })
    expect(runs()).toHaveLength(2)
    expect(server.seen).toHaveLength(3)
  })

  it.each([
    ['fails', 'echo leaked-by-mistake; echo leaked-by-mistake >&2', 'exit 3', 'ended with 3'],
    ['prints nothing', 'true', '', 'printed no token'],
    ['writes without end', 'exec yes leaked-by-mistake', '', 'wrote too much|ended with'],
  ])('is not had when the program %s: nothing is sent, nothing it wrote is told', async (_, line, end, why) => {
    const server = await serve((_request, response) => response.end('{}'))
    const { file } = program(line, end)
    const { http } = withCredentials(server.url, { type: 'token', tokenCommand: [file] })
    const error: unknown = await http.request(ASK).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'config.credential', exit: 4, message: expect.stringMatching(why) as string })
    expect(JSON.stringify(error)).not.toContain('leaked-by-mistake')
    expect(server.seen).toHaveLength(0)
  })

  it('does not hold a request up beyond its own limit', async () => {
    const { file } = program('exec sleep 20')
    const { http } = client('http://127.0.0.1:9', {
      entry: { credentials: { type: 'token', tokenCommand: [file] }, timeoutMs: 100 },
    })
    await expect(http.request(ASK)).rejects.toMatchObject({ code: 'registry.timeout' })
  })
})

describe('a token in a file', () => {
  const file = (mode: number, text = 'file-token-4711\n'): string => {
    const path = join(tempFolder(), 'token')
    writeFileSync(path, text)
    chmodSync(path, mode)
    return path
  }

  it('is sent when the file is ours alone', async () => {
    const server = await serve((_, response) => response.end('{}'))
    await withCredentials(server.url, { type: 'token', tokenFile: file(0o600) }).http.request(ASK)
    await withCredentials(server.url, { type: 'token', tokenFile: file(0o400) }).http.request(ASK)
    expect(server.seen.map((one) => one.headers.authorization)).toEqual(Array(2).fill('Bearer file-token-4711'))
  })

  it.each([0o640, 0o604, 0o660, 0o700])('is not read from a file of mode %o', async (mode) => {
    const server = await serve((_, response) => response.end('{}'))
    const path = file(mode)
    await expect(
      withCredentials(server.url, { type: 'token', tokenFile: path }).http.request(ASK),
    ).rejects.toMatchObject({
      code: 'config.credential',
      message: `registries.stub.credentials.tokenFile: ${path} has mode 0${mode.toString(8)}, wider than 0600.`,
    })
    expect(server.seen).toHaveLength(0)
  })

  it('is not read from a file of somebody else, a folder, nothing, or an empty one', async (context) => {
    const other = file(0o600)
    const folder = tempFolder()
    mkdirSync(join(folder, 'x'), { mode: 0o700 })
    const ask = (tokenFile: string) =>
      withCredentials('http://127.0.0.1:9', { type: 'token', tokenFile }).http.request(ASK)
    await expect(ask(join(folder, 'x'))).rejects.toThrow('is not a file')
    await expect(ask(join(folder, 'gone'))).rejects.toThrow('cannot be read')
    await expect(ask(file(0o600, '\n \n'))).rejects.toThrow('holds no token')
    if (process.getuid?.() !== 0) context.skip('only root can give a file away')
    chownSync(other, 4242, 4242)
    await expect(ask(other)).rejects.toThrow('belongs to somebody else')
  })
})

it('a registry that needs credentials and has none is not asked', async () => {
  const server = await serve((_, response) => response.end('{}'))
  for (const url of [server.url, `${server.url}/x.git`, `${server.url}/index.json`]) {
    const registry = await openAt(url, { type: 'institutional', needsCredentials: true })
    await expect(registry.search(makeQuery(), {})).rejects.toMatchObject({
      code: 'registry.credentials',
      exit: 4,
      message: expect.stringContaining('needs credentials: it is institutional') as string,
    })
  }
  expect(server.seen).toHaveLength(0)
})
