import type { ArmResource } from './generators/arm-template.ts'

/** `Microsoft.ServiceBus/namespaces` is of the provider `ServiceBus`. */
const providerOf = (type: string): string => (type.split('/', 1)[0] ?? type).replace(/^Microsoft\./i, '')

type Named = Pick<ArmResource, 'type' | 'name'>
const keyOf = ({ type, name }: Named): string => `${type.toLowerCase()} ${name}`

/** Which layer made a resource, told apart by type and name; its provider where that is not known. */
export function layerFinder(layers: readonly { name: string; resources: readonly Named[] }[]): (one: Named) => string {
  const known = new Map(layers.flatMap(({ name, resources }) => resources.map((one) => [keyOf(one), name] as const)))
  return (one) => known.get(keyOf(one)) ?? providerOf(one.type)
}
