import { describe, expect, it } from 'vitest'
import { registryConnection } from '../../src/model/errors.ts'
import { holdsSecret, keepSecret, redact, redactAll, withoutSecrets } from '../../src/model/secrets.ts'

describe('a secret that was used', () => {
  const secret = keepSecret('pä"ss w0rd/+=?\\')

  it.each([
    ['as it is', `the header was ${secret}.`],
    ['within JSON', JSON.stringify({ echo: secret })],
    ['within an address', `https://x.example/?t=${encodeURIComponent(secret)}`],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 for addresses', Buffer.from(secret).toString('base64url')],
    ['in hex', Buffer.from(secret).toString('hex')],
  ])('is not written %s', (_, text) => {
    const written = withoutSecrets(text)
    expect(written).toContain('***')
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(0, 16)])
      expect(written).not.toContain(form)
  })

  it.each(['plant%2f%3d%3d', 'plant%27s-%21%21', 'plant+a+b+c'])('is not written as %s', (spelling) => {
    keepSecret(decodeURIComponent(spelling.replaceAll('+', ' ')))
    expect(withoutSecrets(`<${spelling}>`)).toBe('<***>')
  })

  it('is found in bytes, in every form', () => {
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
      expect(holdsSecret(Buffer.from(`PK\u0003\u0004 ${form} \u0000`))).toBe(true)
    expect(holdsSecret(Buffer.from('PK and nothing else'))).toBe(false)
  })

  it('leaves JSON that can be read', () => {
    expect(JSON.parse(withoutSecrets(JSON.stringify({ a: [secret, 1], b: 'x' })))).toEqual({ a: ['***', 1], b: 'x' })
  })

  it('leaves no rest when one secret stands in another', () => {
    keepSecret('abcdefgh')
    keepSecret('abcdefghijkl')
    expect(withoutSecrets('<abcdefghijkl>')).toBe('<***>')
  })

  it('is hidden in sentence, hint and facts of an error', () => {
    const error = registryConnection('team', `no way to ${secret}`)
    expect(JSON.stringify(error)).not.toContain('w0rd')
    expect(error.stack).not.toContain('w0rd')
  })

  it('does not hide words for being short', () => {
    keepSecret('admin')
    expect(withoutSecrets('the admin page')).toBe('the admin page')
  })
})

it.each([
  ['Authorization: Bearer abc.def', 'Authorization: Bearer ***'],
  ['authorization: Basic dXNlcjpwdw==', 'authorization: Basic ***'],
  ['{"Authorization":"Bearer abc"}', '{"Authorization":"Bearer ***"}'],
  ['proxy-authorization=abc', 'proxy-authorization=***'],
  ['cloning https://me:hunter2@host/x', 'cloning https://***@host/x'],
  ['see https://host/a@b and me@host', 'see https://host/a@b and me@host'],
])('%s is told as %s', (text, told) => {
  expect(redact(text)).toBe(told)
  expect(redact(told)).toBe(told)
})

it('goes through plain data and keeps its shape', () => {
  const data = JSON.parse('{"a":["ftp://u:p@h",2,null,true],"__proto__":{"b":"x"}}') as object
  const made = redactAll(data)
  expect(JSON.stringify(made)).toBe('{"a":["ftp://***@h",2,null,true],"__proto__":{"b":"x"}}')
  expect(Object.getPrototypeOf(made)).toBe(Object.prototype)
})
