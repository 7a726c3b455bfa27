import type { Protocol } from '../registry.ts'

/** One document, on this machine or over HTTP, that lists everything. */
export const indexDocument: Protocol = {
  id: 'index',
  title: 'One document that lists everything',
  recognises: (url) => /\.(?:json|ya?ml)(?:[?#].*)?$/i.test(url) && !/^(?:git\+|ssh:)/i.test(url),
  // Loaded when such a registry is asked.
  connect: async (entry, tools) => (await import('./connect-index.ts')).connectIndex(entry, tools),
}
