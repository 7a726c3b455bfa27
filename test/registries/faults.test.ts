import { expect, describe, it, afterAll } from 'vitest'
import { makeCertificates } from '../support/faults/certificates.ts'
import { faultModes } from '../support/fault-registry.ts'
import type { FaultMode } from '../support/faults/mode.ts'
import { runFault, SECRET, unprintable } from '../support/fault-run.ts'

const certificates = makeCertificates()
const NEEDS_CERTIFICATE = new Set(['untrusted', 'other-name', 'expired', 'trusted'])

/** Rejections nobody took, of the whole file. */
const loose: unknown[] = []
const note = (reason: unknown): void => void loose.push(reason)
process.on('unhandledRejection', note)
afterAll(() => void process.off('unhandledRejection', note))

describe('a registry that goes wrong between two good ones', () => {
  it('can go wrong in many ways, each with a name of its own', () => {
    expect(new Set(faultModes.map((mode) => mode.name)).size).toBe(faultModes.length)
    expect(faultModes.length).toBeGreaterThanOrEqual(60)
  })

  it('would be seen to put something unprintable into a listing', () => {
    expect(unprintable({ rows: ['fine\n', 'a\u001Bb', { '\u202E': 'x' }, SECRET] })).toHaveLength(3)
  })

  it.for(faultModes)('$name', async (mode, { skip }) => {
    skip(!certificates && NEEDS_CERTIFICATE.has(mode.door ?? 'http'), 'no openssl to make certificates with')
    const run = await runFault(mode, certificates)
    // The good rows do not wait: the bad one has not been let answer when they are there.
    if (mode.door !== 'closed') expect(run.badAtGoodRows).toBe('pending')
    expect(run.ids).toEqual(expect.arrayContaining(['good-rest/rest-thing', 'good-folder/folder-thing']))
    expect(run.bad?.state, run.bad?.reason).toBe(mode.state)
    if (mode.says) {
      expect(run.bad?.reason).toMatch(mode.says)
      expect(run.bad?.reason).toMatch(/^Registry "bad" [^\n]{1,400}\.$/)
      expect(run.bad?.hint).toMatch(/^[^\n]+\.$/)
    } else expect(run.bad?.reason).toBeUndefined()
    expect(run.ids).toEqual(expect.arrayContaining((mode.kept ?? []).map((name) => `bad/${name}`)))
    if (mode.skips) expect(run.bad?.skipped.map((one) => `${one.item} ${one.reason}`).join('\n')).toMatch(mode.skips)
    expect(run.bad?.items).toBe(mode.items ?? run.bad?.items)
    expect(unprintable([run.catalogs, run.asides])).toEqual([])
    expect(run.asides.filter((one) => (one as { code?: string }).code === 'none')).toEqual([])
    expect(run.leaked).toEqual([])
    if ((mode.door ?? 'http') === 'http') expect(run.authorized).toBeGreaterThan(0)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    if (mode.maxGrowth !== undefined) expect(run.growth).toBeLessThan(mode.maxGrowth)
    if (mode.door !== 'closed') expect(run.aborted).toMatchObject({ name: 'AbortError', message: 'enough' })
    expect(loose).toEqual([])
  })
})

it('lets go of a registry in the middle of its answer when the search is given up', async () => {
  const trickle = faultModes.find((mode) => mode.name === 'slow bytes')
  if (!trickle) throw new Error('there is no mode of slow bytes')
  const control = new AbortController()
  const left = Promise.withResolvers<void>()
  const mode: FaultMode = {
    ...trickle,
    timeoutMs: 60_000,
    answer(asked) {
      asked.response.on('close', () => left.resolve())
      trickle.answer?.(asked)
      // The first bytes are on their way to the one who asked.
      setImmediate(() => control.abort(new DOMException('enough', 'AbortError')))
    },
  }
  await expect(runFault(mode, certificates, control.signal)).rejects.toMatchObject({ message: 'enough' })
  await left.promise
  expect(loose).toEqual([])
})
