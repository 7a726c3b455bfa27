import type { PackageRule } from '../../rule.ts'

/** What it costs of the documentation when no parameter at all is described, in points of a hundred. */
const POINTS = 30
/** So many are named; the rest is counted. */
const NAMED = 5

export const parametersShouldBeDescribed: PackageRule = {
  name: 'Parameters-Should-Be-Described',
  family: 'package',
  step: 'quality',
  part: 'documentation',
  section: 'documentation',
  since: 2,
  summary: 'Every parameter that a manifest or its main template declares has a description.',
  severity: 'info',
  needs: 'manifest',
  *inspect({ parameters, face }) {
    const bare = parameters.filter(({ isDescribed }) => !isDescribed)
    if (!bare.length) return
    const names = bare.slice(0, NAMED).map(({ name }) => name)
    const more = bare.length > NAMED ? ` and ${bare.length - NAMED} more` : ''
    const message = `Without a description: ${names.join(', ')}${more} (${bare.length} of ${parameters.length} parameters).`
    const points = Math.round((POINTS * 10 * bare.length) / parameters.length) / 10
    yield { id: 'Parameters.Without.Description', file: face, line: 1, column: 1, level: 'note', message, points }
  },
}
