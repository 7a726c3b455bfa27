import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openAudit } from '../../src/audit/late-audit.ts'
import { readTrail, verifyTrail } from '../../src/audit/read-trail.ts'
import { jobFailed } from '../../src/model/errors.ts'
import { problemOf } from '../../src/model/problem.ts'
import { openEventHub } from '../../src/system/event-hub.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem } from '../support/test-system.ts'

async function watched() {
  const folder = join(tempFolder(), 'audit')
  const clock = testClock()
  const complaints: string[] = []
  const report = (text: string): void => void complaints.push(text)
  const hub = openEventHub(report)
  const audit = openAudit({ system: testSystem({ clock }), folder, cause: 'souk browse', report })
  audit.follow(hub.on)
  await audit.ready()
  const lines = () => readTrail(folder, {}).entries.map(({ action, item, time }) => [action, item, Date.parse(time)])
  return { folder, clock, hub, audit, lines, complaints }
}

it('a look at an item is written down once it is shown, with the moment of the look', async () => {
  const { folder, clock, hub, lines, audit } = await watched()
  const at = clock.now()
  hub.emit('item.shown', { id: 'team/web', version: '1.0.0' })
  expect(existsSync(folder)).toBe(false)
  await clock.advance(99)
  expect(existsSync(folder)).toBe(false)
  await clock.advance(1)
  expect(lines()).toEqual([['show', 'team/web', at]])
  await audit.close()
})

it('what changes something is written at once, after the looks before it', async () => {
  const { folder, clock, hub, lines, audit } = await watched()
  const at = clock.now()
  hub.emit('item.shown', { id: 'team/web' })
  await clock.advance(10)
  hub.emit('install.changed', { id: 'team/web', action: 'add' })
  expect(lines()).toEqual([
    ['show', 'team/web', at],
    ['install', 'team/web', at + 10],
  ])
  await clock.advance(1000)
  expect(verifyTrail(folder)).toMatchObject({ entries: 2, notes: [] })
  await audit.close()
})

it('what was deployed, and what failed to be, leaves a line each', async () => {
  const { hub, folder, audit } = await watched()
  hub.emit('deploy.ended', { target: 'out', env: 'dev', with: 'az' })
  const problem = problemOf(jobFailed('az group create', 'no rights'))
  hub.emit('deploy.ended', { target: 'out', env: 'qa', with: 'pulumi', problem })
  await audit.close()
  const found = readTrail(folder, {}).entries.map(({ action, item, outcome, reason }) => [
    action,
    item,
    outcome,
    reason,
  ])
  expect(found).toEqual([
    ['deploy.az', 'out dev', 'ok', undefined],
    ['deploy.pulumi', 'out qa', 'failed', expect.stringContaining('no rights')],
  ])
})

it('a sitting that ends leaves no look out', async () => {
  const { hub, lines, audit, complaints } = await watched()
  for (const id of ['a/one', 'a/two', 'a/three']) hub.emit('item.shown', { id })
  await audit.close()
  expect(lines().map(([, item]) => item)).toEqual(['a/one', 'a/two', 'a/three'])
  expect(complaints).toEqual([])
})
