import { isTruthy, member, plainText, propertyOf, textOf, type Property } from '../../../arm/node.ts'
import type { Fault, TemplateRule, TemplateSubject } from '../../rule.ts'

const RAW = 'https://raw.githubusercontent.com/Azure/azure-quickstart-templates/master/'
const PREFIX = 'ArtifactsLocation.Parameter.'
const LOCATION = '_artifactsLocation'
const TOKEN = '_artifactsLocationSasToken'

export const artifactsParameter: TemplateRule = {
  name: 'artifacts-parameter',
  family: 'template',
  step: 'quality',
  summary: 'The artifact parameters have the right types and defaults.',
  severity: 'medium',
  *inspect(subject) {
    const parameters = member(subject.root, 'parameters')
    const location = propertyOf(parameters, LOCATION)
    if (!location) return
    const token = propertyOf(parameters, TOKEN)
    if (!['string', 'securestring'].includes(typeOf(location))) {
      yield fault('Parameter.TypeMisMatch', location, `${LOCATION} must be a string`)
    }
    if (!token) yield fault('sasToken.Missing', location, `${TOKEN} is missing`)
    else if (typeOf(token) !== 'securestring') yield fault('sasToken.TypeMisMatch', token, `${TOKEN} must be secure`)
    yield* subject.isMain ? inMain(subject, location, token) : inOther(location, token)
  },
}

function* inMain(subject: TemplateSubject, location: Property, token: Property | undefined): Iterable<Fault> {
  const given = plainText(member(location.value, 'defaultValue')).trim()
  const sample = subject.facts.sampleName?.trim()
  const wanted = `${RAW}${sample || '100-blank-template'}/`
  if (!given) yield fault('DefaultValue.Missing', location, `${LOCATION} has no default value`)
  else if (
    given.toLowerCase() !== wanted.toLowerCase() &&
    !given.toLowerCase().includes('deployment().properties.templatelink')
  ) {
    yield fault(
      'DefaultValue.Incorrect',
      location,
      `${LOCATION} does not default to deployment().properties.templateLink`,
    )
  }
  if (token && !propertyOf(token.value, 'defaultValue')) {
    yield fault('sasToken.DefaultValue.Incorrect', token, `${TOKEN} needs an empty default value`)
  }
}

function* inOther(location: Property, token: Property | undefined): Iterable<Fault> {
  for (const one of [location, token]) {
    if (!one || !isTruthy(member(one.value, 'defaultValue'))) continue
    yield fault('DefaultValue.NotEmpty', one, `${one.name} must have no default value here`)
  }
}

const typeOf = (property: Property): string => textOf(member(property.value, 'type'))?.toLowerCase() ?? ''

function fault(id: string, { start, name }: Property, what: string): Fault {
  return { id: `${PREFIX}${id}`, at: start, path: `parameters.${name}`, message: `The parameter ${what}.` }
}
