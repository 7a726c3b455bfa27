import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { MAIN, cleanEnv } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'
import { serve } from '../http/loopback.ts'

const TOKEN = 'tok-7f3a9c51e2b84d60'
const LITERAL = 'lit-0be81d7744c2aa19'
const PASSWORD = 'pass"word/+9c1e44'
const PAIR = Buffer.from(`reader:${PASSWORD}`).toString('base64')
/** Every form in which one of them could be on the disk or on the screen. */
const FORMS = [TOKEN, LITERAL, PASSWORD, PAIR, PAIR.slice(0, 20)].flatMap((secret) => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
])

/** A registry that sends the credentials it was given back wherever it can. */
function echo(request: IncomingMessage, response: ServerResponse): void {
  const given = request.headers.authorization ?? 'nothing'
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x')
  const word = searchParams.get('q') ?? ''
  const headers = { 'content-type': 'application/json', etag: `"${given.replaceAll('"', '')}"`, 'x-echo': given }
  const entry = {
    name: 'echo-app',
    version: '1.0.0',
    description: `You sent Authorization: ${given}`,
    long_description: given,
    tags: [given],
    download_url: `/files/${encodeURIComponent(given)}.zip`,
    sha256: 'a'.repeat(64),
  }
  // Escapes hide it from whoever looks at the wire alone.
  const hidden = given
    .split('')
    .map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
  if (word === 'broken') response.writeHead(200, headers).end(`<html>${given}`)
  else if (word === 'fault') response.writeHead(500, given.replaceAll(/[^ -~]/g, ''), headers).end(given)
  else if (word === 'away') response.writeHead(302, { location: `http://me:${encodeURIComponent(given)}@[bad/` }).end()
  else if (word === 'escaped')
    response
      .writeHead(200, headers)
      .end(`{"templates":[{"name":"esc-app","version":"1.0.0","description":"${hidden}"}]}`)
  else if (pathname.startsWith('/files')) response.writeHead(200, headers).end(`no archive, but ${word}`)
  else if (pathname.endsWith('/search'))
    response.writeHead(200, headers).end(JSON.stringify({ templates: [entry, { name: [given] }], total_count: 2 }))
  else response.writeHead(200, headers).end(JSON.stringify(entry))
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))

it(
  'no credential is ever written: searches, failing installs, jobs, events, stacks',
  { timeout: 120_000 },
  async () => {
    const home = tempFolder()
    const server = await serve(echo)
    const registries = [
      {
        name: 'by-token',
        url: server.url,
        protocol: 'rest',
        credentials: { type: 'token', token: '${PLANTED_TOKEN}' },
      },
      { name: 'by-word', url: server.url, protocol: 'rest', credentials: { type: 'token', token: LITERAL } },
      {
        name: 'by-name',
        url: server.url,
        protocol: 'rest',
        credentials: { type: 'basic', username: 'reader', password: '${PLANTED_PASSWORD}' },
      },
      {
        name: 'by-git',
        url: `${server.url}/x.git`,
        protocol: 'git',
        credentials: { type: 'token', token: '${PLANTED_TOKEN}' },
      },
    ]
    // The settings lie elsewhere, since a secret that was written there by hand is there to be read.
    const config = join(tempFolder(), 'registries.yaml')
    writeFileSync(config, stringify({ registries, http: { retryBase: 1 }, cache: { compressAboveBytes: '1GiB' } }))
    mkdirSync(home, { recursive: true })
    const said: string[] = []
    const run = async (...args: string[]): Promise<number> => {
      const ran = await execa(
        process.execPath,
        [MAIN, ...args, '--config', config, '--debug', '--events', join(home, 'events.ndjson')],
        {
          env: cleanEnv(home, { PLANTED_TOKEN: TOKEN, PLANTED_PASSWORD: PASSWORD }),
          extendEnv: false,
          reject: false,
          stdin: 'ignore',
        },
      )
      said.push(ran.stdout, ran.stderr)
      return ran.exitCode ?? -1
    }
    expect(await run('search', 'echo', '--json')).toBe(0)
    await Promise.all(['broken', 'fault', 'away', 'escaped'].map((word) => run('search', word, '--refresh')))
    await run('search', 'escaped', '--json')
    await run('show', 'by-token/echo-app', '--json')
    for (const name of ['by-token', 'by-word', 'by-name'])
      expect(await run('install', `${name}/echo-app`, '--yes')).not.toBe(0)
    const rest = ['registries --json', 'registries test by-git', 'config list --json', 'jobs --json']
    await Promise.all(rest.map((line) => run(...line.split(' '))))

    // It was really sent, and really came back.
    const sent = new Set(server.seen.map((one) => one.headers.authorization))
    for (const header of [`Bearer ${TOKEN}`, `Bearer ${LITERAL}`, `Basic ${PAIR}`]) expect(sent).toContain(header)
    expect(said.join('')).toContain('You sent Authorization: Bearer ***')
    const files = filesBelow(home)
    for (const name of ['events.ndjson', 'journal.ndjson', 'health.json', 'cache.sqlite'])
      expect(
        files.some((file) => file.endsWith(name)),
        name,
      ).toBe(true)
    const leaks = FORMS.flatMap((form) => [
      ...files.filter((file) => readFileSync(file).includes(form)).map((file) => `${file}: ${form}`),
      ...said.filter((text) => text.includes(form)).map((text) => `output: ${form}: ${text.slice(0, 500)}`),
    ])
    expect(leaks).toEqual([])
  },
)
