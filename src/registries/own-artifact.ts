import type { Artifact } from '../model/listing.ts'

/** Whether bytes come over HTTP from the registry itself: what fails elsewhere says nothing about how it fares. */
export function isOwnArtifact(artifact: Artifact, registryUrl: string): boolean {
  if (artifact.form !== 'archive' || !/^https?:/i.test(registryUrl) || !URL.canParse(artifact.url, registryUrl))
    return false
  return new URL(artifact.url, registryUrl).origin === new URL(registryUrl).origin
}
