import { expect, test } from 'vitest'
import { memoryTrend, type Trend } from '../../src/jobs/memory-trend.ts'

const MB = 1e6

/** Looks once a second at what a function says; the last answer, and whether it was ever said to keep rising. */
function follow(seconds: number, bytesAt: (second: number) => number): { last: Trend; warned: boolean } {
  const trendAt = memoryTrend()
  let last: Trend = trendAt(0, bytesAt(0))
  let warned = false
  for (let second = 1; second < seconds; second++) {
    last = trendAt(second * 1000, bytesAt(second))
    warned ||= last.keepsRising
  }
  return { last, warned }
}

test('a leak is told by its slope, and after a minute as one that keeps rising', () => {
  const leak = (second: number): number => 100 * MB + second * MB
  expect(follow(30, leak)).toMatchObject({ last: { samples: 30, slopeBytes: 60 * MB, isRising: true }, warned: false })
  expect(follow(80, leak).warned).toBe(true)
})

test('what fills up and stays, and what is collected now and then, is none', () => {
  const filling = (second: number): number => Math.min(300, 100 + second * 10) * MB
  expect(follow(20, filling).last.isRising).toBe(true)
  expect(follow(300, filling)).toMatchObject({ last: { slopeBytes: 0, isRising: false }, warned: false })
  const saw = (second: number): number => (100 + (second % 15)) * MB
  expect(follow(300, saw).warned).toBe(false)
})

test('a few samples say nothing', () => {
  expect(follow(3, (second) => 100 * MB * (second + 1)).last).toMatchObject({ samples: 3, slopeBytes: 0 })
})
