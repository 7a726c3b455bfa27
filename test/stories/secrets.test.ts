import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { serve } from '../http/loopback.ts'
import { formsOf, leaksOf } from '../support/leaks.ts'
import { souk } from '../support/program.ts'
import { hasPty, openPty } from '../support/pty.ts'
import { serveFolder } from '../support/serve.ts'
import { hasSshKeygen, sshKey } from '../support/ssh-keys.ts'
import { tempFolder } from '../support/temp.ts'

/** One secret for every place one can come from. */
const SECRETS = {
  variable: 'env-tok/7f3a9c51+e2b84d60==',
  password: 'pass "word" 9c1e44 & more',
  literal: 'lit-0be81d7744c2aa19',
  command: 'cmd-tok-5b0d77aa31',
  file: 'file-tok~c0ffee4711',
  address: 'url-secret-88d1f0',
  proxy: 'proxy$ecret/4e21b7',
  served: 'served-tok-2201fe90-5a6b7c8d9e0f1a2b3c4d',
}
const PAIR = Buffer.from(`reader:${SECRETS.password}`).toString('base64')

/**
 * A proxy that is a registry as well: whatever it is asked for, it sends all credentials it was given back, in
 * names, texts, headers, addresses, errors and broken answers.
 */
function echo(request: IncomingMessage, response: ServerResponse): void {
  const given = `${request.headers.authorization ?? 'nothing'} ${request.headers['proxy-authorization'] ?? ''}`
  const plain = SECRETS.proxy
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x')
  const word = searchParams.get('q') ?? ''
  const line = given.replaceAll(/[^ -~]/g, '')
  // Escapes hide it from whoever looks at the wire alone.
  const hidden = given.replaceAll(/[^]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const headers = { 'content-type': 'application/json', etag: `"${line.replaceAll('"', '')}"`, 'x-echo': line }
  const entry = {
    name: 'echo-app',
    version: '1.0.0',
    title: given.slice(0, 40),
    description: `You sent ${given} and ${plain}`,
    long_description: `# ${given}\n${encodeURIComponent(given)}`,
    tags: [given],
    source_url: `https://${encodeURIComponent(given)}@example.org/`,
    download_url: `/files/${encodeURIComponent(given)}.zip`,
    sha256: 'a'.repeat(64),
  }
  if (word === 'broken') response.writeHead(200, headers).end(`<html>${given}`)
  else if (word === 'fault') response.writeHead(500, line, headers).end(given)
  else if (word === 'refused') response.writeHead(401, line, headers).end(given)
  else if (word === 'away') response.writeHead(302, { location: `http://me:${encodeURIComponent(given)}@[bad/` }).end()
  else if (word === 'escaped')
    response
      .writeHead(200, headers)
      .end(`{"templates":[{"name":"esc-app","version":"1.0.0","description":"${hidden}"}],"total_count":1}`)
  else if (pathname.startsWith('/files')) response.writeHead(200, headers).end(`no archive, but ${given}`)
  else if (pathname.endsWith('/search'))
    response.writeHead(200, headers).end(JSON.stringify({ templates: [entry, { name: [given] }], total_count: 2 }))
  else response.writeHead(200, headers).end(JSON.stringify(entry))
}

it('no secret is written anywhere: not on the disk, not on the screen', { timeout: 240_000 }, async () => {
  const [home, outside, goods] = [tempFolder(), tempFolder(), tempFolder()]
  const proxy = await serve(echo)
  mkdirSync(join(goods, 'lamp'), { recursive: true })
  writeFileSync(
    join(goods, 'lamp', 'souk.yaml'),
    'id: lamp\nversion: 1.0.0\nkind: plugin\nname: Lamp\ndescription: Light.\n',
  )
  const served = await serveFolder(goods, ['--private', '--publish-token-env', 'SERVED_TOKEN'], {
    SERVED_TOKEN: SECRETS.served,
  })
  const command = join(outside, 'token')
  writeFileSync(command, `#!/bin/sh\necho '${SECRETS.command}'\n`, { mode: 0o700 })
  const file = join(outside, 'token.txt')
  writeFileSync(file, SECRETS.file)
  chmodSync(file, 0o600)
  const key = hasSshKeygen() ? sshKey() : undefined
  const keyLine = key ? (readFileSync(key.key, 'utf8').split('\n')[3] ?? '') : 'no ssh-keygen on this machine'
  const secrets = { ...SECRETS, pair: PAIR, key: keyLine }

  const at = (name: string, credentials: object, more: object = {}) => ({
    name,
    url: 'http://127.0.0.1:9',
    protocol: 'rest',
    credentials,
    ...more,
  })
  const registries = [
    at('by-variable', { type: 'token', token: '${PLANTED_TOKEN}' }),
    at('by-password', { type: 'basic', username: 'reader', password: '${PLANTED_PASSWORD}' }),
    at('by-literal', { type: 'token', token: SECRETS.literal }),
    at('by-command', { type: 'token', token_command: [command] }),
    at('by-file', { type: 'token', token_file: file }),
    at('by-address', { type: 'none' }, { url: `https://me:${SECRETS.address}@127.0.0.1:9` }),
    ...(key ? [at('by-key', { type: 'ssh_key', keyFile: key.key })] : []),
    at('by-git', { type: 'token', token: '${PLANTED_TOKEN}' }, { protocol: 'git', url: `${proxy.url}/x.git` }),
    at('served', { type: 'token', token: '${SERVED_TOKEN}' }, { url: served.url }),
  ]
  // The settings lie elsewhere: a secret that somebody wrote there by hand is there to be read.
  const config = join(outside, 'registries.yaml')
  const http = { retryBase: 1, breakerFailures: 1000 }
  writeFileSync(config, stringify({ registries, http, cache: { compressAboveBytes: '1GiB' } }))
  const env = {
    SOUK_CONFIG: config,
    PLANTED_TOKEN: SECRETS.variable,
    PLANTED_PASSWORD: SECRETS.password,
    SERVED_TOKEN: SECRETS.served,
    HTTP_PROXY: `http://agent:${encodeURIComponent(SECRETS.proxy)}@${new URL(proxy.url).host}`,
    NO_PROXY: new URL(served.url).host,
  }
  const said: string[] = []
  const run = async (line: string): Promise<number> => {
    const ran = await souk(
      home,
      [...line.split(' '), '--debug', '--verbose', '--events', join(home, 'events.ndjson')],
      env,
    )
    said.push(ran.out, ran.err)
    return ran.code
  }

  for (const line of ['search echo', 'search echo --json', 'list --json', 'registries', 'registries --json'])
    await run(line)
  for (const word of ['broken', 'fault', 'refused', 'away', 'escaped']) await run(`search ${word} --refresh`)
  await run('search fault --refresh --strict --json')
  const names = registries.map((one) => one.name).filter((name) => name !== 'by-address')
  for (const name of names.filter((one) => one.startsWith('by-'))) {
    await run(`show ${name}/echo-app --json`)
    expect(await run(`install ${name}/echo-app --yes`), name).not.toBe(0)
  }
  for (const name of ['by-password', 'by-key', 'by-git']) await run(`registries test ${name} --json`)
  // What needs a credential in a process of its own still works.
  expect(await run('install served/lamp --yes --json')).toBe(0)
  for (const line of [
    'config list --json',
    'config check',
    'doctor',
    'jobs',
    'jobs --json',
    'installed --json',
    'metrics --json',
    'audit --json',
    'cache stats',
  ])
    await run(line)
  await run(`registries add other https://me:${SECRETS.address}@example.org`)
  if (hasPty) {
    const user = openPty([], { columns: 120, rows: 40, env: { SOUK_HOME: home, HOME: home, ...env } })
    await user.waitFor('Bearer ***', 20_000)
    user.press('{enter}')
    await user.waitFor('[Overview]')
    user.press('{esc}')
    await user.waitFor('Search:')
    user.press('5')
    await user.waitFor('by-command')
    user.press('Q')
    await user.ended()
    said.push(user.raw())
  }

  // Each was really used, and really came back.
  const sent = proxy.seen
    .map((one) => `${one.headers.authorization ?? ''} ${one.headers['proxy-authorization'] ?? ''}`)
    .join('\n')
  for (const used of [SECRETS.variable, SECRETS.literal, SECRETS.command, SECRETS.file, PAIR])
    expect(sent).toContain(used)
  expect(sent).toContain(Buffer.from(`agent:${SECRETS.proxy}`).toString('base64'))
  if (key) expect(proxy.seen.some((one) => one.headers['signature'] !== undefined)).toBe(true)
  expect(said.join('')).toContain('You sent Bearer ***')

  // The search finds what lies there: every secret in every form, one by one.
  const looked = tempFolder()
  const canary = join(looked, 'canary')
  for (const [name, secret] of Object.entries(secrets)) {
    for (const form of formsOf(secret)) {
      writeFileSync(canary, `before ${form} after`)
      expect(leaksOf({ [name]: secret }, [looked], []), `${name} as ${form}`).not.toEqual([])
      expect(leaksOf({ [name]: secret }, [], [`<${form}>`])).not.toEqual([])
    }
  }
  expect(leaksOf(secrets, [home], said)).toEqual([])
})
