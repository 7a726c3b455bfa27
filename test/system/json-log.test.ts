import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { logEvents } from '../../src/log-events.ts'
import { keepSecret } from '../../src/model/secrets.ts'
import { openEventHub } from '../../src/system/event-hub.ts'
import { openJsonLog } from '../../src/system/json-log.ts'
import { tempFolder } from '../support/temp.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')

function opened(level: 'debug' | 'info' | 'warn', always: Record<string, unknown> = {}) {
  const file = join(tempFolder(), 'souk.log')
  const log = openJsonLog({ now: () => NOW, writeError: () => {} })
  log.open({ level, file }, always)
  const lines = (): Record<string, unknown>[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  return { log, file, lines }
}

test('every line tells time, level, module and job, and lines below the level are left out', () => {
  const { log, file, lines } = opened('info', { job: 'j1' })
  log.debug('too much', { module: 'http' })
  log.info('begun', { module: 'jobs', items: 2 })
  log.warn('slow')
  const time = '2026-01-01T00:00:00.000Z'
  expect(lines()).toEqual([
    { time, level: 'info', module: 'jobs', job: 'j1', text: 'begun', items: 2 },
    { time, level: 'warn', module: 'souk', job: 'j1', text: 'slow' },
  ])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a log that nobody asked for says nothing; one without a file goes to standard error', () => {
  let told = ''
  const log = openJsonLog({ now: () => NOW, writeError: (text) => (told += text) })
  log.warn('before')
  expect(told).toBe('')
  log.open({ level: 'warn' }, {})
  log.warn('after')
  expect(told).toMatch(/"text":"after"\}\n$/)
})

test('secrets are hidden wherever they stand', () => {
  const secret = keepSecret('correct-horse-battery')
  const { log, file } = opened('debug')
  log.info(`asked with ${secret}`, {
    url: 'https://me:open@example.org/',
    headers: { authorization: `Bearer ${secret}` },
  })
  const text = readFileSync(file, 'utf8')
  expect(text).toContain('***')
  expect(text).not.toContain(secret)
  expect(text).not.toContain('me:open')
})

test('a file that cannot be written is an error at once, not a log that is missing later', () => {
  const log = openJsonLog({ now: () => NOW, writeError: () => {} })
  const taken = join(tempFolder(), 'file')
  writeFileSync(taken, '')
  expect(() => log.open({ level: 'info', file: join(taken, 'souk.log') }, {})).toThrow(/log cannot be written/)
})

test('the events of a run become lines of the module they come from, failures as warnings', () => {
  const { log, lines } = opened('debug')
  const hub = openEventHub(() => {})
  logEvents(hub, log)
  hub.emit('registry.settled', { registry: 'team', call: 'search', state: 'failed', items: 0, ms: 3, reason: 'gone' })
  hub.emit('registry.settled', { registry: 'own', call: 'search', state: 'fresh', items: 4, ms: 3 })
  hub.emit('job.event', { job: 'j7', type: 'started' })
  hub.emit('cache.miss', { namespace: 'search', key: 'a' })
  hub.emit('warning', { text: 'The cache is full.' })
  expect(lines()).toMatchObject([
    { level: 'warn', module: 'registry', registry: 'team', reason: 'gone' },
    { level: 'info', module: 'registry', registry: 'own' },
    { level: 'info', module: 'job', job: 'j7', text: 'job started' },
    { level: 'debug', module: 'cache' },
    { level: 'warn', module: 'warning', text: 'The cache is full.' },
  ])
})
