import { elementsOf, member, type ArmNode } from '../../../arm/node.ts'
import type { Fault, TemplateRule, TemplateSubject } from '../../rule.ts'
import { resourcesIn, usualText, usualValue, type ResourceSpot } from './resources-in.ts'

/** How rules write "from anywhere". */
const ANYWHERE: readonly string[] = ['*', '0.0.0.0/0', '::/0', 'internet', 'any']
/** Ports through which machines are taken over, with what listens there. */
const DOORS: readonly (readonly [port: number, what: string])[] = [
  [22, 'SSH'],
  [23, 'Telnet'],
  [445, 'SMB'],
  [1433, 'SQL Server'],
  [3306, 'MySQL'],
  [3389, 'RDP'],
  [5432, 'PostgreSQL'],
  [5985, 'WinRM'],
  [5986, 'WinRM'],
  [6379, 'Redis'],
  [27017, 'MongoDB'],
]

export const networkRulesShouldNotBeOpen: TemplateRule = {
  name: 'Network-Rules-Should-Not-Be-Open',
  family: 'template',
  step: 'security',
  section: 'configuration',
  since: 2,
  summary: 'No network rule lets the whole Internet in where machines and data are managed.',
  severity: 'high',
  *inspect(subject) {
    for (const spot of resourcesIn(subject)) {
      const { type, properties, path } = spot
      if (type === 'microsoft.network/networksecuritygroups') {
        const rules = elementsOf(usualValue(subject.root, member(properties, 'securityRules')))
        for (const rule of rules) yield* inbound(subject, member(rule, 'properties'), path)
      }
      if (type.endsWith('networksecuritygroups/securityrules')) yield* inbound(subject, properties, path)
      if (type.endsWith('/firewallrules')) yield* wholeWorld(subject, spot)
      yield* allowing(subject, spot)
    }
  },
}

/** A rule that lets anybody in, at all ports or at those of management. */
function* inbound({ root }: TemplateSubject, rule: ArmNode | undefined, path: string): Iterable<Fault> {
  const is = (name: string, value: string): boolean => usualText(root, member(rule, name)) === value
  if (!rule || !is('direction', 'inbound') || !is('access', 'allow')) return
  const listed = (one: string, many: string): string[] =>
    [member(rule, one), ...elementsOf(usualValue(root, member(rule, many)))].map((node) => usualText(root, node))
  if (!listed('sourceAddressPrefix', 'sourceAddressPrefixes').some((from) => ANYWHERE.includes(from))) return
  const ports = listed('destinationPortRange', 'destinationPortRanges').filter(Boolean)
  const door = DOORS.find(([port]) => ports.some((range) => holds(range, port)))
  if (!door) return
  const words = ports.includes('*') ? 'at every port' : `at port ${door[0]} (${door[1]})`
  yield { id: 'Network.Open', at: rule.start, path, message: `The rule lets the whole Internet in ${words}.` }
}

/** Whether a range such as `*`, `22` or `20-30` holds a port. */
function holds(range: string, port: number): boolean {
  if (range === '*') return true
  const [from = '', to = from] = range.split('-')
  return /^\d+$/.test(from) && Number(from) <= port && port <= Number(to)
}

/** A firewall rule of a data service that holds every address there is. */
function* wholeWorld({ root }: TemplateSubject, { properties, path }: ResourceSpot): Iterable<Fault> {
  const start = member(properties, 'startIpAddress')
  const [from, to] = [start, member(properties, 'endIpAddress')].map((node) => usualText(root, node))
  if (!start || from !== '0.0.0.0' || to !== '255.255.255.255') return
  const message = 'The firewall rule holds every address of the Internet.'
  yield { id: 'Network.Firewall.Open', at: start.start, path: `${path}.properties`, message }
}

/** A list of rules that lets in whoever none of them is about. */
function* allowing({ root }: TemplateSubject, { properties, path }: ResourceSpot): Iterable<Fault> {
  for (const name of ['networkAcls', 'networkRuleSet']) {
    const node = member(properties, name, 'defaultAction')
    if (!node || usualText(root, node) !== 'allow') continue
    const message = `${name} lets in whoever no rule is about; Deny turns them away.`
    const about = { level: 'warning', severity: 'medium', path: `${path}.properties.${name}.defaultAction` } as const
    yield { id: 'Network.Default.Allow', at: node.start, ...about, message }
  }
}
