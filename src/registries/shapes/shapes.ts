import { armModule, armQuickstart } from './arm-template.ts'
import { directoryPlugin } from './directory-plugin.ts'
import { extensionRegistry } from './extension-registry.ts'
import { gallery } from './gallery.ts'
import { hubEntity } from './hub-entity.ts'
import { researchEnvironment } from './research-environment.ts'
import type { Shape } from './shape.ts'
import { soukManifest } from './souk-manifest.ts'

/** Every shape, in the order they are tried. Adding one: a file beside this one and a line here. */
export const SHAPES: readonly Shape[] = [
  soukManifest,
  armQuickstart,
  armModule,
  hubEntity,
  directoryPlugin,
  extensionRegistry,
  gallery,
  researchEnvironment,
]
