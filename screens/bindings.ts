import type { Binding } from './keymap.ts'
import { generalBindings } from './bindings-general.ts'
import { itemBindings } from './bindings-items.ts'
import { registryBindings } from './bindings-registries.ts'
import { screenBindings } from './bindings-screens.ts'
import { workBindings } from './bindings-work.ts'

/** Every key of the program: one entry each, in the order help shows them. */
export const allBindings: readonly Binding[] = [
  ...itemBindings,
  ...screenBindings,
  ...workBindings,
  ...registryBindings,
  ...generalBindings,
]
