import parse from 'spdx-expression-parse'
import type { PackageRule } from '../../rule.ts'

/** Longer ones are texts, no expressions. */
const MOST_CHARACTERS = 200

export const licenseShouldBeSpdx: PackageRule = {
  name: 'License-Should-Be-SPDX',
  family: 'package',
  step: 'quality',
  section: 'licence',
  since: 2,
  summary: 'The licence of a manifest is an SPDX expression such as MIT or Apache-2.0 OR MIT.',
  severity: 'medium',
  needs: 'manifest',
  *inspect({ manifest }) {
    const license = manifest?.data.license
    if (!manifest || !license || isSpdx(license)) return
    const message = `"${license.slice(0, 60)}" is no SPDX licence expression such as MIT or Apache-2.0.`
    yield { id: 'License.Not.SPDX', file: manifest.file, ...manifest.placeOf(['license']), message, path: 'license' }
  },
}

function isSpdx(license: string): boolean {
  if (license.length > MOST_CHARACTERS) return false
  try {
    parse(license)
    return true
  } catch {
    return false
  }
}
