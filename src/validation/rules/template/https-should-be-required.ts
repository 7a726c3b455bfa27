import { member } from '../../../arm/node.ts'
import type { Fault, TemplateRule, TemplateSubject } from '../../rule.ts'
import { resourcesIn, usualText, type ResourceSpot } from './resources-in.ts'

/** Members that let connections in without encryption, and the value that does. */
const OPEN: readonly (readonly [type: string, name: string, value: string])[] = [
  ['microsoft.storage/storageaccounts', 'supportsHttpsTrafficOnly', 'false'],
  ['microsoft.cache/redis', 'enableNonSslPort', 'true'],
  ['microsoft.dbforpostgresql/servers', 'sslEnforcement', 'disabled'],
  ['microsoft.dbformysql/servers', 'sslEnforcement', 'disabled'],
  ['microsoft.web/sites', 'httpsOnly', 'false'],
  ['microsoft.web/sites/slots', 'httpsOnly', 'false'],
]
/** Types that take plain HTTP when nothing is said. */
const SILENT: readonly string[] = ['microsoft.web/sites', 'microsoft.web/sites/slots']

export const httpsShouldBeRequired: TemplateRule = {
  name: 'HTTPS-Should-Be-Required',
  family: 'template',
  step: 'security',
  section: 'configuration',
  since: 2,
  summary: 'Web sites and stores take encrypted connections only.',
  severity: 'medium',
  *inspect(subject) {
    for (const spot of resourcesIn(subject)) {
      yield* said(subject, spot)
      const isSilent = SILENT.includes(spot.type) && spot.properties?.kind === 'object'
      if (!isSilent || member(spot.properties, 'httpsOnly')) continue
      const message = 'httpsOnly is not set, and without it plain HTTP is taken.'
      yield { id: 'HTTPS.Missing', at: spot.node.start, level: 'warning', path: spot.path, message, severity: 'medium' }
    }
  },
}

function* said({ root }: TemplateSubject, { type, properties, path }: ResourceSpot): Iterable<Fault> {
  for (const [of, name, value] of OPEN) {
    const node = type === of ? member(properties, name) : undefined
    if (!node || usualText(root, node) !== value) continue
    const message = `${name} is ${value}: connections without encryption are taken.`
    yield { id: 'HTTPS.Off', at: node.start, path: `${path}.properties.${name}`, message }
  }
}
