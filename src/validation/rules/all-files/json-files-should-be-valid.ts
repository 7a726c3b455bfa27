import { isTruthy } from '../../../arm/node.ts'
import type { FileRule } from '../../rule.ts'

export const jsonFilesShouldBeValid: FileRule = {
  name: 'JSONFiles-Should-Be-Valid',
  family: 'all-files',
  step: 'structure',
  summary: 'Every JSON file can be read and holds something.',
  severity: 'critical',
  *inspect({ document }) {
    const { problem, root } = document
    if (problem) yield { id: 'Invalid.JSON', at: problem.offset, message: `This is not JSON: ${problem.message}.` }
    else if (!isTruthy(root)) yield { id: 'Invalid.JSON', at: 0, message: 'The file holds nothing.' }
  },
}
