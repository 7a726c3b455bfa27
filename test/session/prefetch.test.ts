import { expect, onTestFinished, test } from 'vitest'
import { goToDetails } from '../../screens/going.ts'
import type { Details } from '../../src/marketplace.ts'
import { registryConnection } from '../../src/model/errors.ts'
import { openSession } from '../../src/session/session.ts'
import { sampleListing, sampleMarket } from '../support/sample-market.ts'
import { testClock, testSystem } from '../support/test-system.ts'

/** A sitting before a list of three whose details a test lets through, in order of asking. */
async function sitting(prefetch = true) {
  const clock = testClock()
  const system = testSystem({ clock })
  const listings = ['alpha', 'beta', 'gamma'].map((name) => sampleListing({ name }))
  const marketplace = sampleMarket({ registries: [{ name: 'acme', listings }], prefetch })
  const answer = marketplace.details.bind(marketplace)
  const asked: { id: string; isAhead: boolean; signal: AbortSignal | undefined; settle: (error?: Error) => void }[] = []
  marketplace.details = (id, options = {}) =>
    new Promise<Details>((done, fail) => {
      const settle = (error?: Error): void => (error ? fail(error) : done(answer(id)))
      options.signal?.addEventListener('abort', () => fail(new Error('aborted')))
      asked.push({ id, isAhead: options.isAhead === true, signal: options.signal, settle })
    })
  const session = openSession({ marketplace, system })
  onTestFinished(() => session.close())
  await session.open()
  const opened = (id: string) => session.store.getState().details.open[id]
  return { clock, session, asked, opened }
}

test('a row one rests on for 300 ms is fetched once; opening it then shows it at once', async () => {
  const { clock, session, asked, opened } = await sitting()
  session.search.move(1)
  await clock.advance(299)
  expect(asked).toEqual([])
  await clock.advance(1)
  expect(asked).toMatchObject([{ id: 'acme/beta', isAhead: true }])
  asked[0]?.settle()
  await clock.advance(5000)
  session.route.go({ screen: 'details', id: 'acme/beta' })
  session.details.open('acme/beta')
  expect(opened('acme/beta')).toMatchObject({ details: { listing: { name: 'beta' } } })
  session.route.back()
  await clock.advance(1000)
  // Opening it is told to the engine, which has the answer in its cache; resting on it again asks for nothing.
  expect(asked.map((one) => one.isAhead)).toEqual([true, false])
})

test('opening a row whose details are on their way waits for them, and asks for nothing twice', async () => {
  const { clock, session, asked, opened } = await sitting()
  session.search.move(1)
  await clock.advance(300)
  goToDetails(session, 'acme/beta')
  await clock.advance(100)
  expect(asked).toHaveLength(1)
  expect(asked[0]?.signal?.aborted).toBe(false)
  expect(opened('acme/beta')).toMatchObject({ isLoading: true })
  asked[0]?.settle()
  await clock.advance(1)
  expect(opened('acme/beta')).toMatchObject({ details: { listing: { name: 'beta' } } })
  // The engine is told that a person looks, and has the answer in its cache.
  expect(asked.map((one) => one.isAhead)).toEqual([true, false])
})

test('opening a row whose details fail to come asks once more, and tells what is wrong', async () => {
  const { clock, session, asked, opened } = await sitting()
  session.search.move(1)
  await clock.advance(300)
  goToDetails(session, 'acme/beta')
  asked[0]?.settle(registryConnection('acme', 'refused'))
  await clock.advance(1)
  expect(asked.map((one) => one.isAhead)).toEqual([true, false])
  asked[1]?.settle(registryConnection('acme', 'refused'))
  await clock.advance(1)
  expect(opened('acme/beta')?.error?.text).toContain('refused')
})

test('walking on cancels it: never more than one is under way, and rows one passes are not asked for', async () => {
  const { clock, session, asked } = await sitting()
  for (let step = 0; step < 6; step++) {
    session.search.move(step % 2 === 0 ? 1 : -1)
    await clock.advance(200)
  }
  expect(asked).toEqual([])
  await clock.advance(100)
  expect(asked.map((one) => one.id)).toEqual(['acme/alpha'])
  session.search.move(1)
  expect(asked[0]?.signal?.aborted).toBe(true)
  await clock.advance(300)
  expect(asked.map((one) => [one.id, one.signal?.aborted])).toEqual([
    ['acme/alpha', true],
    ['acme/beta', false],
  ])
})

test('one that fails is told when the item is opened, not before', async () => {
  const { clock, session, asked, opened } = await sitting()
  session.search.move(1)
  await clock.advance(300)
  asked[0]?.settle(registryConnection('acme', 'refused'))
  await clock.advance(100)
  expect(session.store.getState().notices.all).toEqual([])
  session.details.open('acme/beta')
  expect(opened('acme/beta')?.isLoading).toBe(true)
  expect(asked[1]).toMatchObject({ id: 'acme/beta', isAhead: false })
})

test('nothing is fetched ahead while a question is asked or the letters go into the box, nor when it is turned off', async () => {
  const { clock, session, asked } = await sitting()
  session.search.setFocus('box')
  await clock.advance(1000)
  session.search.setFocus('facets')
  await clock.advance(1000)
  session.search.setFocus('list')
  await clock.advance(100)
  session.view.setHelp('')
  await clock.advance(1000)
  expect(asked).toEqual([])
  const off = await sitting(false)
  off.session.search.move(1)
  await off.clock.advance(5000)
  expect(off.asked).toEqual([])
})

test('a sitting that ends takes it along', async () => {
  const { clock, session, asked } = await sitting()
  session.search.move(1)
  await clock.advance(300)
  session.close()
  expect(asked[0]?.signal?.aborted).toBe(true)
})
