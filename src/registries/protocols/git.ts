import type { Protocol } from '../registry.ts'

/** A repository of goods, through the git program. */
export const git: Protocol = {
  id: 'git',
  title: 'Git repository of goods',
  recognises: (url) => /^(?:git\+(?:ssh|https?|file):|ssh:|git:|[\w.-]+@[\w.-]+:)/i.test(url) || /\.git\/?$/i.test(url),
  // Loaded when such a registry is asked.
  connect: async (entry, tools) => (await import('./connect-git.ts')).connectGit(entry, tools),
}
