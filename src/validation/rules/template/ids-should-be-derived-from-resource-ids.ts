import { expandVariable } from '../../../arm/variables.ts'
import { elementsOf, isTruthy, member, plainText, textOf, type ArmNode } from '../../../arm/node.ts'
import { findWhere, type Found, type KeyTest } from '../../../arm/templates.ts'
import type { Fault, TemplateRule, TemplateSubject } from '../../rule.ts'
import { EXEMPT_IDS } from './exempt-ids.ts'

const FUNCTIONS =
  /\[\s*(?:extensionResourceId|resourceId|subscriptionResourceId|tenantResourceId|if|parameters|reference|variables|subscription|guid)\s*\(/i
const FREE_TYPES = [
  /^microsoft\.logic\/workflows$/i,
  /^microsoft\.apimanagement\/service\/backends$/i,
  /^microsoft\.portal\/dashboards$/i,
  /^microsoft\.documentdb\/databaseaccounts\/.*\/collections$/i,
  /config/i,
]

const isId: KeyTest = (key) => key.endsWith('id')

export const idsShouldBeDerivedFromResourceIds: TemplateRule = {
  name: 'IDs-Should-Be-Derived-From-ResourceIDs',
  family: 'template',
  step: 'quality',
  summary: 'Resource ids are made by resourceId() and its kin.',
  severity: 'low',
  skipsBicep: true,
  *inspect(subject) {
    for (const resource of elementsOf(member(subject.root, 'resources'))) {
      for (const found of findWhere(subject.view, isId, resource)) {
        if (isExempt(found, resource, subject.facts.allowedIds)) continue
        const fault = judge(found, subject)
        if (fault) yield fault
      }
    }
  },
}

function isExempt({ path, ancestors, owner }: Found, resource: ArmNode, allowed: readonly string[] = []): boolean {
  const lower = path.toLowerCase()
  if ([...EXEMPT_IDS, ...allowed].some((name) => lower.endsWith(name))) return true
  if (/\.metadata\.|\.tags\.[^.]*$/.test(`.${lower}`)) return true
  const spots = owner.node === resource ? [] : [owner, ...ancestors]
  const types = [...spots.map(({ node }) => node), resource].map((node) => textOf(member(node, 'type')) ?? '')
  return types.some((type) => {
    const known = type.toLowerCase()
    return (
      FREE_TYPES.some((free) => free.test(type)) ||
      (known.startsWith('microsoft.documentdb/databaseaccounts/sqldatabases') && lower.includes('.resource.')) ||
      (known.startsWith('microsoft.insights/webtests') && lower.includes('.locations')) ||
      (known.endsWith('backends') && lower.includes('properties.'))
    )
  })
}

function judge({ value, property, path }: Found, { root }: TemplateSubject): Fault | undefined {
  const isNested = value.kind === 'object' || value.kind === 'array'
  const given = isNested ? member(value, 'value') : value
  if (!given || (isNested && given.kind !== 'string')) return undefined
  const place = { at: property.start, path }
  if (!isTruthy(given)) return { ...place, id: 'ResourceId.Is.Missing', message: `${property.name} is empty.` }
  const expanded = expandVariable(root, given)
  if (!expanded.ok) return { ...place, message: `${property.name} cannot be found: ${expanded.missing}.` }
  if (expanded.followed && expanded.value?.kind !== 'string') return undefined
  if (FUNCTIONS.test(plainText(expanded.value))) return undefined
  const message = `${property.name} is written out; make it with resourceId().`
  return { ...place, id: 'ResourceId.Should.Contain.Proper.Expression', message }
}
