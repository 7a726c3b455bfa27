import { member } from '../../../arm/node.ts'
import type { TemplateRule } from '../../rule.ts'
import { resourcesIn, usualText } from './resources-in.ts'

/** Where resources say which TLS they take at least, from the reference of their types. */
const PLACES: readonly (readonly string[])[] = [
  ['minimumTlsVersion'],
  ['minimalTlsVersion'],
  ['minTlsVersion'],
  ['siteConfig', 'minTlsVersion'],
  ['siteConfig', 'scmMinTlsVersion'],
]
/** How they write what is older than 1.2. */
const OLD: readonly string[] = ['1.0', '1.1', 'tls1_0', 'tls1_1', 'tlsenforcementdisabled', 'none']

export const tlsMustBeRecent: TemplateRule = {
  name: 'TLS-Must-Be-Recent',
  family: 'template',
  step: 'security',
  section: 'configuration',
  since: 2,
  summary: 'Connections are taken from TLS 1.2 on.',
  severity: 'high',
  *inspect(subject) {
    for (const { properties, path } of resourcesIn(subject)) {
      for (const names of PLACES) {
        const node = member(properties, ...names)
        if (!node || !OLD.includes(usualText(subject.root, node))) continue
        const message = `${names.at(-1) ?? ''} is ${usualText(subject.root, node)}; TLS older than 1.2 is broken.`
        yield { id: 'TLS.Old', at: node.start, path: `${path}.properties.${names.join('.')}`, message }
      }
    }
  },
}
