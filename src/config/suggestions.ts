import type { Suggestion } from '../model/registry-edit.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'

/** The first look at a large repository takes long; later ones bring only what changed, ms. */
const FIRST_CLONE_MS = 120_000

const off = (
  part: Pick<RegistryEntry, 'name' | 'type' | 'protocol' | 'url'> & Partial<RegistryEntry>,
): RegistryEntry => ({ enabled: false, priority: 100, options: {}, ...part })

const onGit = (
  name: string,
  type: RegistryEntry['type'],
  url: string,
  options: Record<string, unknown> = {},
): RegistryEntry => off({ name, type, protocol: 'git', url, timeoutMs: FIRST_CLONE_MS, options })

/**
 * Public registries that are offered to a new user, all of them off: nobody asks them until one is enabled. Adding
 * one is a line here. Addresses are those their owners publish.
 */
export const SUGGESTIONS: readonly Suggestion[] = [
  {
    about: 'Templates of the Azure Developer CLI (azd), kept by Microsoft and its community.',
    entry: off({
      name: 'azd-gallery',
      type: 'community',
      protocol: 'index',
      url: 'https://raw.githubusercontent.com/Azure/awesome-azd/main/website/static/templates.json',
    }),
  },
  {
    about: 'Extensions of the Azure Developer CLI (azd), with archives and digests.',
    entry: off({
      name: 'azd-extensions',
      type: 'official',
      protocol: 'index',
      url: 'https://raw.githubusercontent.com/Azure/azure-dev/main/cli/azd/extensions/registry.json',
    }),
  },
  {
    about: 'The directory of plugins for Backstage developer portals.',
    entry: onGit('backstage-plugins', 'community', 'https://github.com/backstage/backstage.git', {
      path: 'microsite/data/plugins',
    }),
  },
  {
    about: 'Azure Verified Modules: Bicep modules with tests and versions.',
    entry: onGit('verified-modules', 'official', 'https://github.com/Azure/bicep-registry-modules.git', {
      path: 'avm',
    }),
  },
  {
    about: 'Azure quickstart templates, more than a thousand ARM and Bicep examples.',
    entry: onGit('azure-quickstarts', 'community', 'https://github.com/Azure/azure-quickstart-templates.git'),
  },
]

/** The member names and values of an entry as a settings file has them. */
export function membersOf(entry: RegistryEntry): Record<string, unknown> {
  const { name: _, url: __, enabled, priority, options, place: ___, ...rest } = entry
  return { ...rest, ...(priority === 100 ? {} : { priority }), ...options, enabled }
}
