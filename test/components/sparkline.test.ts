import { expect, it } from 'vitest'
import { sparkline } from '../../components/sparkline.ts'
import { toAscii } from '../../screens/ascii.ts'

it('draws the newest calls that fit, the slowest of them highest, and a mark for what failed', () => {
  expect(sparkline([0, 10, 20, 40, 80], 10)).toBe('▁▂▃▅█')
  expect(sparkline([1000, 10, 20, 40, 80], 4)).toBe('▂▃▅█')
  expect(sparkline([10, null, 10], 10)).toBe('█x█')
  expect(sparkline([], 10)).toBe('')
  expect(sparkline([1, 2, 3], 0)).toBe('')
  expect(toAscii(sparkline([0, 10, 20, 30, 40, 50, 60, 80, null], 10))).toBe('_.-=+*%#x')
})
