import { type FaultMode, json, page, SOUND } from './mode.ts'

const status = (code: number, headers: Record<string, string> = {}): Pick<FaultMode, 'name' | 'answer'> => ({
  name: `status ${code}`,
  answer: ({ response }) => void response.writeHead(code, headers).end('\u001B[2Jno\u202E'),
})

const failed = (code: number): FaultMode => ({
  ...status(code),
  state: 'failed',
  says: new RegExp(`answered ${code}`),
})

const limited = (what: string, after: string, says: RegExp): FaultMode => ({
  ...status(429, { 'retry-after': after }),
  name: `status 429 with Retry-After ${what}`,
  state: 'failed',
  says,
})

const redirect = (name: string, says: RegExp, to: (elsewhere: string, count: number) => string): FaultMode => ({
  name: `redirect ${name}`,
  state: 'failed',
  says,
  answer: ({ response, elsewhere, count }) =>
    void response.writeHead(302, { location: to(elsewhere, count) }).end('moved'),
})

/** Statuses and redirects. */
export const statusModes: readonly FaultMode[] = [
  ...[400, 402, 404, 405, 406, 408, 410, 418, 451, 500, 501, 502, 503, 504, 507, 599].map(failed),
  { ...status(300), state: 'failed', says: /answered 300/ },
  { ...status(302), name: 'redirect to nowhere', state: 'failed', says: /answered 302/ },
  { ...status(401), state: 'unauthorised', says: /refused the credentials \(401\)/ },
  { ...status(403), state: 'unauthorised', says: /does not allow this \(403\)/ },
  { ...status(429), state: 'failed', says: /is limiting requests \(429\)/ },
  limited('in seconds', '3600', /asks to wait 3600 s/),
  limited('as a date', 'Fri, 01 Jan 2100 00:00:00 GMT', /asks to wait \d{6,} s/),
  limited('in the past', 'Thu, 01 Jan 1970 00:00:00 GMT', /is limiting requests \(429\)\.$/),
  limited('unreadable', 'soon', /is limiting requests/),
  limited('beyond all numbers', '9'.repeat(400), /is limiting requests/),
  { ...status(503, { 'retry-after': '3600' }), name: 'status 503 with Retry-After', state: 'failed', says: /503/ },
  { ...status(204), state: 'failed', says: /it is empty/ },
  { ...status(205), state: 'failed', says: /is not JSON/ },
  {
    name: 'status 206 unasked',
    state: 'failed',
    says: /only a part of it came, and the whole was asked for/,
    answer: ({ response }) =>
      void response
        .writeHead(206, { 'content-type': 'application/json', 'content-range': 'bytes 0-9/100' })
        .end(JSON.stringify(page([SOUND]))),
  },
  { ...status(304), state: 'failed', says: /it said "not modified" to a first question/ },
  redirect('in a circle', /redirects more than \d+ times/, (_, count) => `/api/v1/search?turn=${count}`),
  redirect('to a file', /file: is not asked over HTTP/, () => 'file:///etc/passwd'),
  redirect('to a script', /javascript: is not asked over HTTP/, () => 'javascript:alert(1)'),
  redirect('to data', /data: is not asked over HTTP/, () => 'data:application/json,{"templates":[]}'),
  redirect('to ftp', /ftp: is not asked over HTTP/, () => 'ftp://ftp.example/goods'),
  redirect('to what is no address', /an address that cannot be read/, () => 'http://['),
  redirect('in the clear', /would be asked in the clear/, () => 'http://registry.example/goods'),
  redirect('to a port nobody hears', /cannot be reached|cannot be read/, () => 'http://127.0.0.1:1/'),
  {
    name: 'redirect on the same host',
    state: 'fresh',
    kept: ['sound'],
    answer: (asked) =>
      asked.url.searchParams.has('moved')
        ? json(asked, page([SOUND]))
        : void asked.response.writeHead(307, { location: `${asked.url.href}&moved=1` }).end(),
  },
  {
    name: 'redirect to another host',
    state: 'fresh',
    kept: ['elsewhere'],
    answer: ({ response, elsewhere }) => void response.writeHead(301, { location: `${elsewhere}/goods` }).end(),
  },
  {
    name: 'redirect to another host with a password in the address',
    state: 'fresh',
    kept: ['elsewhere'],
    answer: ({ response, elsewhere }) =>
      void response.writeHead(308, { location: `${elsewhere.replace('//', '//user:word@')}/goods` }).end(),
  },
  {
    name: 'redirect from https into the clear',
    door: 'trusted',
    state: 'failed',
    says: /redirects from https to an address in the clear/,
    answer: ({ response, elsewhere }) => void response.writeHead(302, { location: elsewhere }).end(),
  },
]
