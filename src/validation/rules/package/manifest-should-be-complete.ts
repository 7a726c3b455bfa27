import type { PackageRule } from '../../rule.ts'

/** A description shorter than this says hardly more than the name. */
const LEAST_CHARACTERS = 30

/** What a missing member costs of the metadata, in points of a hundred. */
const WANTED = [
  ['license', 30],
  ['category', 20],
  ['author', 20],
  ['tags', 15],
] as const
const SHORT_POINTS = 15

export const manifestShouldBeComplete: PackageRule = {
  name: 'Manifest-Should-Be-Complete',
  family: 'package',
  step: 'quality',
  part: 'metadata',
  section: 'metadata',
  since: 2,
  summary: 'A manifest says who wrote the goods, under which licence, and where they belong.',
  severity: 'info',
  needs: 'manifest',
  *inspect({ manifest }) {
    if (!manifest) return
    const { file, data, placeOf } = manifest
    for (const [name, points] of WANTED) {
      const value = data[name]
      if (value !== undefined && value.length > 0) continue
      const message = `The manifest has no ${name}.`
      yield { id: `Manifest.Without.${name}`, file, ...placeOf([]), level: 'note', message, path: name, points }
    }
    const { length } = data.description.trim()
    if (length >= LEAST_CHARACTERS) return
    const message = `The description has ${length} characters; from ${LEAST_CHARACTERS} on it says something.`
    const place = placeOf(['description'])
    const about = { level: 'note', path: 'description', points: SHORT_POINTS } as const
    yield { id: 'Manifest.Short.description', file, ...place, message, ...about }
  },
}
