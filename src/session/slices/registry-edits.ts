import { isMarketError } from '../../model/errors.ts'
import type { RegistryEdit } from '../../model/registry-edit.ts'
import type { Context } from '../context.ts'

/** How far one step moves a registry among the others. */
const STEP = 10

const DONE = { remove: 'removed', enable: 'enabled', disable: 'disabled', default: 'is the default now' } as const

/** What the registry of an edit is called once it is made. */
function nameAfter(edit: RegistryEdit): string {
  const renamed = edit.action === 'change' ? edit.members['name'] : undefined
  if (typeof renamed === 'string') return renamed
  return 'name' in edit ? edit.name : ''
}

interface Hooks {
  /** The registries are not what they were: whatever shows them or their goods looks again. */
  changed(): void
  /** A registry is there that was not. */
  added(name: string): void
}

/** Changes to the list of registries, each in effect at once and each also a command. */
export function registryEditActions(context: Context, { changed, added }: Hooks) {
  const apply = async (edit: RegistryEdit, sameAs: string, done = ''): Promise<boolean> => {
    try {
      await context.marketplace.registries.edit(edit)
      changed()
      const name = nameAfter(edit)
      if (edit.action === 'add') added(name)
      context.notify('info', `${name} ${done || 'is written down'}.`, `Same as: ${sameAs}`)
      return true
    } catch (error) {
      // What another program wrote into the file has been read meanwhile.
      if (isMarketError(error) && error.code === 'config.changed') changed()
      context.report(error)
      return false
    }
  }
  return {
    apply,
    set: (action: 'remove' | 'enable' | 'disable' | 'default', name: string): Promise<boolean> =>
      apply({ action, name }, `souk registries ${action} ${name}`, DONE[action]),
    /** One step forward (-1) or back (1) in the order of registries. */
    async shift(name: string, by: -1 | 1): Promise<boolean> {
      const entry = context.marketplace.registries.status().find((one) => one.entry.name === name)?.entry
      const priority = Math.max(0, (entry?.priority ?? 100) + by * STEP)
      const sameAs = `souk registries priority ${name} ${priority}`
      return apply({ action: 'priority', name, priority }, sameAs, `has priority ${priority} now`)
    },
  }
}
export type RegistryEditActions = ReturnType<typeof registryEditActions>
