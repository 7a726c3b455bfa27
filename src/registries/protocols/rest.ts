import type { Protocol } from '../registry.ts'

/** The registry protocol of our own server and of the source document. */
export const rest: Protocol = {
  id: 'rest',
  title: 'Registry with a search of its own (HTTP)',
  searches: true,
  publishes: true,
  recognises: (url) => /^https?:\/\//i.test(url) && !/\.(?:git|json|ya?ml)\/?(?:[?#].*)?$/i.test(url),
  // Loaded when such a registry is asked.
  connect: async (entry, tools) => (await import('./connect-rest.ts')).connectRest(entry, tools),
}
