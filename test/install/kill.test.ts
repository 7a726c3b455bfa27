import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'
import { describe, expect, it } from 'vitest'
import { digestTree } from '../../src/bundle/digest.ts'
import { tempFolder } from '../support/temp.ts'
import { killGoods } from './interrupted-install.ts'
import { openMarket, shelf, STEPS } from './market.ts'

const program = fileURLToPath(new URL('interrupted-install.ts', import.meta.url))

/** Runs an install in a process of its own; kills it `afterMs` after it began to work. Answers whether it was killed. */
async function runKilled(args: string[], afterMs?: number): Promise<boolean> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (afterMs !== undefined) child.stdout.once('data', () => void setTimeout(() => child.kill('SIGKILL'), afterMs))
  return new Promise((done) => void child.once('exit', (_code, signal) => done(signal === 'SIGKILL')))
}

const count = (folder: string): number =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).length
    : 0

/** After recovery: all old or all new, every byte as its receipt says, nothing else about. */
async function versionsAfterRecovery(store: string): Promise<string> {
  const market = openMarket(store, [])
  await market.install.recover()
  expect(await market.install.recover()).toEqual([])
  const installed = await market.install.installed()
  for (const one of installed) expect((await digestTree(one.path)).files).toEqual(one.files)
  expect(count(join(store, 'staging'))).toBe(0)
  expect(count(join(store, 'trash'))).toBe(0)
  // One file and one receipt each.
  expect(count(join(store, 'goods'))).toBe(installed.length * 2)
  if (existsSync(store)) expect(readdirSync(store).filter((name) => name.endsWith('.new'))).toEqual([])
  return installed.map((one) => `${one.name}@${one.version}`).join(' ')
}

/** A few processes side by side. */
const limit = pLimit(3)
const side = async <T>(items: readonly T[], call: (item: T) => Promise<void>): Promise<void> => {
  await Promise.all(items.map((item) => limit(call, item)))
}

const OLD = 'app@1.0.0 lib@1.0.0'
const NEW = 'app@2.0.0 lib@2.0.0'

// Many processes one after another take their time on a busy machine.
describe('kill -9', { timeout: 60_000 }, () => {
  it('at each step of a first install leaves nothing or everything', async () => {
    await side(STEPS, async (step) => {
      const store = join(tempFolder(), 'store')
      const wasKilled = await runKilled([store, 'install', '1.0.0', step])
      // Without credentials there is nothing to authenticate, so that step does not come up.
      expect(wasKilled).toBe(step !== 'authenticate')
      const isAfterSwap = ['authenticate', 'cache', 'done'].includes(step)
      expect(await versionsAfterRecovery(store)).toBe(isAfterSwap ? OLD : '')
      await openMarket(store, [shelf('main', killGoods('1.0.0'))]).run('install', ['app'])
      expect(await versionsAfterRecovery(store)).toBe(OLD)
    })
  })

  it('at random moments of an update leaves the old or the new, and the next update succeeds', async () => {
    let killed = 0
    const rounds = Array.from({ length: 7 }, (_, round) => round)
    await side(rounds, async (round) => {
      const store = join(tempFolder(), 'store')
      await openMarket(store, [shelf('main', killGoods('1.0.0'))]).run('install', ['app'])
      const wasKilled = await runKilled([store, 'update', '2.0.0'], 5 + round * 9 + Math.random() * 9)
      const found = await versionsAfterRecovery(store)
      expect([OLD, NEW]).toContain(found)
      if (wasKilled) killed += 1
      await openMarket(store, [shelf('main', killGoods('2.0.0'))]).run('update', [])
      expect(await versionsAfterRecovery(store)).toBe(NEW)
    })
    expect(killed).toBeGreaterThan(0)
  })
})
