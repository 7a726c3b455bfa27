import type { LoadedSettings } from '../config/settings.ts'
import type { PluginStatus } from '../model/plugin.ts'
import { shownStore, storesOf } from '../model/store-address.ts'
import { builtinProtocols } from '../registries/builtin.ts'
import { builtinRules } from '../validation/rules/builtin.ts'

/** The table of services and what provides each, for `doctor modules`. */
export function modulesOf(
  { settings, origins }: LoadedSettings,
  plugins: readonly PluginStatus[],
): { token: string; provider: string; origin: string }[] {
  const fixed = (token: string, provider: string) => ({ token, provider, origin: 'built in' })
  return [
    fixed('clock', 'system clock, moved by SOUK_NOW'),
    {
      token: 'cache',
      provider: storesOf(settings.cache.store).map(shownStore).join(' '),
      origin: origins['cache.store'] ?? 'default',
    },
    fixed('http', 'undici'),
    ...builtinProtocols.map((one) => fixed(`protocol.${one.id}`, one.title)),
    ...plugins.flatMap(({ name, version, state, protocols }) =>
      protocols.map(({ id, title }) => ({
        token: `protocol.${id}`,
        provider: `${title} (${state})`,
        origin: `plugin ${name} ${version ?? ''}`.trimEnd(),
      })),
    ),
    fixed('search', 'merged, ranked on this machine'),
    fixed('validation', `${builtinRules.length} rules`),
    fixed('install', 'store with receipts'),
    fixed('jobs', 'processes with journals'),
    fixed('pipeline', 'generate, enrich, validate, package'),
  ]
}
