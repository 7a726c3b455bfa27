import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { client } from './loopback.ts'

let hasOpenssl = false
beforeAll(async () => {
  hasOpenssl = (await execa('openssl', ['version'], { reject: false })).exitCode === 0
})

/** A registry with a certificate that nobody but itself has signed. */
async function selfSigned(): Promise<{ url: string; ca: string; folder: string; seen: () => number }> {
  const folder = tempFolder()
  const [key, ca] = [join(folder, 'key.pem'), join(folder, 'ca.pem')]
  const make = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost'.split(
    ' ',
  )
  await execa('openssl', [...make, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', ca])
  let seen = 0
  const server = createServer({ key: readFileSync(key), cert: readFileSync(ca) }, (_request, response) => {
    seen++
    response.end('{"fine":true}')
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca, folder, seen: () => seen }
}

const ask = (url: string, ca?: string): Promise<{ text: string }> =>
  client(url, { entry: ca === undefined ? {} : { ca } }).http.request({ url: '/x', kind: 'search' })

describe('a registry with a certificate of its own', () => {
  it('is refused, is asked once its authority is named, and no variable turns the check off', async (context) => {
    if (!hasOpenssl) context.skip('openssl is not on this machine, and nothing else here makes certificates')
    const { url, ca, seen } = await selfSigned()
    await expect(ask(url)).rejects.toThrow('its certificate is signed by itself')
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    onTestFinished(() => void delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
    await expect(ask(url)).rejects.toThrow('its certificate is signed by itself')
    expect(seen()).toBe(0)
    expect((await ask(url, ca)).text).toBe('{"fine":true}')
  })

  it('is refused when the authority named is another one', async (context) => {
    if (!hasOpenssl) context.skip('openssl is not on this machine, and nothing else here makes certificates')
    const [one, other] = [await selfSigned(), await selfSigned()]
    await expect(ask(one.url, other.ca)).rejects.toMatchObject({ code: 'registry.connection' })
    expect(one.seen()).toBe(0)
  })
})

it('says what is wrong with a file of authorities, and sends nothing', async () => {
  const folder = tempFolder()
  const ca = join(folder, 'ca.pem')
  await expect(ask('https://127.0.0.1:1', ca)).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining(`registries.stub.ca: ${ca} cannot be read`) as string,
  })
  writeFileSync(ca, 'not a certificate')
  await expect(ask('https://127.0.0.1:1', ca)).rejects.toThrow(`${ca} holds no certificate`)
})
