import type { Artifact } from '../model/listing.ts'
import { PLUGIN_SCHEME } from '../model/plugin.ts'

/** Whether bytes come from the registry itself, over HTTP or by its plugin: what fails elsewhere says nothing of how it fares. */
export function isOwnArtifact(artifact: Artifact, registryUrl: string): boolean {
  if (artifact.form === 'archive' && artifact.url.startsWith(PLUGIN_SCHEME)) return true
  if (artifact.form !== 'archive' || !/^https?:/i.test(registryUrl) || !URL.canParse(artifact.url, registryUrl))
    return false
  return new URL(artifact.url, registryUrl).origin === new URL(registryUrl).origin
}
