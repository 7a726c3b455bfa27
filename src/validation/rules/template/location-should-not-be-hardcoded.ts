import { hasExpression } from '../../../arm/expressions.ts'
import { member, propertyOf, textOf, plainText, isTruthy, type ObjectNode } from '../../../arm/node.ts'
import { find, matchesIn, type Found } from '../../../arm/templates.ts'
import type { Fault, TemplateRule, TemplateSubject } from '../../rule.ts'

const GROUP_LOCATION = /(?:resourceGroup|deployment)\(\)\.location/gi
const ALLOWED_DEFAULTS = ['[resourcegroup().location]', '[deployment().location]', 'global']

export const locationShouldNotBeHardcoded: TemplateRule = {
  name: 'Location-Should-Not-Be-Hardcoded',
  family: 'template',
  step: 'quality',
  summary: 'Locations come from a parameter of that name.',
  severity: 'medium',
  *inspect(subject) {
    yield* inspectParameter(subject)
    yield* inspectText(subject)
    for (const found of find(subject.view, 'location', subject.root)) {
      if (!isOfResource(found)) continue
      const text = plainText(found.value)
      if (text.trim().toLowerCase() === 'global' || hasExpression(text)) continue
      yield {
        id: 'Location.Hardcoded',
        at: found.property.start,
        path: found.path,
        message: `The location "${text}" is fixed; take parameters('location').`,
      }
    }
  },
}

/** Whether a property is that of a resource in a list of them, or of one with a symbolic name. */
function isOfResource({ path, owner }: Found): boolean {
  if (/resources\[\d+\]\.location$/i.test(path)) return true
  return /(?:^|\.)resources\.[^.[\]]+\.location$/i.test(path) && member(owner.node, 'apiVersion') !== undefined
}

function* inspectParameter({ root, isMain }: TemplateSubject): Iterable<Fault> {
  const parameter = propertyOf(member(root, 'parameters'), 'location')
  if (!parameter) return
  const at = parameter.start
  const path = 'parameters.location'
  if (textOf(member(parameter.value, 'type'))?.toLowerCase() !== 'string') {
    yield { id: 'Location.Parameter.TypeMisMatch', at, path, message: 'The parameter location must be a string.' }
  }
  const node = member(parameter.value, 'defaultValue')
  const text = plainText(node).trim()
  if (isMain) {
    if (isTruthy(node) && !ALLOWED_DEFAULTS.includes(text.toLowerCase())) {
      const message = `The default location "${text}" is fixed; use [resourceGroup().location].`
      yield { id: 'Location.Parameter.Hardcoded', at, path, message }
    }
  } else if (node && node.kind !== 'null' && text.search(GROUP_LOCATION) < 0) {
    const message = 'The parameter location has a default that is not the location of the group or deployment.'
    yield { id: 'Location.Parameter.DefaultValuePresent', at, path, message }
  }
}

function* inspectText({ view, root }: TemplateSubject): Iterable<Fault> {
  const hits = matchesIn(view, GROUP_LOCATION)
  if (!hits.length) return
  const parameters = propertyOf(root, 'parameters')
  const deployments = deploymentsOf(view, root)
  for (const { start } of hits) {
    if ([parameters, ...deployments].some((range) => range && start >= range.start && start < range.end)) continue
    yield {
      id: 'Location.Should.Be.Used',
      at: start,
      message: "The location of the group or deployment is used directly; take parameters('location').",
    }
  }
}

function deploymentsOf(view: TemplateSubject['view'], root: ObjectNode): ObjectNode[] {
  return find(view, 'type', root)
    .filter((found) => textOf(found.value)?.toLowerCase() === 'microsoft.resources/deployments')
    .map((found) => found.owner.node)
}
